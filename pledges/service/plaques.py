"""Plaques: issued in batches, bound to a door, taken off, replaced, withdrawn.

Locks are taken in the order of decision 0040, premises first, then plaques by their codes; the
partial unique indexes are the last word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pledges.models import (
    Plaque,
    PlaqueBatch,
    PlaqueBinding,
    Premises,
    PremisesEvent,
    PremisesOperator,
)
from pledges.queries.plaques import BatchRow, Hanging, batch_by_number, plaque_by_code
from pledges.rules.plaques import (
    LONGEST_REASON,
    MOST_AT_ONCE,
    BindingEnd,
    PlaqueRefusal,
    PlaqueState,
    why_not_hang,
)
from pledges.rules.premises import PremisesState, PremisesStep
from pledges.rules.refusals import PledgeRefusal
from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code, find_areas
from portal.areas.rules import codes_of
from portal.kernel.audit import note_action
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number

REGISTER: Final = Permission.PLEDGE_REGISTER


@dataclass(frozen=True)
class By:
    """Whose hand does it, and when."""

    actor: Actor
    now: datetime


def places_of(actor: Actor) -> Sequence[str] | None:
    """Where somebody looks after plaques; None: everywhere."""
    return actor.places_for(REGISTER)


def plaque_here(session: Session, actor: Actor, typed: str) -> Hanging:
    """A plaque of somebody's places, by its door or, while it hangs nowhere, by its batch."""
    row = plaque_by_code(session, clean_number(typed) or "")
    if row is None or not _may(actor, row):
        raise Missing
    return row


def batch_here(session: Session, actor: Actor, number: str) -> BatchRow:
    """A batch of somebody's places."""
    row = batch_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(REGISTER, place_path=row.place_path):
        raise Missing
    return row


def _may(actor: Actor, row: Hanging) -> bool:
    return actor.may(REGISTER, place_path=row.place_path or row.batch_path)


def issue_plaques(session: Session, by: By, place: str, how_many: int) -> str:
    """New codes for a place; the number of their batch."""
    if not 1 <= how_many <= MOST_AT_ONCE:
        facts = {"most": MOST_AT_ONCE}
        raise Refused(PlaqueRefusal.HOW_MANY, field="how_many", facts=facts)
    area = _place(session, place)
    if not by.actor.may(REGISTER, place_path=area.path):
        raise Refused(PledgeRefusal.NOT_YOUR_PLACE, field="place")
    batch = PlaqueBatch(
        id=new_id(), number=new_number(), area_id=area.id, place_path=area.path, plaques=how_many,
        made_at=by.now, made_by=by.actor.person_id,
    )  # fmt: skip
    session.add(batch)
    # the plaques refer to it
    session.flush()
    session.add_all(
        Plaque(code=code, batch_id=batch.id, district=codes_of(area.path)[0], issued_at=by.now)
        for code in _fresh_codes(session, how_many)
    )
    return batch.number


def _place(session: Session, typed: str) -> AreaRow:
    words = typed.strip()
    found = area_by_code(session, words) or next(iter(find_areas(session, words, 1)), None)
    if found is None or found.valid_to is not None:
        raise Refused(PlaqueRefusal.NO_PLACE, field="place")
    return found


def _fresh_codes(session: Session, how_many: int) -> set[str]:
    """Codes that nobody has: of 2⁴⁵ two are rarely the same, yet a plaque must never be another."""
    found: set[str] = set()
    while len(found) < how_many:
        drawn = {new_number() for _ in range(how_many - len(found))}
        found |= drawn - set(session.scalars(select(Plaque.code).where(Plaque.code.in_(drawn))))
    return found


def bind_plaque(session: Session, by: By, code: str, premises_number: str) -> str:
    """Hang a plaque at a door; the clean code."""
    door = _door(session, by.actor, premises_number)
    [plaque] = _locked(session, [_clean(code, "code")], "code")
    if why := why_not_hang(plaque.state):
        raise Conflict(why, field="code")
    if plaque.district != door.district:
        raise Refused(PlaqueRefusal.OTHER_DISTRICT, field="code")
    if _binding_at(session, door) is not None:
        raise Conflict(PlaqueRefusal.DOOR_HAS_ONE, field="premises")
    _hang(session, by, plaque, door)
    return plaque.code


def take_off_plaque(session: Session, by: By, code: str, reason: str) -> None:
    """It was bound to the wrong door: it hangs nowhere now, and can be bound again."""
    door, plaque, binding = _hanging(session, by.actor, code)
    _end(session, by, door, binding, BindingEnd.MISTAKE, _reason(reason))
    plaque.state = PlaqueState.ISSUED


def replace_plaque(session: Session, by: By, code: str, new: str, reason: str) -> str:
    """Hang a new plaque in the place of another, which leads on to it from now on."""
    why, fresh = _reason(reason), _clean(new, "new")
    if fresh == clean_number(code):
        raise Refused(PlaqueRefusal.SAME_PLAQUE, field="new")
    door, plaque, binding = _hanging(session, by.actor, code, along=fresh)
    [other] = _locked(session, [fresh], "new")
    if refused := why_not_hang(other.state):
        raise Conflict(refused, field="new")
    if other.district != door.district:
        raise Refused(PlaqueRefusal.OTHER_DISTRICT, field="new")
    _end(session, by, door, binding, BindingEnd.REPLACED, why)
    plaque.state, plaque.replaced_by = PlaqueState.REPLACED, other.code
    plaque.ended_at, plaque.reason = by.now, why
    # the door's old binding must be over before the new one begins
    session.flush()
    _hang(session, by, other, door)
    return other.code


