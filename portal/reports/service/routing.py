"""Where cases may go and where the list sends them: asked before it is shown and before each step.

Rows, allowances, kinds, places, units and attributes are each read once, however many cases.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.queries import areas_by_codes
from portal.areas.rules import Tag, codes_of
from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of
from portal.organisations.queries import (
    OrganisationRow,
    organisations,
    taken_over,
    units_serving,
)
from portal.organisations.rules import HANDLING_KINDS
from portal.reports.models import CaseEvent, CaseRoute
from portal.reports.queries.case import CaseRow
from portal.reports.queries.contracts import links_of
from portal.reports.queries.routing import (
    both_lists,
    groups_of_kinds,
    known_of,
)
from portal.reports.rules.codes import Event
from portal.reports.rules.contracts import Contract
from portal.reports.rules.routing import (
    ENFORCEMENT_CONDUCT,
    Allowance,
    Basis,
    CaseKey,
    Matter,
    Responsibility,
    Route,
    RoutingRefusal,
    Unit,
    admitted,
    decide,
    why_not_unit,
)
from portal.reports.rules.transitions import Refusal
from portal.reports.rules.units_named import belonging


@dataclass(frozen=True)
class Way:
    """Where one case may go. ``units``: those that may have it, the named one first."""

    matter: Matter
    route: Route
    units: tuple[OrganisationRow, ...]
    refused: Mapping[UUID, RoutingRefusal]
    serving: Mapping[UUID, OrganisationRow]

    def why_not(self, unit_id: UUID | None) -> StrEnum | None:
        """Why the case may not be given to a unit."""
        if unit_id is not None and unit_id in self.refused:
            return self.refused[unit_id]
        return None if unit_id in {unit.id for unit in self.units} else Refusal.UNIT_OUT_OF_PLACE

    @property
    def named(self) -> OrganisationRow | None:
        """Who the list names, or who is next."""
        return self.serving.get(self.route.unit_id) if self.route.unit_id else None

    def basis_of(self, unit_id: UUID) -> Basis:
        """On what it would be given to a unit."""
        return self.route.basis if unit_id == self.route.unit_id else Basis.CHOSEN


@dataclass(frozen=True)
class City:
    """Everything that the ways of several cases are decided by."""

    on: date
    rows: Sequence[Responsibility]
    admits: Sequence[Allowance]
    groups: Mapping[str, str]
    serving: Mapping[str, Sequence[OrganisationRow]]
    tags: Mapping[str, frozenset[Tag]]
    parents: Mapping[UUID, UUID | None]
    codes: Mapping[str, UUID]
    followed: Mapping[UUID, Mapping[UUID, str]]

    def unit(self, row: OrganisationRow) -> Unit:
        """A unit as the list sees it, with the codes of those whose work it took over."""
        formerly = frozenset(self.followed.get(row.id, {}).values())
        return Unit(
            row.id, row.code, row.kind, row.trade, row.area_path, row.parent_id, row.takes_work,
            formerly,
        )  # fmt: skip

    def belonging_to(self, code: str) -> set[UUID]:
        """A unit with all below it, and the same of whoever goes on with its work."""
        about = self.codes.get(code)
        if about is None:
            return set()
        heirs = [heir for heir, units in self.followed.items() if about in units]
        return {unit for one in (about, *heirs) for unit in belonging(one, self.parents)}


def way_of(session: Session, case: CaseRow, now: datetime, *, category: str | None = None) -> Way:
    """Where one case may go; ``category``: as if it were of another kind."""
    kinds = {case.id: category} if category else None
    return ways_of(session, [case], now, kinds=kinds)[case.id]


def ways_of(
    session: Session,
    cases: Sequence[CaseRow],
    now: datetime,
    *,
    kinds: Mapping[UUID, str] | None = None,
) -> dict[UUID, Way]:
    """Where several cases may go, in a fixed number of queries."""
    known = known_of(session, cases)
    paths = sorted({case.place_path for case in cases})
    complaint = any(CaseKey.UNIT_COMPLAINED_OF in values for values in known.values())
    city = city_of(session, paths, now, register=complaint)
    links = links_of(session, cases) if complaint else {}
    found = {}
    for case in cases:
        kind = (kinds or {}).get(case.id, case.category_code)
        matter = city_matter(city, case.place_path, kind, known[case.id])
        found[case.id] = way(city, matter, links[case.id].contract if case.id in links else None)
    return found


def city_of(
    session: Session, paths: Sequence[str], now: datetime, *, register: bool = False
) -> City:
    """The list and the units of some places; ``register``: who belongs to whom, too."""
    on = city_day(now, instance_of(session).city.zone)
    codes = {code for path in paths for code in codes_of(path)}
    known = organisations(session) if register else []
    rows, admits = both_lists(session)
    return City(
        on=on,
        rows=rows,
        admits=admits,
        groups=groups_of_kinds(session),
        serving=units_serving(session, paths, HANDLING_KINDS, on),
        tags={code: area.tags for code, area in areas_by_codes(session, codes).items()},
        parents={unit.id: unit.parent_id for unit in known},
        codes={unit.code: unit.id for unit in known},
        followed=taken_over(session, on),
    )


def city_matter(city: City, path: str, category: str, values: Mapping[CaseKey, str]) -> Matter:
    """A case as the list sees it."""
    tags = frozenset(tag for code in codes_of(path) for tag in city.tags.get(code, ()))
    return Matter(path, category, city.groups.get(category, ""), tags, values)


def way(city: City, matter: Matter, contract: Contract | None = None) -> Way:
    """Where a matter may go, as the city stands; ``contract``: about whose work it may be."""
    serving = city.serving[matter.place_path]
    units = [city.unit(row) for row in serving]
    complained = city.belonging_to(matter.values.get(CaseKey.UNIT_COMPLAINED_OF, ""))
    admits = admitted(city.admits, matter, city.on)
    refused = {
        unit.id: refusal
        for unit in units
        if (refusal := why_not_unit(unit, matter, admits=admits, complained=complained))
    }
    route = decide(city.rows, matter, units, on=city.on, refused=refused)
    if contract is not None and city.codes.get(contract.contractor) in complained:
        route = _managing(contract, units, refused) or route
    if matter.category == ENFORCEMENT_CONDUCT:
        refused |= _inspection_only(route, units, refused, known=bool(complained))
    first = {route.unit_id: 0}
    able = sorted(
        (row for row in serving if row.id not in refused), key=lambda row: first.get(row.id, 1)
    )
    return Way(matter, route, tuple(able), refused, {row.id: row for row in serving})


def _managing(
    contract: Contract, units: Sequence[Unit], refused: Mapping[UUID, RoutingRefusal]
) -> Route | None:
    """A contractor complained of: its matter goes to the department that manages the contract."""
    able = (unit.id for unit in units if contract.department in {unit.code, *unit.formerly})
    found = next((key for key in able if key not in refused), None)
    return Route(found, contract=contract) if found else None


def _inspection_only(
    route: Route, units: Sequence[Unit], refused: Mapping[UUID, RoutingRefusal], *, known: bool
) -> dict[UUID, RoutingRefusal]:
    """A complaint about conduct goes to whom the list names; else it must be known about whom."""
    if route.row is None and known:
        return {}
    code = RoutingRefusal.INSPECTION_ONLY if route.row else RoutingRefusal.COMPLAINED_UNKNOWN
    named = {route.unit_id, *route.co} if route.row else set()
    return {unit.id: code for unit in units if unit.id not in named and unit.id not in refused}


def keep_route(session: Session, case: CaseRow, way: Way) -> None:
    """Keep why the dispatch that was just made went where it went."""
    event_id = session.scalar(
        select(CaseEvent.id)
        .where(
            CaseEvent.district == case.district,
            CaseEvent.case_id == case.id,
            CaseEvent.event == Event.DISPATCH,
        )
        .order_by(CaseEvent.id.desc())
        .limit(1)
    )
    if event_id is None or case.unit_id is None:
        return
    session.add(
        CaseRoute(
            district=case.district,
            event_id=event_id,
            case_id=case.id,
            basis=way.basis_of(case.unit_id),
            rule_code=way.route.row.code if way.route.row else None,
        )
    )
