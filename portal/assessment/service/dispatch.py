"""The report on dispatch (R263): counted and sealed when its month is frozen, never again."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from credit.rules.kinds import Kind
from credit.service.known import Rejected
from credit.service.posting import Details
from credit.service.statements import seal_statement
from portal.areas.queries import areas_by_codes
from portal.assessment.models.dispatch import DispatchReport
from portal.assessment.queries.dispatch import dispatch_report
from portal.assessment.queries.inputs import month_of
from portal.assessment.rules.dispatch import (
    COUNTS,
    MEDIANS,
    DispatchRow,
    DispatchTable,
    RowKind,
    bytes_of,
    csv_of,
    sum_of,
)
from portal.kernel.clock import month_bounds
from portal.kernel.errors import Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.organisations.queries import organisations_by_ids
from portal.reports.queries.figures import Chosen, Reach, counted
from portal.reports.rules.dispatching import Promptness
from portal.reports.rules.figures import NO_UNIT, By, Tally
from portal.reports.rules.supervision import street_path
from portal.reports.service.dispatching import Prompt, promptness_between


def keep_report(session: Session, month: str, *, now: datetime) -> bool:
    """Count a month's report, store and seal it; False where it stands already. The caller holds
    the month's turn."""
    if dispatch_report(session, month) is not None:
        return False
    text = csv_of(draw_up(session, month))
    digest, entry_id = sha256(bytes_of(text)).digest(), new_id()
    session.execute(
        insert(DispatchReport).values(
            month=month, frozen_at=now, digest=digest.hex(), entry_id=entry_id, table_csv=text
        )
    )
    outcome = seal_statement(
        session, district=instance_of(session).city.roots[0], entry_id=entry_id, kind=Kind.RELEASE,
        digest=digest, details=Details(f"dispatch:{month}"), now=now,
    )  # fmt: skip
    if isinstance(outcome, Rejected):
        raise Refused(outcome.code)
    return True


def draw_up(session: Session, month: str) -> DispatchTable:
    """A month's report as the figures tell it now: streets, units, and the whole city first."""
    prompt = promptness_between(session, *month_bounds(month, instance_of(session).city.zone))
    days = month_of(session, month).days
    places, units = (
        counted(session, Reach(), days, Chosen(), by).rows for by in (By.PLACE, By.UNIT)
    )
    streets = _streets(session, _by_street(places), prompt)
    handling = _units(session, units, prompt)
    whole = DispatchRow(RowKind.CITY, "", {}, sum_of(streets))
    limits = prompt.limits
    return DispatchTable(month, limits.accept, limits.dispatch, [whole, *streets, *handling])


def _by_street(places: Mapping[str, Tally]) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for path, tally in places.items():
        street = street_path(path)
        if street is not None:
            found.setdefault(street, Counter()).update(tally)
    return found


def _streets(session: Session, tallies: Mapping[str, Tally], prompt: Prompt) -> list[DispatchRow]:
    paths = {path.rstrip("/").rpartition("/")[2]: path for path in {*tallies, *prompt.streets}}
    known = areas_by_codes(session, paths)
    return [
        _row(
            RowKind.STREET, code, known[code].names if code in known else {},
            tallies.get(path, Counter()), prompt.streets.get(path, Promptness()),
        )
        for code, path in sorted(paths.items())
    ]  # fmt: skip


def _units(session: Session, tallies: Mapping[str, Tally], prompt: Prompt) -> list[DispatchRow]:
    keys = {UUID(hex=key) for key in tallies} | set(prompt.units)
    known = organisations_by_ids(session, keys - {NO_UNIT})
    rows = [
        _row(
            RowKind.UNIT, unit.code, unit.names, tallies.get(unit.id.hex, Counter()),
            prompt.units.get(unit.id, Promptness()),
        )
        for unit in known.values()
    ]  # fmt: skip
    return sorted((row for row in rows if any(row.counts.values())), key=lambda row: row.code)


def _row(
    kind: RowKind, code: str, names: Mapping[str, str], tally: Tally, prompt: Promptness
) -> DispatchRow:
    counts = {name: _count(name, tally, prompt) for name in COUNTS}
    medians: Iterable[int | None] = (getattr(prompt, name) for name in MEDIANS)
    return DispatchRow(kind, code, names, counts, *medians)


def _count(name: str, tally: Tally, prompt: Promptness) -> Any:
    """Waiting is measured case by case; what units gave back or passed on is a kept count."""
    return getattr(prompt, name) if hasattr(prompt, name) else tally.get(name, 0)