def withdraw_plaque(session: Session, by: By, code: str, reason: str) -> None:
    """No plaque with this code is worth anything any more, whether it hangs or lies in a drawer."""
    why, seen = _reason(reason), plaque_here(session, by.actor, code)
    if seen.state is PlaqueState.BOUND:
        door, plaque, binding = _hanging(session, by.actor, code)
        _end(session, by, door, binding, BindingEnd.WITHDRAWN, why)
    else:
        [plaque] = _locked(session, [seen.code], "code")
        if plaque.state is not PlaqueState.ISSUED:
            moved = plaque.state is PlaqueState.BOUND
            raise Conflict(PledgeRefusal.MOVED_ON if moved else PlaqueRefusal.ENDED)
    plaque.state, plaque.ended_at, plaque.reason = PlaqueState.WITHDRAWN, by.now, why
    note_action(
        session, at=by.now, actor_id=by.actor.person_id, action="plaque:withdraw",
        subject=f"plaque:{plaque.code}", reason=why,
    )  # fmt: skip


def _clean(typed: str, field: str) -> str:
    code = clean_number(typed)
    if code is None:
        raise Refused(PlaqueRefusal.NOT_A_CODE, field=field)
    return code


def _reason(typed: str) -> str:
    words = typed.strip()
    if not words:
        raise Refused(PledgeRefusal.NO_REASON, field="reason")
    if len(words) > LONGEST_REASON:
        raise Refused(PledgeRefusal.LONG, field="reason", facts={"most": LONGEST_REASON})
    return words


def _fresh(statement: Any) -> Any:
    """Lock what is read, and believe no older copy of it."""
    return statement.with_for_update().execution_options(populate_existing=True)


def _door(session: Session, actor: Actor, number: str) -> Premises:
    wanted = Premises.number == (clean_number(number) or "")
    row: Premises | None = session.scalars(_fresh(select(Premises).where(wanted))).one_or_none()
    if row is None or not actor.may(REGISTER, place_path=row.place_path):
        raise Refused(PlaqueRefusal.NO_PREMISES, field="premises")
    if row.state is PremisesState.GONE:
        raise Refused(PledgeRefusal.GONE, field="premises")
    return row


def _locked(session: Session, codes: Sequence[str], field: str) -> list[Plaque]:
    """Plaques by their codes, locked in that order."""
    statement = select(Plaque).where(Plaque.code.in_(codes)).order_by(Plaque.code)
    rows: list[Plaque] = list(session.scalars(_fresh(statement)))
    if len(rows) < len(codes):
        raise Refused(PlaqueRefusal.NOT_OURS, field=field)
    return rows


def _hanging(
    session: Session, actor: Actor, code: str, *, along: str | None = None
) -> tuple[Premises, Plaque, PlaqueBinding]:
    """A plaque that hangs, with its door and binding, all locked; ``along`` is locked with it."""
    seen = plaque_here(session, actor, code)
    if seen.number is None:
        ended = seen.state in (PlaqueState.REPLACED, PlaqueState.WITHDRAWN)
        raise Conflict(PlaqueRefusal.ENDED if ended else PlaqueRefusal.HANGS_NOWHERE)
    statement = select(Premises).where(Premises.number == seen.number)
    door: Premises = session.scalars(_fresh(statement)).one()
    codes = [seen.code] if along is None else [seen.code, along]
    locked = {row.code: row for row in _locked(session, codes, "new")}
    binding = _binding_at(session, door)
    # meanwhile it may have been moved
    if binding is None or binding.code != seen.code:
        raise Conflict(PledgeRefusal.MOVED_ON)
    return door, locked[seen.code], binding


def _binding_at(session: Session, door: Premises) -> PlaqueBinding | None:
    now_there = (
        PlaqueBinding.district == door.district, PlaqueBinding.premises_id == door.id,
        PlaqueBinding.ended_at.is_(None),
    )  # fmt: skip
    found: PlaqueBinding | None = session.scalars(
        _fresh(select(PlaqueBinding).where(*now_there))
    ).one_or_none()
    return found


def _hang(session: Session, by: By, plaque: Plaque, door: Premises) -> None:
    plaque.state = PlaqueState.BOUND
    operator = select(PremisesOperator.id).where(
        PremisesOperator.district == door.district, PremisesOperator.premises_id == door.id,
        PremisesOperator.ends_on.is_(None),
    )  # fmt: skip
    session.add(
        PlaqueBinding(
            district=door.district, code=plaque.code, premises_id=door.id,
            operator_id=session.scalars(operator).one_or_none(), bound_at=by.now,
            bound_by=by.actor.person_id,
        )
    )  # fmt: skip
    _note(session, by, door, PremisesStep.PLAQUE_BOUND, plaque.code)


def _end(
    session: Session, by: By, door: Premises, binding: PlaqueBinding, why: BindingEnd, reason: str
) -> None:
    session.execute(
        update(PlaqueBinding)
        .where(PlaqueBinding.district == binding.district, PlaqueBinding.id == binding.id)
        .values(ended_at=by.now, ended_why=why)
        .execution_options(synchronize_session=False)
    )
    _note(session, by, door, PremisesStep.PLAQUE_ENDS, f"{binding.code}: {reason}"[:LONGEST_REASON])


def _note(session: Session, by: By, door: Premises, step: PremisesStep, words: str) -> None:
    session.add(
        PremisesEvent(
            district=door.district, premises_id=door.id, step=step, actor_id=by.actor.person_id,
            at=by.now, reason=words,
        )
    )  # fmt: skip
