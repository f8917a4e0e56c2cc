"""Sessions live in the database: begun by every way of signing in, listed, ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import LoginSession, Person
from portal.accounts.queries import actor_for
from portal.accounts.rules import SESSION_DAYS, Actor, Refusal, Way
from portal.kernel.db import changed_rows
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import hash_token
from portal.kernel.instance import instance_of
from portal.kernel.vault import Vault


@dataclass(frozen=True)
class Browser:
    """What a service may know of the browser that asks: opaque values, never the request."""

    key: str
    address: str
    form_key: str
    local: bool = False
    device: str = ""
    language: str = "zh_Hans"
    replaces: UUID | None = None


@dataclass(frozen=True)
class Welcome:
    """A sign-in that worked. ``second_step``: her staff permissions wait for the second factor."""

    session_id: UUID
    person_id: UUID
    second_step: bool


def session_token(vault: Vault, form_key: str) -> str:
    """The token that a sign-in form's one use leads to.

    It is made from the form's spent key and not by chance, so that the second response of a double
    click can set the same cookie as the first, which the browser has thrown away.
    """
    return vault.keyed_hash("session", form_key)


def begin_session(
    session: Session, person: Person, way: Way, browser: Browser, *, now: datetime
) -> Welcome:
    """Sign somebody in: a new token always, the browser's earlier session ends."""
    if person.erased_at is not None or (person.demo and not browser.local):
        raise Refused(Refusal.NOT_HERE)
    if browser.replaces is not None:
        _end(session, LoginSession.id == browser.replaces, now)
    row = LoginSession(
        person_id=person.id,
        token_hash=hash_token(session_token(instance_of(session).vault, browser.form_key)),
        way=way,
        device=browser.device[:80],
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(days=SESSION_DAYS),
        # on loopback the demo's staff need no authenticator
        second_factor_at=now if person.demo else None,
    )
    session.add(row)
    # the row's key is made by the flush
    session.flush()
    staff = actor_for(session, person.id, now).staff
    return Welcome(row.id, person.id, second_step=staff and row.second_factor_at is None)


def touch_session(session: Session, session_id: UUID, *, now: datetime) -> None:
    """Note that a session was used to do something."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.ended_at.is_(None))
        .values(seen_at=now)
    )


def sign_out(session: Session, actor: Actor, *, now: datetime) -> None:
    """End the session of this browser."""
    if actor.session_id is not None:
        _end(session, LoginSession.id == actor.session_id, now)


def end_session(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """End one of one's own sessions, e.g. that of a lost phone."""
    found = session.scalar(
        select(LoginSession.id).where(
            LoginSession.number == number, LoginSession.person_id == actor.person_id
        )
    )
    if found is None:
        raise Missing
    _end(session, LoginSession.id == found, now)


def end_other_sessions(session: Session, actor: Actor, *, now: datetime) -> None:
    """End all of one's sessions but this one."""
    _end(
        session,
        (LoginSession.person_id == actor.person_id) & (LoginSession.id != actor.session_id),
        now,
    )


def end_every_session(session: Session, *, now: datetime) -> int:
    """Everybody signs in again: the key of the cookies has changed; how many sessions ended."""
    open_ones = update(LoginSession).where(LoginSession.ended_at.is_(None)).values(ended_at=now)
    return changed_rows(session, open_ones)


def _end(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    session.execute(
        update(LoginSession).where(which, LoginSession.ended_at.is_(None)).values(ended_at=now)
    )
