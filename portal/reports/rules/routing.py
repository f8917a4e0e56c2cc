"""Who is responsible: dated, public rows, and the one that fits a matter best. Pure.

A row names a place, a kind or a function group, and what else must be known of the matter; of all
rows that fit, the most specific holds. The order is total (``rank``), so the same matter always
goes to the same unit, and two rows that nothing tells apart are found as a conflict.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import combinations
from typing import Final
from uuid import UUID

from portal.areas.rules import Tag, codes_of, valid_on
from portal.organisations.rules import OrganisationKind, Trade, is_code
from portal.reports.rules.contracts import Contract

# what residents say of how somebody enforces; it never goes to whom it is about (R111)
ENFORCEMENT_CONDUCT: Final = "enforcement_conduct"
SOURCE_LENGTH: Final = 200
MOST_CO_UNITS: Final = 6
LARGEST_AREA: Final = 10_000_000
# the national code of a community; what stands below has a code of our own
COMMUNITY_DIGITS: Final = 12
_NUMBER: Final = re.compile(r"[0-9]{1,8}\Z", re.ASCII)


class CaseKey(StrEnum):
    """What the desk enters about a case because rows of the list ask for it. Stored by value."""

    AREA_M2 = "area_m2"
    ROAD_CLASS = "road_class"
    PERMIT_HOLDER = "permit_holder"
    UNIT_COMPLAINED_OF = "unit_complained_of"


class RoadClass(StrEnum):
    """Main roads and back streets are swept by different units (R054, R055)."""

    MAIN_ROAD = "main_road"
    BACK_STREET = "back_street"


class RoutingRefusal(StrEnum):
    """Why a case does not go to a unit."""

    NOT_ADMITTED = "routing.not_admitted"
    COMPLAINED_OF = "routing.complained_of"
    INSPECTION_ONLY = "routing.inspection_only"
    COMPLAINED_UNKNOWN = "routing.complained_unknown"
    CO_UNIT_LEADS = "routing.co_unit_leads"
    TOO_MANY_CO_UNITS = "routing.too_many_co_units"
    BAD_AREA = "routing.bad_area"
    BAD_VALUE = "routing.bad_value"
    NO_CO_UNIT = "routing.no_co_unit"
    WITHOUT_NEW_WORK = "routing.without_new_work"


class ListRefusal(StrEnum):
    """Why the list is not changed."""

    UNKNOWN_AREA = "routing.unknown_area"
    UNKNOWN_CATEGORY = "routing.unknown_category"
    BAD_RECEIVER = "routing.bad_receiver"
    BAD_CO_UNITS = "routing.bad_co_units"
    BAD_DATES = "routing.bad_dates"
    PAST = "routing.past"
    NO_SOURCE = "routing.no_source"
    TWO_KINDS = "routing.two_kinds"
    NO_KIND = "routing.no_kind"
    BAD_SIZES = "routing.bad_sizes"
    CONFLICT = "routing.conflict"
    ALREADY_ENDED = "routing.already_ended"


class Basis(StrEnum):
    """On what a case was given to a unit. Stored by value."""

    LISTED = "listed"
    NOBODY_NAMED = "nobody_named"
    CHOSEN = "chosen"
    CONTRACT = "contract"


@dataclass(frozen=True)
class Receiver:
    """Who a row names: one unit, the nearest unit of a kind, or whoever gave the permit (R178)."""

    code: str | None = None
    kind: OrganisationKind | None = None
    trade: Trade | None = None

    @property
    def issuer(self) -> bool:
        return self.code is None and self.kind is None

    def __str__(self) -> str:
        if self.code is not None or self.kind is None:
            return self.code or CaseKey.PERMIT_HOLDER.value
        return f"{self.kind}/{self.trade}" if self.trade else self.kind.value


def read_receiver(text: str) -> Receiver | None:
    """``PD-CG``, ``street_office``, ``department/city_management`` or ``permit_holder``."""
    if text == CaseKey.PERMIT_HOLDER.value:
        return Receiver()
    kind, _, trade = text.partition("/")
    if kind in set(OrganisationKind):
        if trade and trade not in set(Trade):
            return None
        return Receiver(kind=OrganisationKind(kind), trade=Trade(trade) if trade else None)
    return Receiver(code=text) if is_code(text) else None


@dataclass(frozen=True)
class Responsibility:
    """One row of the list. Never changed but for its last day; the place is held by its code."""

    code: str
    lead: Receiver
    co: tuple[Receiver, ...] = ()
    area_code: str | None = None
    area_path: str | None = None
    category: str | None = None
    group: str | None = None
    area_at_most: int | None = None
    area_over: int | None = None
    tag: Tag | None = None
    road_class: RoadClass | None = None
    on_permit: bool = False
    valid_from: date = date.min
    valid_to: date | None = None
    source: str = ""
    made_up: bool = False

    def valid_on(self, on: date) -> bool:
        return valid_on(self.valid_from, self.valid_to, on)

    @property
    def sized(self) -> bool:
        """Whether the size of an illegal building decides."""
        return self.area_at_most is not None or self.area_over is not None

    @property
    def receivers(self) -> tuple[Receiver, ...]:
        return (self.lead, *self.co)


@dataclass(frozen=True)
class Allowance:
    """A kind of matter, or a group of them, that may be sent to communities of a place (R070)."""

    code: str
    area_code: str | None = None
    category: str | None = None
    group: str | None = None
    valid_from: date = date.min
    valid_to: date | None = None
    source: str = ""
    made_up: bool = False

    def valid_on(self, on: date) -> bool:
        return valid_on(self.valid_from, self.valid_to, on)


@dataclass(frozen=True)
class Matter:
    """What the list asks of a case: where, what, and what is known of it besides."""

    place_path: str
    category: str
    group: str
    tags: frozenset[Tag] = frozenset()
    values: Mapping[CaseKey, str] = field(default_factory=dict)

    @property
    def size(self) -> int | None:
        text = self.values.get(CaseKey.AREA_M2, "")
        return int(text) if _NUMBER.match(text) else None

    @property
    def road_class(self) -> RoadClass | None:
        """As the desk entered it, else as the place is tagged."""
        entered = self.values.get(CaseKey.ROAD_CLASS)
        if entered in set(RoadClass):
            return RoadClass(entered)
        tagged = {Tag.MAIN_ROAD: RoadClass.MAIN_ROAD, Tag.BACK_STREET: RoadClass.BACK_STREET}
        return next((road for tag, road in tagged.items() if tag in self.tags), None)


@dataclass(frozen=True)
class Unit:
    """A unit that a case might go to, as far as the list cares."""

    id: UUID
    code: str
    kind: OrganisationKind
    trade: Trade | None = None
    area_path: str | None = None
    parent_id: UUID | None = None
    takes_work: bool = True
    # codes of the units whose work it took over: what names them means it
    formerly: frozenset[str] = frozenset()

    @property
    def of_community(self) -> bool:
        """Whether it is a community's: a committee, or any unit of a community or below."""
        if self.kind is OrganisationKind.COMMITTEE:
            return True
        codes = codes_of(self.area_path or "")
        return any(code.isdecimal() and len(code) == COMMUNITY_DIGITS for code in codes)


