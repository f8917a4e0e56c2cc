"""Cases in the shape of another system's file: what its layout has, and nobody's name or phone."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.areas.rules import codes_of
from portal.kernel.clock import city_day
from portal.kernel.geo import System, gcj02_to_bd09, wgs84_to_gcj02
from portal.kernel.instance import instance_of
from portal.kernel.sheets import write_csv, write_xlsx
from portal.organisations.queries import organisations_by_ids
from portal.reports.queries.exchange import Outgoing, outgoing
from portal.reports.rules.codes import Source, State
from portal.reports.rules.exchange import is_on_time, write_moment
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.layouts import Layout, Says, Standing
from portal.reports.rules.masking import masked
from portal.reports.service.exchange.books import KindBook, Place, PlaceBook

DIGITS = 6
# a case that was joined with another is handled there: its own order is done
_ENDED = frozenset({State.HANDLED, State.CLOSED, State.SETTLED, State.MERGED})
_DEPTHS = ((Says.DISTRICT, "district"), (Says.STREET, "street"), (Says.COMMUNITY, "community"))


def export_file(
    session: Session, path: Path, layout: Layout, *, since: datetime, now: datetime
) -> int:
    """Write the work orders found since a moment; how many. The ending of the file's name says
    whether it is XLSX."""
    writer = Exporter(session, layout, now)
    rows = (
        writer.row(one)
        for case in outgoing(session, since)
        for one in writer.orders(case)
        if writer.may_go(one)
    )
    write = write_xlsx if path.suffix.lower() == ".xlsx" else write_csv
    return write(path, list(layout.columns), rows)


class Exporter:
    """Writes rows of one layout that its own import reads as the same matter."""

    def __init__(self, session: Session, layout: Layout, now: datetime) -> None:
        city = instance_of(session).city
        self._session = session
        self._layout = layout
        self._now = now
        self._zone: ZoneInfo = layout.zone or city.zone
        self._places = PlaceBook(session)
        self._kinds = KindBook(session, layout, city_day(now, city.zone))
        self._units: dict[object, str] = {}

    def may_go(self, one: Outgoing) -> bool:
        """What was seen of somebody's conduct stays inside (R259), unless it came from there."""
        theirs = one.external is not None and one.external.system == self._layout.system
        return theirs or one.case.category_code != BEHAVIOUR

    def orders(self, case: Outgoing) -> list[Outgoing]:
        """A case once for each order this system has of it, all awaited there; else once."""
        theirs = [one for one in case.externals if one.system == self._layout.system]
        return [replace(case, external=one) for one in theirs] or [case]

    def row(self, one: Outgoing) -> list[str]:
        """The cells of a case, in the order of the layout's columns."""
        places, point, kinds = self._place(one), self._point(one), self._kind(one)
        return [
            self._cell(says, one, {**places, **point, **kinds})
            for says in self._layout.columns.values()
        ]

    def _cell(self, says: Says, one: Outgoing, known: Mapping[Says, str]) -> str:
        if says in known:
            return known[says]
        write = _CELLS.get(says)
        return write(self, one) if write is not None else ""

    def number(self, one: Outgoing) -> str:
        """The other system's own number where it is from there, else ours."""
        ours = one.external is None or one.external.system != self._layout.system
        return one.case.number if ours or one.external is None else one.external.number

    def words(self, one: Outgoing) -> tuple[str, str]:
        """(subject, the rest): a layout without a subject gets all of it as the rest."""
        words = masked(one.words)
        if not self._layout.has(Says.SUBJECT):
            return "", words
        subject, _, rest = words.partition("\n")
        return subject, rest

    def moment(self, moment: datetime | None) -> str:
        return write_moment(moment, self._layout.formats[0], self._zone)

    def answer(self, one: Outgoing) -> str:
        """What was answered, without numbers; nothing where the answer's moment is not known."""
        told = one.case.state in _ENDED or (one.external is not None and one.external.no_answer)
        return masked(one.answer) if told and one.answered_at is not None else ""

    def answered_at(self, one: Outgoing) -> str:
        return self.moment(one.answered_at) if self.answer(one) else ""

    def unit(self, one: Outgoing) -> str:
        """The unit's name here, or the one the other system gave."""
        unit_id = one.case.unit_id
        if unit_id is None:
            return (one.external.unit_name or "") if one.external else ""
        if unit_id not in self._units:
            found = organisations_by_ids(self._session, [unit_id])
            self._units[unit_id] = found[unit_id].names["zh_Hans"] if unit_id in found else ""
        return self._units[unit_id]

    def status(self, one: Outgoing) -> str:
        wanted = Standing.CLOSED if _ended_at(one) is not None else Standing.OPEN
        return _key(self._layout.statuses, wanted)

    def on_time(self, one: Outgoing) -> str:
        target = one.case.promised_at
        kept = target is None or is_on_time(target, _ended_at(one), self._now)
        return _key(self._layout.on_time, kept)

    def late_count(self, one: Outgoing) -> str:
        if one.case.state is not State.CLOSED:
            return "0"
        said = one.external.late if one.external else None
        target, closed = one.case.promised_at, one.case.closed_at
        late = bool(target and closed and closed > target) if said is None else said
        return str(int(late))

    def channel(self, one: Outgoing) -> str:
        return _key(self._layout.channels, one.case.source)

    def _kind(self, one: Outgoing) -> dict[Says, str]:
        class_kind, major, kind = self._kinds.cells(one.case.category_code)
        return {Says.CLASS_KIND: class_kind, Says.MAJOR_KIND: major, Says.KIND: kind}

    def _place(self, one: Outgoing) -> dict[Says, str]:
        """Names down the tree; the code where a name would be found twice."""
        codes, found = codes_of(one.case.place_path), {}
        way = [self._places.by_code[code] for code in codes if code in self._places.by_code]
        base = way[0] if way else None
        for says, level in _DEPTHS:
            place = next((p for p in way if p.level == level), None)
            if place is None or base is None:
                continue
            found[says] = self._name(base, place)
            base = place if self._layout.has(says) else base
        return found

    def _name(self, base: Place, place: Place) -> str:
        same = self._places.below(base, place.name)
        return place.name if same is not None and same.code == place.code else place.code

    def _point(self, one: Outgoing) -> dict[Says, str]:
        lon, lat = one.case.lon, one.case.lat
        if lon is None or lat is None:
            return {Says.LON: "", Says.LAT: ""}
        if self._layout.point is not System.WGS84:
            lon, lat = wgs84_to_gcj02(lon, lat)
        if self._layout.point is System.BD09:
            lon, lat = gcj02_to_bd09(lon, lat)
        return {Says.LON: f"{lon:.{DIGITS}f}", Says.LAT: f"{lat:.{DIGITS}f}"}


