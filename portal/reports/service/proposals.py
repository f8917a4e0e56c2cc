"""What the desk is offered beside a case, each with what it rests on; a clerk decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of
from portal.kernel.worktime import load_calendar
from portal.organisations.queries import OrganisationRow, units_serving
from portal.organisations.rules import HANDLING_KINDS
from portal.reports.queries.case import CaseRow
from portal.reports.queries.proposals import handled_lately, kinds_on, open_nearby
from portal.reports.rules.categories import UNSURE, CategoryRow, LimitRow
from portal.reports.rules.codes import State
from portal.reports.rules.deadlines import Promise, promise
from portal.reports.rules.proposals import (
    Alike,
    Handled,
    Point,
    UnitProposal,
    likely_same,
    propose_kind,
    propose_unit,
)
from portal.reports.rules.transitions import holds

SORTED = frozenset({State.REPORTED, State.ACCEPTED, State.FILED})
Kinds = Sequence[tuple[CategoryRow, LimitRow | None]]


@dataclass(frozen=True)
class KindProposal:
    """A kind that the words name, the promise it would bring, and whether one key takes it.

    A kind about a person or a shop takes words back from the public: nobody does that by one key.
    """

    row: CategoryRow
    promised: Promise | None
    taken: bool


@dataclass(frozen=True)
class Proposals:
    """Everything that is offered beside one case. ``units``: where it may go, nearest first."""

    kind: KindProposal | None
    unit: UnitProposal | None
    units: Mapping[UUID, OrganisationRow]
    alike: list[Alike]


def proposals_for(
    session: Session,
    case: CaseRow,
    words: Sequence[str],
    returned: set[UUID],
    kinds: Kinds,
    actor: Actor,
    now: datetime,
) -> Proposals:
    """What to offer, in three queries beyond the kinds. ``returned``: units that gave it back."""
    kind = _kind(session, case, words, kinds)
    code = kind.row.code if kind and kind.taken else case.category_code
    units = units_by_place(session, [case.place_path], now)[case.place_path]
    handled = handled_lately(session, case.district, code, actor)
    serving = [unit.id for unit in units]
    near = open_nearby(session, case, {case.category_code, code} - {UNSURE}, actor)
    alike: list[Alike] = []
    if case.lon is not None and case.lat is not None:
        alike = likely_same(Point(case.lon, case.lat, case.found_at), near)
    return Proposals(
        kind=kind,
        unit=_told_to(actor, propose_unit(case.place_path, handled, serving, never=returned)),
        units={unit.id: unit for unit in units},
        alike=alike,
    )


def kinds_today(session: Session, now: datetime) -> Kinds:
    """The kinds in use today with their limits: one query for options, names and proposals."""
    return kinds_on(session, city_day(now, instance_of(session).city.zone))


def units_by_place(
    session: Session, place_paths: Sequence[str], now: datetime
) -> dict[str, list[OrganisationRow]]:
    """For each place the units a case can go to, nearest first, in one query."""
    today = city_day(now, instance_of(session).city.zone)
    return units_serving(session, place_paths, HANDLING_KINDS, today)


def usual_units(
    session: Session,
    cases: Sequence[CaseRow],
    returned: Mapping[UUID, set[UUID]],
    actor: Actor,
    now: datetime,
) -> tuple[dict[UUID, UnitProposal], dict[str, list[OrganisationRow]]]:
    """The proposed unit of each of several cases, and the units that serve each place."""
    serving = units_by_place(session, sorted({case.place_path for case in cases}), now)
    known: dict[tuple[str, str], list[Handled]] = {}
    for case in cases:
        key = (case.district, case.category_code)
        if key not in known:
            known[key] = handled_lately(session, *key, actor)
    found = {}
    for case in cases:
        handled = known[case.district, case.category_code]
        units = [unit.id for unit in serving[case.place_path]]
        never = returned.get(case.id, set())
        proposal = _told_to(actor, propose_unit(case.place_path, handled, units, never=never))
        if proposal is not None:
            found[case.id] = proposal
    return found, serving


def _told_to(actor: Actor, proposal: UnitProposal | None) -> UnitProposal | None:
    """A place is named only to whoever may read all of it: of her part its figures are untrue."""
    if proposal is None or proposal.place_path is None:
        return proposal
    whole = holds(actor, Permission.REPORT_READ, proposal.place_path, None)
    return proposal if whole else replace(proposal, place_path=None)


def _kind(
    session: Session, case: CaseRow, words: Sequence[str], kinds: Kinds
) -> KindProposal | None:
    row = propose_kind([kind for kind, _ in kinds], words, case.category_code)
    if row is None:
        return None
    limit = next((limit for kind, limit in kinds if kind.code == row.code), None)
    promised = _promise(session, case, limit) if limit else None
    taken = case.category_code == UNSURE and not row.protected and limit is not None
    return KindProposal(row, promised, taken)


def _promise(session: Session, case: CaseRow, limit: LimitRow) -> Promise:
    return promise(
        case.found_at,
        limit.minutes,
        round_the_clock=limit.round_the_clock,
        calendar=load_calendar(),
        zone=instance_of(session).city.zone,
    )