@dataclass(frozen=True)
class Route:
    """Where a case goes by the list. ``row`` None: nobody is named, and this is who is next."""

    unit_id: UUID | None
    row: Responsibility | None = None
    co: tuple[UUID, ...] = ()
    # who has to answer for a contractor complained of (R048)
    contract: Contract | None = None

    @property
    def named(self) -> bool:
        """Whether somebody is named, rather than next."""
        return self.row is not None or self.contract is not None

    @property
    def basis(self) -> Basis:
        if self.contract is not None:
            return Basis.CONTRACT
        return Basis.LISTED if self.row else Basis.NOBODY_NAMED


def is_about(row: Responsibility | Allowance, category: str, group: str) -> bool:
    """Whether a row speaks of a kind: by its name, by its group, or of all."""
    if row.category is not None:
        return row.category == category
    return row.group is None or row.group == group


def applies(row: Responsibility, matter: Matter, on: date) -> bool:
    """Whether a row fits a matter on a day. What is not known of a matter fits no condition."""
    return (
        row.valid_on(on)
        and is_about(row, matter.category, matter.group)
        and (row.area_code is None or row.area_code in codes_of(matter.place_path))
        and (row.tag is None or row.tag in matter.tags)
        and (row.road_class is None or row.road_class is matter.road_class)
        and (not row.on_permit or bool(matter.values.get(CaseKey.PERMIT_HOLDER)))
        and _size_fits(row, matter.size)
    )


def _size_fits(row: Responsibility, size: int | None) -> bool:
    if not row.sized:
        return True
    if size is None:
        return False
    if row.area_at_most is not None and size > row.area_at_most:
        return False
    return row.area_over is None or size > row.area_over


def rank(row: Responsibility) -> tuple[int, int, int]:
    """How specific a row is: a permit before a size, a kind of estate, a class of road; then the
    kind before its group before all; then the finer place. Sets of conditions never tie."""
    conditions = (row.on_permit, row.sized, row.tag is not None, row.road_class is not None)
    weight = sum(1 << at for at, held in enumerate(reversed(conditions)) if held)
    kind = 2 if row.category is not None else 1 if row.group is not None else 0
    depth = len(codes_of(row.area_path)) if row.area_path else int(row.area_code is not None)
    return weight, kind, depth


