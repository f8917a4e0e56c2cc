"""What the desk is offered beside a case, each with what it rests on; a clerk decides."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of
from portal.organisations.queries import OrganisationRow
from portal.reports.queries.case import CaseRow
from portal.reports.queries.proposals import handled_lately, kinds_on, open_nearby
from portal.reports.rules.categories import UNSURE, CategoryRow, LimitRow
from portal.reports.rules.codes import State
from portal.reports.rules.deadlines import Promise
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
from portal.reports.service.limits import limit_at, promise_for, today_of
from portal.reports.service.routing import Way, way_of

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
    """Everything that is offered beside one case. ``units``: where it may go, the named first."""

    kind: KindProposal | None
    unit: UnitProposal | None
    units: Mapping[UUID, OrganisationRow]
    alike: list[Alike]
    way: Way


def proposals_for(
    session: Session,
    case: CaseRow,
    words: Sequence[str],
    returned: set[UUID],
    kinds: Kinds,
    actor: Actor,
    now: datetime,
) -> Proposals:
    """What to offer, in a few queries beyond the kinds. ``returned``: units that gave it back."""
    kind = _kind(session, case, words, kinds, now)
    code = kind.row.code if kind and kind.taken else case.category_code
    way = way_of(session, case, now, category=code)
    handled = handled_lately(session, case.district, code, actor)
    near = open_nearby(session, case, {case.category_code, code} - {UNSURE}, actor)
    alike: list[Alike] = []
    if case.lon is not None and case.lat is not None:
        alike = likely_same(Point(case.lon, case.lat, case.found_at), near)
    return Proposals(
        kind=kind,
        unit=_told_to(actor, _proposed(way, handled, returned)),
        units={unit.id: unit for unit in way.units},
        alike=alike,
        way=way,
    )


def kinds_today(session: Session, now: datetime) -> Kinds:
    """The kinds in use today with their limits: one query for options, names and proposals."""
    return kinds_on(session, city_day(now, instance_of(session).city.zone))


def _proposed(way: Way, handled: Sequence[Handled], never: Collection[UUID]) -> UnitProposal | None:
    """The list first, the habit second, among those that may have it."""
    units = [unit.id for unit in way.units]
    return propose_unit(way.matter.place_path, handled, units, route=way.route, never=never)


def usual_units(
    session: Session,
    cases: Sequence[CaseRow],
    returned: Mapping[UUID, set[UUID]],
    ways: Mapping[UUID, Way],
    actor: Actor,
) -> dict[UUID, UnitProposal]:
    """The proposed unit of each of several cases."""
    known: dict[tuple[str, str], list[Handled]] = {}
    for case in cases:
        key = (case.district, case.category_code)
        if key not in known:
            known[key] = handled_lately(session, *key, actor)
    found = {}
    for case in cases:
        handled = known[case.district, case.category_code]
        never = returned.get(case.id, set())
        proposal = _told_to(actor, _proposed(ways[case.id], handled, never))
        if proposal is not None:
            found[case.id] = proposal
    return found


def _told_to(actor: Actor, proposal: UnitProposal | None) -> UnitProposal | None:
    """A place is named only to whoever may read all of it: of her part its figures are untrue."""
    if proposal is None or proposal.place_path is None:
        return proposal
    whole = holds(actor, Permission.REPORT_READ, proposal.place_path, None)
    return proposal if whole else replace(proposal, place_path=None)


def _kind(
    session: Session, case: CaseRow, words: Sequence[str], kinds: Kinds, now: datetime
) -> KindProposal | None:
    row = propose_kind([kind for kind, _ in kinds], words, case.category_code)
    if row is None:
        return None
    limit = limit_at(session, row.code, case.place_path, today_of(session, now))
    promised = promise_for(session, limit, case.found_at)
    known = any(kind.code == row.code and own for kind, own in kinds)
    taken = case.category_code == UNSURE and not row.protected and known
    return KindProposal(row, promised, taken)
