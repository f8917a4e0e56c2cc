"""The declared access of every route, and the only place that knows Flask-Login."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from hmac import compare_digest
from ipaddress import ip_address
from typing import ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy.exc import SQLAlchemyError

from portal.accounts.queries import actor_of_session
from portal.accounts.queries.api_keys import KeyHolder, holder_of_key
from portal.accounts.rules import (
    NOBODY,
    SESSION_DAYS,
    Actor,
    ApiScope,
    KeyRefusal,
    Permission,
)
from portal.accounts.service import touch_session
from portal.kernel.clock import now
from portal.kernel.errors import Busy
from portal.kernel.ids import hash_token
from portal.kernel.web import SAFE_METHODS, database, instance, reading

P = ParamSpec("P")
R = TypeVar("R")
TOUCH_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Access:
    """What a route declares: open to all, to anyone signed in, or to holders of a permission.

    ``key``: to programs that show a key with this scope, whoever is signed in. ``watchers``: no
    account counts either, but only this machine and a token of the settings.
    """

    public: bool = False
    permission: Permission | None = None
    key: ApiScope | None = None
    watchers: bool = False


class KeyRefused(Exception):
    """A program showed no key that is good for this: answered with 403."""

    def __init__(self, code: KeyRefusal) -> None:
        super().__init__(code.value)
        self.code = code


class Visitor(UserMixin):  # type: ignore[misc]  # flask_login has no types
    """What Flask-Login carries: the actor, and the token of her session as her id."""

    def __init__(self, token: str, actor: Actor, seen_at: datetime | None = None) -> None:
        self.id = token
        self.actor = actor
        self.seen_at = seen_at


def init_login(app: Flask) -> None:
    """Let the app know who makes a request: a token in the cookie, the session in the database."""
    manager = LoginManager()
    # addresses of phones change all day; the session row is what counts
    manager.session_protection = None
    manager.user_loader(_load)
    manager.init_app(app)
    app.permanent_session_lifetime = timedelta(days=SESSION_DAYS)
    app.after_request(_touch)


def _load(token: str) -> Visitor | None:
    found = actor_of_session(reading(), hash_token(token), now(), local=is_local())
    return Visitor(token, *found) if found else None


def _touch(response: Response) -> Response:
    """Note when a session was last used: on POST only, so that reading leaves no trail."""
    if request.method in SAFE_METHODS or response.status_code >= 400:
        return response
    seen_at = getattr(current_user, "seen_at", None)
    session_id = current_actor().session_id
    moment = now()
    if session_id and seen_at and moment - seen_at > TOUCH_AFTER:
        # what was asked for is done: a busy database must not turn it into an error
        with suppress(Busy, SQLAlchemyError), database().write() as writer:
            touch_session(writer, session_id, now=moment)
    return response


def is_local() -> bool:
    """Whether the request comes from this very machine, to a portal that serves only it."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    hosts = (request.remote_addr, urlsplit(instance().config.origin).hostname)
    return all(_is_loopback(host) for host in hosts)


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def current_actor() -> Actor:
    """Whoever makes this request."""
    actor = getattr(current_user, "actor", None)
    return cast("Actor", actor) if actor is not None else NOBODY


def remember(token: str) -> None:
    """Put the token of a new session into the cookie; the form token changes with it."""
    session.pop("csrf_token", None)
    session.permanent = True
    login_user(Visitor(token, NOBODY), force=True)


def forget() -> None:
    """Empty the cookie: on a shared computer nothing of this person may stay behind."""
    logout_user()
    session.clear()


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Declare a route open to everyone."""
    view.access = Access(public=True)  # type: ignore[attr-defined]  # a mark on a function
    return view


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Declare a route for anyone who is signed in."""
    return _guarded(view, Access())


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a route for holders of a permission *somewhere*; the service checks where."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        return _guarded(view, Access(permission=permission))

    return decorate


def _guarded(view: Callable[P, R], access: Access) -> Callable[P, R]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        actor = current_actor()
        if not actor.signed_in:
            return cast("R", redirect(url_for("accounts.sign_in", next=_way_back()), 303))
        if access.permission is not None and not actor.may(access.permission):
            if actor.staff and not actor.second_factor:
                return cast("R", redirect(url_for("accounts.give_factor", next=_way_back()), 303))
            abort(403)
        return view(*args, **kwargs)

    guarded.access = access  # type: ignore[attr-defined]  # a mark on a function
    return guarded


def _way_back() -> str | None:
    return request.full_path.rstrip("?") if request.method == "GET" else None


def monitoring(view: Callable[P, R]) -> Callable[P, R]:
    """Declare a route for whoever watches the portal: on this very machine, or with the token.

    To everybody else there is no such page.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not (_asks_from_here() or _shows_token()):
            abort(404)
        return view(*args, **kwargs)

    guarded.access = Access(public=True, watchers=True)  # type: ignore[attr-defined]  # a mark on a function
    return guarded


def _asks_from_here() -> bool:
    """Whether nobody stands between this machine and us: a proxy would name whom it speaks for."""
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not forwarded and _is_loopback(request.remote_addr)


def _shows_token() -> bool:
    token = instance().config.metrics_token
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and compare_digest(shown.encode(), str(token).encode())


def with_key(scope: ApiScope) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a route for programs with a key. No cookie counts, so no form token is needed."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            holder = key_holder()
            if holder is None:
                raise KeyRefused(KeyRefusal.UNKNOWN if _shown_key() else KeyRefusal.MISSING)
            if scope not in holder.scopes:
                raise KeyRefused(KeyRefusal.NOT_FOR_THIS)
            g.key_valid = True
            return view(*args, **kwargs)

        guarded.access = Access(key=scope)  # type: ignore[attr-defined]  # a mark on a function
        return guarded

    return decorate


def by_capability(view: Callable[P, R]) -> Callable[P, R]:
    """Declare a POST for whoever holds its secret address, e.g. a mail program (RFC 8058).

    No cookie counts there: the view knows nobody but the address, so no form token is needed.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        g.key_valid = True
        return view(*args, **kwargs)

    guarded.access = Access(public=True)  # type: ignore[attr-defined]  # a mark on a function
    return guarded


def key_holder() -> KeyHolder | None:
    """The program behind this request, if it shows a key that is in force."""
    if "key_holder" not in g:
        shown = _shown_key()
        g.key_holder = holder_of_key(reading(), shown) if shown else None
    return cast("KeyHolder | None", g.key_holder)


def _shown_key() -> str:
    """The key of a header, of the body, or (as old programs send it) of the address."""
    places = (request.headers.get("X-Api-Key"), request.form.get("api_key"))
    return next((text.strip() for text in places if text), request.args.get("api_key", "").strip())
