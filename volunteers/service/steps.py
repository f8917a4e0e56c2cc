"""One step of a sign-up: the conditional UPDATE, its event, and the seat that it frees."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id, new_number
from volunteers.models import SignUp, SignUpEvent
from volunteers.queries.candidates import PostFacts
from volunteers.rules.signing_up import SEATED, Event, SignUpRefusal, SignUpState, edge
from volunteers.service.seats import give_seat_back


@dataclass(frozen=True)
class Act:
    """Who does a step, when and why. ``actor_id`` None: the clock."""

    now: datetime
    actor_id: UUID | None = None
    reason: str | None = None
    overridden: Collection[SignUpRefusal] = ()


def begin_sign_up(
    session: Session,
    post: PostFacts,
    person_id: UUID,
    event: Event,
    act: Act,
    *,
    until: datetime | None = None,
) -> tuple[UUID, str]:
    """The new sign-up's id and number. Its seat, if it holds one, is taken already.

    Raises Conflict when she has another that is active: a second click, a second window.
    """
    step = edge(None, event)
    if step is None:
        raise Refused(SignUpRefusal.CHANGED)
    key, number = new_id(), new_number()
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    made = session.scalar(
        dialect.insert(SignUp)
        .values(
            id=key, number=number, shift_id=post.shift_id, post_id=post.post_id,
            person_id=person_id, state=step.next, made_at=act.now, changed_at=act.now,
            until=until, sequence=post.sequence,
        )
        .on_conflict_do_nothing()
        .returning(SignUp.id)
    )  # fmt: skip
    if made is None:
        raise Conflict(SignUpRefusal.TWICE)
    _note(session, key, step.next, act)
    return key, number


def move(
    session: Session,
    sign_up_id: UUID,
    state: SignUpState,
    event: Event,
    act: Act,
    *,
    until: datetime | None = None,
    sequence: int | None = None,
) -> SignUpState:
    """Move a sign-up that was read in a state. Raises Conflict when it is no longer in it.

    A seat stays with it; see ``leave`` for those that give it back.
    """
    step = edge(state, event)
    if step is None:
        raise Conflict(SignUpRefusal.CHANGED)
    values = {"state": step.next, "changed_at": act.now, "until": until}
    if sequence is not None:
        values["sequence"] = sequence
    one = update(SignUp).where(SignUp.id == sign_up_id, SignUp.state == state).values(**values)
    if changed_rows(session, one) != 1:
        raise Conflict(SignUpRefusal.CHANGED)
    _note(session, sign_up_id, step.next, act)
    return step.next


def leave(
    session: Session, sign_up_id: UUID, post_id: UUID, state: SignUpState, event: Event, act: Act
) -> None:
    """Move a sign-up to its end, and give its seat back if it held one. The post is held."""
    after = move(session, sign_up_id, state, event, act)
    if state in SEATED and after not in SEATED:
        give_seat_back(session, post_id)


def _note(session: Session, sign_up_id: UUID, state: SignUpState, act: Act) -> None:
    session.add(
        SignUpEvent(
            sign_up_id=sign_up_id, at=act.now, state=state, actor_id=act.actor_id,
            reason=act.reason, overridden=" ".join(sorted(act.overridden)) or None,
        )
    )  # fmt: skip


def agree_to(session: Session, sign_up_id: UUID, sequence: int, act: Act) -> None:
    """Note that somebody with a seat agrees to her shift as it is now."""
    one = (
        update(SignUp)
        .where(SignUp.id == sign_up_id, SignUp.state == SignUpState.TAKEN)
        .values(sequence=sequence)
    )
    if changed_rows(session, one) != 1:
        raise Conflict(SignUpRefusal.CHANGED)
    _note(session, sign_up_id, SignUpState.TAKEN, act)
