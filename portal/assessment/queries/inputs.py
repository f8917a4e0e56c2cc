"""What a month's indicators are computed from. Of ratings only the stored release is read (P4)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.assessment.models import DailyCheck, MediaReport, MutualScore
from portal.assessment.queries.registers import registered
from portal.assessment.queries.units import Unit
from portal.assessment.rules import GroupKind, Source
from portal.assessment.rules.sets import LIAISON, Indicator, groups
from portal.assessment.rules.values import (
    Value,
    confidential,
    count,
    in_order,
    mean,
    part_of,
    released,
)
from portal.kernel.clock import city_day, month_bounds
from portal.kernel.instance import instance_of
from portal.organisations.queries import taken_over
from portal.reports.queries.figures import Chosen, Reach, counted
from portal.reports.queries.means import MeansCounts, means_between
from portal.reports.queries.standing_open import open_at
from portal.reports.rules.figures import By, Tally
from portal.reports.rules.figures import Span as Days
from portal.satisfaction.queries.releases import Cell, cells, newest_of, release_file
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.files import METADATA

Found = dict[tuple[str, str, str], Value]


@dataclass(frozen=True)
class Month:
    """A month: its name, its days, and the release of satisfaction that it reads."""

    name: str
    days: Days
    release: str | None


def month_of(session: Session, name: str) -> Month:
    """A month with its newest release."""
    zone = instance_of(session).city.zone
    start, end = month_bounds(name, zone)
    last = city_day(end, zone) - timedelta(days=1)
    newest = newest_of(session, SubjectKind.CASE, name)
    return Month(name, Days(city_day(start, zone), last), newest[0] if newest else None)


def values_of(
    session: Session, month: Month, units: Sequence[Unit], indicators: Iterable[Indicator]
) -> Found:
    """Every value that is known, by group, unit and indicator: a few queries, however many."""
    reader = _Reader(session, month)
    found: Found = {}
    for one in indicators:
        mine = [unit for unit in units if unit.group == one.group]
        for unit, value in zip(mine, reader.read(one, mine), strict=True):
            if value is not None:
                found[one.group, unit.code, one.code] = value
    return found


class _Reader:
    """Reads each source of a month once."""

    def __init__(self, session: Session, month: Month) -> None:
        self.session, self.month = session, month
        self._tallies: dict[tuple[By, frozenset[str] | None], Mapping[str, Tally]] = {}
        self._checks: list[DailyCheck] | None = None
        self._cells: dict[str, list[Cell]] | None = None
        self._followed: dict[UUID, dict[UUID, str]] | None = None

    def read(self, one: Indicator, units: Sequence[Unit]) -> list[Value | None]:
        ways = {
            Source.SYSTEM: self._system,
            Source.RELEASE: self._release,
            Source.CHECK: self._check,
            Source.MEDIA: self._media,
            Source.MUTUAL: self._mutual,
            Source.REGISTER: self._register,
        }
        return ways[one.source](one, units)

    def _system(self, one: Indicator, units: Sequence[Unit]) -> list[Value | None]:
        part, whole, kinds = one.parts
        by = By.UNIT if groups()[one.group].kind is GroupKind.ORGANISATION else By.PLACE
        rows = self._tally(by, kinds)
        if by is By.UNIT:
            return [part_of(self._with_taken_over(rows, unit), part, whole) for unit in units]
        sums = _inside(rows, [unit.path for unit in units])
        return [part_of(sums[unit.path], part, whole) for unit in units]

    def _with_taken_over(self, rows: Mapping[str, Tally], unit: Unit) -> Tally:
        """The counts of a unit and of those whose matters it has taken over by the month's end:
        they are assessed no more, and nobody else answers for these."""
        if self._followed is None:
            self._followed = taken_over(self.session, self.month.days.last)
        own = unit.organisation_id
        keys = [own, *self._followed.get(own, ())] if own else []
        return sum((rows.get(key.hex, Counter()) for key in keys), Counter[str]())

    def _tally(self, by: By, kinds: frozenset[str] | None) -> Mapping[str, Tally]:
        if (by, kinds) not in self._tallies:
            told = counted(self.session, Reach(), self.month.days, Chosen(categories=kinds), by)
            self._tallies[by, kinds] = told.rows
        return self._tallies[by, kinds]

    def _release(self, one: Indicator, units: Sequence[Unit]) -> list[Value | None]:
        known = self._released()
        return [_published(known.get(unit.path, []), one.formula) for unit in units]

    def _released(self) -> dict[str, list[Cell]]:
        if self._cells is None:
            self._cells = defaultdict(list)
            # the month's own row stands before the quarter's
            for cell in cells(self.session, self.month.release or ""):
                if not cell.rest:
                    self._cells[cell.path].append(cell)
        return self._cells

    def _check(self, one: Indicator, units: Sequence[Unit]) -> list[Value | None]:
        if self._checks is None:
            days = self.month.days
            inside = (DailyCheck.day >= days.first, DailyCheck.day <= days.last)
            self._checks = list(self.session.scalars(select(DailyCheck).where(*inside)))
        return [mean(_scores(self._checks, one.formula, unit)) for unit in units]

    def _media(self, one: Indicator, units: Sequence[Unit]) -> list[Value | None]:
        days = self.month.days
        rows = self.session.execute(
            select(MediaReport.unit.label("unit_code"), func.count().label("number"))
            .where(
                MediaReport.day >= days.first, MediaReport.day <= days.last,
                MediaReport.group == one.group,
            )
            .group_by(MediaReport.unit)
        )  # fmt: skip
        found = {row.unit_code: row.number for row in rows}
        # no report is known to be none: whoever reads the papers puts them down
        return [count(found.get(unit.code, 0)) for unit in units]

    def _mutual(self, one: Indicator, units: Sequence[Unit]) -> list[Value | None]:
        rows = self.session.execute(
            select(MutualScore.unit, MutualScore.score).where(
                MutualScore.period == self.month.name,
                MutualScore.by_group == one.formula,
                MutualScore.group == one.group,
            )
        )
        found = defaultdict[str, list[int]](list)
        for code, score in rows:
            found[code].append(score)
        tell = confidential if one.formula == LIAISON else mean
        return [tell(found[unit.code]) for unit in units]

    def _register(self, one: Indicator, units: Sequence[Unit]) -> list[Value | None]:
        """Of a street whose things nobody counted nothing is known, however few are broken."""
        end = month_bounds(self.month.name, instance_of(self.session).city.zone)[1]
        broken = open_at(self.session, [one.formula], end)
        tallies = {path: Counter(open=number) for path, number in broken.items()}
        sums = _inside(tallies, [unit.path for unit in units])
        known = registered(self.session, one.formula, self.month.days.last)
        found = [known.get((unit.group, unit.code)) for unit in units]
        return [
            in_order(row.number, sums[unit.path]["open"]) if row else None
            for unit, row in zip(units, found, strict=True)
        ]


def _inside(rows: Mapping[str, Tally], paths: Iterable[str]) -> dict[str, Tally]:
    """The sum of what lies in each place: each row is looked up once for every place above it."""
    found: dict[str, Tally] = {path: Counter() for path in paths}
    for path, tally in rows.items():
        above = ""
        for code in path.strip("/").split("/"):
            above = f"{above or '/'}{code}/"
            if above in found:
                found[above].update(tally)
    return found


def _published(rows: Sequence[Cell], column: str) -> Value | None:
    """A share of the first published row: the month, else the quarter that ends with it."""
    stem = column.removesuffix("_share")
    for cell in rows:
        share, low, high = (getattr(cell, f"{stem}_{end}") for end in ("share", "low", "high"))
        if cell.published and None not in (share, low, high):
            return released(share, low, high, f"{cell.slug} {cell.span}")
    return None


def _scores(checks: Iterable[DailyCheck], axis: str, unit: Unit) -> list[int]:
    """The scores of a unit: its own, and of a place those of the places in it."""
    organisation = unit.organisation_id is not None
    mine = (
        getattr(check, axis)
        for check in checks
        if (check.group == unit.group and check.unit == unit.code)
        or (
            not organisation
            and groups()[check.group].kind is not GroupKind.ORGANISATION
            and check.place_path.startswith(unit.path)
        )
    )
    return [score for score in mine if score is not None]


def release_text(session: Session, slug: str) -> str:
    """The description of a release, whose hash is the release's own."""
    return release_file(session, slug, METADATA) or ""


def means_of(session: Session, name: str) -> MeansCounts:
    """How the closed matters of a month were solved (721, R156)."""
    bounds = month_bounds(name, instance_of(session).city.zone)
    return means_between(session, None, bounds)[0]
