"""Splitting off parts of a matter that needs several units (主案, 子案)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id, new_number
from portal.reports.models import Case, CaseAttribute, CaseEvent, CasePart
from portal.reports.queries.case import CaseRow, case_by_id
from portal.reports.queries.case_parts import open_parts, units_at_work
from portal.reports.queries.categories import category_on
from portal.reports.queries.routing import known_of
from portal.reports.rules.codes import Event, Source, State
from portal.reports.rules.kinds import BEHAVIOUR, hazard_limit
from portal.reports.rules.parts import MOST_OPEN_PARTS
from portal.reports.rules.transitions import Refusal
from portal.reports.service.contracts import link_contract
from portal.reports.service.handling import dispatch_case
from portal.reports.service.limits import (
    limit_at,
    limit_columns,
    promise_columns,
    promise_for,
    today_of,
)
from portal.reports.service.loop import move_case
from portal.reports.service.notices import tell_step
from portal.reports.service.protection import protect_all
from portal.reports.service.routing import way_of


@dataclass(frozen=True)
class NewPart:
    """A part as the desk wants it. Without a unit: whom the list names for its kind."""

    category: str
    unit_id: UUID | None
    words: str


def split_off(
    session: Session,
    whole: CaseRow,
    parts: Sequence[NewPart],
    *,
    actor: Actor,
    now: datetime,
) -> list[CaseRow]:
    """Make one or more parts of a case, each given to its unit. The whole waits for all of them."""
    if not parts:
        raise Refused(Refusal.PART_MISSING)
    if open_parts(session, whole) + len(parts) > MOST_OPEN_PARTS:
        raise Refused(Refusal.TOO_MANY_PARTS, facts={"most": MOST_OPEN_PARTS})
    before = units_at_work(session, whole)
    moved = move_case(session, whole, Event.SPLIT_OFF, actor=actor, now=now)
    made = []
    for at, part in enumerate(parts, start=1):
        try:
            made.append(_split(session, moved, part, actor, now))
        except Conflict:
            raise
        except Refused as refused:
            # each part has fields of its own
            field = f"{refused.field or 'unit'}_{at}"
            raise Refused(refused.code, field=field, facts=refused.facts) from refused
    # a part is known to its unit by a number of its own
    protect_all(session, moved, now=now)
    units = units_at_work(session, whole)
    if len(before) < 2 <= len(units):
        # the reporter is told once, whatever is split off later
        tell_step(session, moved, Event.SPLIT_OFF, now=now, more={"count": len(units)})
    return made


def _split(session: Session, whole: CaseRow, part: NewPart, actor: Actor, now: datetime) -> CaseRow:
    if not part.words.strip():
        # the unit must know which part is its own
        raise Refused(Refusal.WORDS_MISSING, field="words")
    case = _add_case(session, whole, part, now)
    session.add_all(
        [
            CaseEvent(
                district=case.district, id=new_id(), case_id=case.id, at=now, event=Event.REPORT,
                to_state=State.FILED, cycle=1, actor_id=actor.person_id, public=False,
            ),
            CasePart(district=case.district, case_id=case.id, whole_id=whole.id, at=now),
            *_known(session, whole, case, now),
        ]
    )  # fmt: skip
    link_contract(session, case.district, case.id, case.place_path, case.category_code, now)
    # who it goes to is decided by what the database knows of it
    session.flush()
    row = case_by_id(session, case.district, case.id)
    if row is None:
        raise RuntimeError("the part that was just written is not there")
    unit_id = part.unit_id or way_of(session, row, now).route.unit_id
    return dispatch_case(session, row, actor=actor, now=now, unit_id=unit_id, words=part.words)


def _add_case(session: Session, whole: CaseRow, part: NewPart, now: datetime) -> Case:
    """A case of its own kind, number and clock, at the same place and as urgent and as sealed."""
    day = today_of(session, now)
    category = category_on(session, part.category, day)
    if category is None or category.code == BEHAVIOUR:
        raise Refused(Refusal.NO_CATEGORY, field="category")
    limit = limit_at(session, category.code, whole.place_path, day)
    urgent = whole.urgent or category.urgent
    limit = hazard_limit(limit) if urgent and not category.urgent else limit
    case = Case(
        district=whole.district,
        id=new_id(),
        number=new_number(),
        category_code=category.code,
        state=State.FILED,
        cycle=1,
        version=1,
        source=Source.PART,
        area_id=whole.area_id,
        place_path=whole.place_path,
        lon=whole.lon,
        lat=whole.lat,
        urgent=urgent,
        sealed=whole.sealed or urgent,
        listed=False,
        **limit_columns(limit),
        **promise_columns(promise_for(session, limit, now)),
        found_at=now,
        accepted_at=now,
        # nobody waits for a first answer to a part
        responded_at=now,
        updated_at=now,
        times_returned=0,
        times_sent_back=0,
        times_urged=0,
    )
    session.add(case)
    # history and attributes refer to it
    session.flush()
    return case


def _known(session: Session, whole: CaseRow, case: Case, now: datetime) -> list[CaseAttribute]:
    """What is known of the whole decides for its parts, too: never to the unit complained of."""
    known = known_of(session, [whole])[whole.id]
    return [
        CaseAttribute(district=case.district, case_id=case.id, key=key, value=value, entered_at=now)
        for key, value in known.items()
    ]
