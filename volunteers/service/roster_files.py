"""Files of shifts: all lines are good, or nothing is made and every bad line is named (R275)."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow, areas_by_codes
from portal.kernel.clock import city_day
from portal.kernel.errors import BadData, Refused
from portal.kernel.instance import instance_of
from portal.kernel.sheets import Encoding, Sheet, SheetRow, open_sheet
from volunteers.queries.activities import ActivityRow
from volunteers.rules.batches import MOST_LINES, BatchKind, BatchRefusal
from volunteers.rules.planning import PlanWish, flaw_of_posts, flaw_of_span, span_on
from volunteers.rules.roster_file import (
    Line,
    LineProblem,
    Problem,
    columns_of,
    missing_columns,
    read_line,
)
from volunteers.rules.shifts import Span
from volunteers.service.activities import may_organise
from volunteers.service.batches import Planned, lock_activity, mark_known, write_batch
from volunteers.service.shifts import activity_for_shifts


class BadLines(Refused):
    """Lines that cannot be taken over: ``problems`` by line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(BatchRefusal.BAD_LINES, field="file")
        self.problems = problems


def import_shifts(
    session: Session,
    actor: Actor,
    activity: str,
    content: bytes,
    *,
    encoding: Encoding = Encoding.UTF8,
    now: datetime,
) -> str:
    """Make the shifts of a file that are not there yet; the number of their batch.

    Raises BadLines with every line that is wrong, and makes nothing then.
    """
    of = lock_activity(session, activity_for_shifts(session, actor, activity))
    lines = _read(content, encoding)
    places = areas_by_codes(session, {line.wish.area for line in lines})
    planned = _planned(session, actor, of, lines, places, now)
    known = mark_known(session, of.id, planned)
    return write_batch(session, actor, of, known, kind=BatchKind.FILE, now=now)


def _read(content: bytes, encoding: Encoding) -> list[Line]:
    if not content:
        raise Refused(BatchRefusal.NO_FILE, field="file")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shifts"
        path.write_bytes(content)
        try:
            return _lines(open_sheet(path, encoding))
        except BadData as bad:
            raise Refused(BatchRefusal.NOT_READ, field="file") from bad


def _lines(sheet: Sheet) -> list[Line]:
    columns = columns_of(sheet.header)
    missing = missing_columns(columns)
    if missing:
        facts = {"columns": ", ".join(missing)}
        raise Refused(BatchRefusal.NO_COLUMN, field="file", facts=facts)
    found: list[Line | Problem] = []
    for row in sheet.rows:
        if len(found) >= MOST_LINES:
            raise Refused(BatchRefusal.BIG_FILE, field="file")
        found.append(_line(row, columns))
    problems = [one for one in found if isinstance(one, Problem)]
    if problems:
        raise BadLines(problems)
    if not found:
        raise Refused(BatchRefusal.NO_FILE, field="file")
    return [one for one in found if isinstance(one, Line)]


def _line(row: SheetRow, columns: Mapping[str, str]) -> Line | Problem:
    if row.wide is not None:
        return Problem(row.line, LineProblem.WIDE)
    if any(name in columns.values() for name, _why in row.lost):
        return Problem(row.line, LineProblem.LOST)
    cells = {code: row.cells.get(name, "").strip() for code, name in columns.items()}
    return read_line(row.line, cells)


def _planned(
    session: Session,
    actor: Actor,
    of: ActivityRow,
    lines: Iterable[Line],
    places: Mapping[str, AreaRow],
    now: datetime,
) -> list[Planned]:
    """One shift for all lines of the same time, place and duty: each line is one of its roles."""
    city = instance_of(session).city
    today = city_day(now, city.zone)
    found: dict[tuple[object, ...], Planned] = {}
    problems: list[Problem] = []
    for line in lines:
        area, span = places.get(line.wish.area), _span(line, city.zone)
        problem = (
            Problem(line.line, LineProblem.PLACE)
            if area is None or not area.valid_on(today) or not may_organise(actor, area.path)
            else _add(found, of, line, area, span, now)
        )
        problems += [problem] if problem else []
    if problems:
        raise BadLines(problems)
    return list(found.values())


def _span(line: Line, zone: ZoneInfo) -> Span:
    times = line.wish.times
    return span_on(line.day, times.start or time(), times.minutes, zone)


def _add(
    found: dict[tuple[object, ...], Planned],
    of: ActivityRow,
    line: Line,
    area: AreaRow,
    span: Span,
    now: datetime,
) -> Problem | None:
    late = flaw_of_span(span, now)
    if late is not None:
        return Problem(line.line, late[0])
    wish: PlanWish = replace(line.wish, meeting_place=line.wish.meeting_place or of.meeting_place)
    key = (span, area.id, wish.meeting_place, wish.duty)
    known = found.get(key)
    if known is None:
        found[key] = Planned(wish, area, span)
        return None
    if wish.posts[0].role in {post.role for post in known.wish.posts}:
        return Problem(line.line, LineProblem.TWICE)
    posts = [*known.wish.posts, *wish.posts]
    flaw = flaw_of_posts(posts)
    if flaw is not None:
        return Problem(line.line, flaw[0])
    found[key] = replace(known, wish=replace(known.wish, posts=posts))
    return None
