"""The declared access of every route, and the only place that knows Flask-Login."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import abort, redirect, request, url_for
from flask_login import current_user

from portal.accounts.rules import NOBODY, Actor, Permission

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Access:
    """What a route declares: open to all, to anyone signed in, or to holders of a permission."""

    public: bool = False
    permission: Permission | None = None


def current_actor() -> Actor:
    """Whoever makes this request."""
    actor = getattr(current_user, "actor", None)
    return cast("Actor", actor) if actor is not None else NOBODY


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Declare a route open to everyone."""
    view.access = Access(public=True)  # type: ignore[attr-defined]
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
            back = request.full_path.rstrip("?") if request.method == "GET" else None
            return cast("R", redirect(url_for("accounts.sign_in", next=back), 303))
        if access.permission is not None and not actor.may(access.permission):
            abort(403)
        return view(*args, **kwargs)

    guarded.access = access  # type: ignore[attr-defined]
    return guarded
