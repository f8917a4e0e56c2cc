"""What an independent evaluator takes along (R239): a package of a period, each file with a hash.

Frozen inputs and results, releases with their programs, totals of surveys, masked cases of her
places, and the tables by which everything is computed. The same data make the same files.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.assessment.queries.frozen import frozen_file, frozen_versions
from portal.assessment.rules.files import FILES as FROZEN_FILES
from portal.assessment.rules.periods import Period, period_of
from portal.assessment.rules.sets import DATA as ASSESSMENT_DATA
from portal.kernel.spreadsheets import csv_bytes
from portal.organisations.queries import organisations_by_ids
from portal.reports.queries.masked import MaskedCase, masked_between
from portal.satisfaction.queries.releases import release_file, releases
from portal.satisfaction.queries.surveys import questions_of, results_of, surveys_over
from portal.satisfaction.rules.files import DATA as SATISFACTION_DATA
from portal.satisfaction.rules.files import FILES as RELEASE_FILES
from portal.satisfaction.views.surveys import CSV_COLUMNS, result_rows

FORMAT: Final = "gongzhi-evaluation-1"
CASE_COLUMNS: Final = ("number", "category", "community", "source", "state", "found", "closed",
                       "unit", "late")  # fmt: skip
# zip files hold a time: this one says nothing, so that the same data are the same bytes
_STILL: Final = (2000, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Wanted:
    """What is taken along: of which period, of which places (None: of all)."""

    period: Period
    places: Collection[str] | None
    zone: ZoneInfo
    now: datetime

    @property
    def months(self) -> tuple[str, ...]:
        """The months of the period in order."""
        return tuple(month for part in _parts(self.period.name) for month in _parts(part))

    @property
    def days(self) -> tuple[date, date]:
        """Its first day, and the first day after it."""
        last = date.fromisoformat(f"{self.months[-1]}-01")
        after = date(last.year + last.month // 12, last.month % 12 + 1, 1)
        return date.fromisoformat(f"{self.months[0]}-01"), after


def _parts(name: str) -> tuple[str, ...]:
    """The parts of a period; of a month itself."""
    found = period_of(name)
    return (found.parts or (name,)) if found else ()


def periods_to_take(session: Session) -> list[str]:
    """Months that are released and periods that are frozen, the newest first."""
    months = {row.month for row in releases(session)}
    return sorted(months | {row.period for row in frozen_versions(session)}, reverse=True)


def package(session: Session, wanted: Wanted) -> bytes:
    """The zip file, with ``manifest.json`` at its end."""
    files = dict(_files(session, wanted))
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    said = {"format": FORMAT, "period": wanted.period.name, "files": hashes}
    files["manifest.json"] = (json.dumps(said, sort_keys=True, indent=1) + "\n").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _STILL)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, content)
    return out.getvalue()


def _files(session: Session, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    yield from _frozen(session, wanted)
    yield from _released(session, wanted)
    yield from _surveyed(session, wanted)
    yield "cases.csv", csv_bytes(CASE_COLUMNS, _cases(session, wanted))
    for folder in (ASSESSMENT_DATA, SATISFACTION_DATA):
        for path in sorted(folder.glob("*.tsv")):
            yield f"method/{path.name}", path.read_bytes()


def _frozen(session: Session, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    mine = {wanted.period.name, *wanted.months, *_parts(wanted.period.name)}
    for row in frozen_versions(session):
        if row.period in mine:
            for name in FROZEN_FILES:
                text = frozen_file(session, row.slug, name) or ""
                yield f"assessment/{row.slug}/{name}", text.encode()


def _released(session: Session, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    for row in releases(session):
        if row.month in wanted.months:
            for name in RELEASE_FILES:
                text = release_file(session, row.slug, name) or ""
                yield f"satisfaction/{row.slug}/{name}", text.encode()


def _surveyed(session: Session, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    """Totals of surveys that are over, as their own pages tell them."""
    first, after = wanted.days
    for row in surveys_over(session, first, after, wanted.now):
        results = results_of(session, row, questions_of(session, row.id))
        yield f"surveys/{row.number}.csv", csv_bytes(CSV_COLUMNS, result_rows(row.number, results))


def _cases(session: Session, wanted: Wanted) -> Iterator[tuple[object, ...]]:
    first, end = (
        datetime.combine(day, datetime.min.time(), wanted.zone).astimezone(UTC)
        for day in wanted.days
    )
    rows = list(
        masked_between(session, wanted.places, first, end, zone=wanted.zone, now=wanted.now)
    )
    units = organisations_by_ids(session, {row.unit_id for row in rows if row.unit_id})
    codes: Mapping[UUID | None, str] = {key: unit.code for key, unit in units.items()}
    yield from (_cells(row, codes) for row in rows)


def _cells(row: MaskedCase, units: Mapping[UUID | None, str]) -> tuple[object, ...]:
    return (
        row.number, row.kind.code if row.kind else "", row.community, row.source.value,
        row.state.value, row.found, row.closed or "", units.get(row.unit_id, ""),
        "yes" if row.late else "no",
    )  # fmt: skip