def _ended_at(one: Outgoing) -> datetime | None:
    """When the order was over: closed, or joined with another case."""
    merged = one.case.state is State.MERGED
    return one.case.updated_at if merged else one.case.closed_at


_CELLS: Mapping[Says, Callable[[Exporter, Outgoing], str]] = {
    Says.NUMBER: Exporter.number,
    Says.SUBJECT: lambda writer, one: writer.words(one)[0],
    Says.WORDS: lambda writer, one: writer.words(one)[1],
    Says.ADDRESS: lambda _writer, one: masked(one.address),
    Says.FOUND_AT: lambda writer, one: writer.moment(one.case.found_at),
    Says.TARGET_AT: lambda writer, one: writer.moment(one.case.promised_at),
    Says.ANSWER: Exporter.answer,
    Says.ANSWERED_AT: Exporter.answered_at,
    Says.CLOSED_AT: lambda writer, one: writer.moment(one.case.closed_at),
    Says.CLOSING: Exporter.answer,
    Says.STATUS: Exporter.status,
    Says.ON_TIME: Exporter.on_time,
    Says.HANDLED_COUNT: lambda _writer, one: str(int(one.case.state in _ENDED)),
    Says.LATE_COUNT: Exporter.late_count,
    Says.CASE_COUNT: lambda _writer, _one: "1",
    Says.UNIT: Exporter.unit,
    Says.CHANNEL: Exporter.channel,
}


def _key(table: Mapping[str, object], wanted: Source | Standing | bool) -> str:
    """What the other system calls a value; the first name that means it."""
    return next((name for name, value in table.items() if value == wanted), "")