def fitting(rows: Iterable[Responsibility], matter: Matter, on: date) -> list[Responsibility]:
    """The rows that fit, the one that holds first; equal ones by their first day and code."""
    found = [row for row in rows if applies(row, matter, on)]
    found.sort(key=lambda row: row.code)
    return sorted(found, key=lambda row: (rank(row), row.valid_from), reverse=True)


def conflicts(rows: Iterable[Responsibility]) -> list[tuple[Responsibility, Responsibility]]:
    """Pairs of equally specific rows that can fit the same matter on the same day."""
    ordered = sorted(rows, key=lambda row: row.code)
    alike: dict[tuple[object, ...], list[Responsibility]] = {}
    for row in ordered:
        # two tags can hold of one place, two classes of road cannot
        same = (rank(row), row.area_code, row.category, row.group, row.road_class)
        alike.setdefault(same, []).append(row)
    pairs = (pair for group in alike.values() for pair in combinations(group, 2))
    return [(one, other) for one, other in pairs if _overlap(one, other)]


def _overlap(one: Responsibility, other: Responsibility) -> bool:
    """Whether the days and the sizes of two rows meet; all else is the same."""
    days = one.valid_from < (other.valid_to or date.max) and other.valid_from < (
        one.valid_to or date.max
    )
    first = max(one.area_over or 0, other.area_over or 0)
    last = min(_most(one), _most(other))
    return days and (not one.sized or first < last)


def _most(row: Responsibility) -> int:
    return LARGEST_AREA if row.area_at_most is None else row.area_at_most


def pick(receiver: Receiver, matter: Matter, units: Sequence[Unit]) -> Unit | None:
    """The unit that a row's words mean here. ``units``: the nearest first."""
    if receiver.kind is not None:
        fits = (
            unit
            for unit in units
            if unit.kind is receiver.kind and receiver.trade in {None, unit.trade}
        )
        return next(fits, None)
    wanted = receiver.code or matter.values.get(CaseKey.PERMIT_HOLDER)
    return next((unit for unit in units if wanted in {unit.code, *unit.formerly}), None)


# who takes up what nobody is named for; the nearest place first, so a management area's
# station comes before the street's office (R269)
_COORDINATES: Final = (
    OrganisationKind.STREET_OFFICE,
    OrganisationKind.STATION,
    OrganisationKind.DISTRICT_CENTRE,
    OrganisationKind.DEPARTMENT,
)


def next_receiver(units: Iterable[Unit]) -> Unit | None:
    """Who is next when nobody is named: the lead of the area, the street, the city's centre."""
    able = [unit for unit in units if unit.kind in _COORDINATES and not unit.of_community]
    return min(
        able,
        key=lambda unit: (
            -len(codes_of(unit.area_path or "")),
            _COORDINATES.index(unit.kind),
            unit.code,
        ),
        default=None,
    )


def admitted(allowances: Iterable[Allowance], matter: Matter, on: date) -> bool:
    """Whether communities of the place may be given this kind of matter."""
    return any(
        row.valid_on(on)
        and is_about(row, matter.category, matter.group)
        and (row.area_code is None or row.area_code in codes_of(matter.place_path))
        for row in allowances
    )


def why_not_unit(
    unit: Unit, matter: Matter, *, admits: bool, complained: Collection[UUID]
) -> RoutingRefusal | None:
    """Why it may not have a case, whatever the list says; ``complained``: of it or of its parts."""
    if unit.id in complained:
        return RoutingRefusal.COMPLAINED_OF
    if not unit.takes_work:
        return RoutingRefusal.WITHOUT_NEW_WORK
    if unit.of_community and not admits:
        return RoutingRefusal.NOT_ADMITTED
    return None


def decide(
    rows: Iterable[Responsibility],
    matter: Matter,
    units: Sequence[Unit],
    *,
    on: date,
    refused: Collection[UUID] = (),
) -> Route:
    """Where a matter goes: the best row that names a unit which may have it, or who is next."""
    able = [unit for unit in units if unit.id not in refused]
    for row in fitting(rows, matter, on):
        lead = pick(row.lead, matter, able)
        if lead is not None:
            found = (pick(receiver, matter, able) for receiver in row.co)
            co = dict.fromkeys(unit.id for unit in found if unit is not None)
            return Route(lead.id, row, tuple(key for key in co if key != lead.id))
    unit = next_receiver(able)
    return Route(unit.id if unit else None)


def read_value(key: CaseKey, text: str) -> str | None:
    """A value as it is stored: plain digits, a class, a unit's code; None when it is none."""
    tidy = text.strip()
    if key is CaseKey.AREA_M2:
        good = bool(_NUMBER.match(tidy)) and int(tidy) <= LARGEST_AREA
        return str(int(tidy)) if good else None
    if key is CaseKey.ROAD_CLASS:
        return tidy if tidy in set(RoadClass) else None
    return tidy if is_code(tidy) else None
