"""One row of another system's file: the order it holds, or everything that is wrong with it."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.areas.queries import locator, outline_of, root_areas
from portal.kernel.clock import city_day
from portal.kernel.errors import Refused
from portal.kernel.geo import to_wgs84
from portal.kernel.instance import instance_of
from portal.kernel.phones import clean_mobile
from portal.kernel.sheets import Lost, SheetRow
from portal.kernel.tables import is_damaged
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.exchange import (
    AHEAD,
    MOST_ADDRESS,
    MOST_NUMBER,
    MOST_WORDS,
    SLACK,
    ExchangeRefusal,
    Flaw,
    Order,
    Problem,
    Stage,
    digest,
    in_zone,
    is_canned,
    is_on_time,
    read_moment,
    shortened,
)
from portal.reports.rules.layouts import KINDS, PLACES, TIMES, Layout, Says, Standing
from portal.reports.service.exchange.books import KindBook, Place, PlaceBook, UnitBook
from portal.reports.service.exchange.maps import canned_replies

_LINES = str.maketrans("", "", "\r\n\t")
_LONGEST = {Says.NUMBER: MOST_NUMBER, Says.ADDRESS: MOST_ADDRESS, Says.UNIT: 200, Says.CHANNEL: 80}
# what an order is about; as it stands in the file, since places and kinds may get other codes here
_TOLD = (
    Says.SUBJECT, Says.WORDS, Says.ADDRESS, *PLACES, *KINDS, Says.CLASS_KIND, Says.LON, Says.LAT,
)  # fmt: skip
# marks that a cell was protected from being run as a formula, by us or by others
_GUARDED = tuple("'" + sign for sign in "=+-@\t\r＝＋－＠")


@dataclass
class _Row:
    """A row while it is read: its cells by what they say, and what was found wrong."""

    line: int
    columns: dict[Says, str]
    cells: dict[Says, str]
    moments: dict[str, datetime] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)

    def __getitem__(self, says: Says) -> str:
        return self.cells.get(says, "")

    def blame(self, problem: Problem, says: Says) -> None:
        column = self.columns.get(says, "")
        self.flaws.append(Flaw(self.line, problem, column, shortened(self[says])))


@dataclass(frozen=True)
class _Times:
    found_at: datetime
    target_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None


class Reader:
    """Reads rows of one layout against the city as it is now."""

    def __init__(self, session: Session, layout: Layout, now: datetime) -> None:
        city = instance_of(session).city
        self.layout = layout
        self.now = now
        self.zone: ZoneInfo = layout.zone or city.zone
        self._locate = locator(session)
        today = city_day(now, city.zone)
        self._places = PlaceBook(session)
        self.kinds = KindBook(session, layout, today)
        self._units = UnitBook(session, today)
        self._root = self._find_root(session)
        self._bounded = outline_of(session, self._root.id) is not None
        self._canned = canned_replies()
        self._told: dict[Says, str] = {
            s: c for c, s in layout.columns.items() if s is not Says.UNREAD
        }

    def _find_root(self, session: Session) -> Place:
        """The place of rows that name none: the map's, or the city."""
        roots = root_areas(session)
        code = self.layout.place or (roots[0].code if roots else "")
        place = self._places.by_code.get(code)
        if place is None:
            raise Refused(ExchangeRefusal.NO_SUCH_PLACE, facts={"code": code})
        return place

    @property
    def number_column(self) -> str:
        """What the column of the numbers is called."""
        return self._told[Says.NUMBER]

    def check_header(self, header: tuple[str, ...]) -> tuple[str, ...]:
        """Columns that the map does not know. Raises Refused when one that it reads is missing."""
        missing = [column for column in self._told.values() if column not in header]
        if missing:
            raise Refused(ExchangeRefusal.MISSING_COLUMNS, facts={"columns": ", ".join(missing)})
        return tuple(name for name in header if name and name not in self.layout.columns)

    def read(self, sheet_row: SheetRow) -> Order | list[Flaw]:
        """The order of a row, or what is wrong with it."""
        if sheet_row.wide is not None:
            wide = f"{sheet_row.wide}"
            return [Flaw(sheet_row.line, Problem.WIDTH, "", wide)]
        row = self._row(sheet_row)
        self._check_cells(row, sheet_row)
        if row.flaws:
            return row.flaws
        times, place, point = self._times(row), self._place(row), self._point(row)
        kind = self.kinds.find(row[Says.MAJOR_KIND], row[Says.KIND], row[Says.CLASS_KIND])
        kind = kind or self._default_kind(row)
        phone, stage = self._phone(row), self._stage(row, times)
        if row.flaws or times is None or place is None or kind is None or stage is None:
            return row.flaws
        if point is not None:
            place = self._finer(place, point, row)
        if row.flaws:
            return row.flaws
        return self._order(row, times, place, point, kind.code, stage, phone)

    def _order(
        self, row: _Row, times: _Times, place: Place, point: tuple[float, float] | None,
        category: str, stage: Stage, phone: str | None,
    ) -> Order:  # fmt: skip
        unit = row[Says.UNIT]
        answer = row[Says.ANSWER] or row[Says.CLOSING]
        return Order(
            line=row.line,
            number=row[Says.NUMBER],
            system=self.layout.system,
            source=self.layout.channels.get(row[Says.CHANNEL], self.layout.source),
            category=category,
            area_id=place.id,
            place_path=place.path,
            found_at=times.found_at,
            stage=stage,
            words="\n".join(filter(None, (_flat(row[Says.SUBJECT]), row[Says.WORDS]))),
            address=row[Says.ADDRESS],
            lon=point[0] if point else None,
            lat=point[1] if point else None,
            unit_id=self._units.find(place.path, unit) if unit else None,
            unit_name=unit,
            target_at=times.target_at,
            answer=answer,
            answered_at=times.answered_at,
            closed_at=times.closed_at,
            late=True if row[Says.LATE_COUNT] not in {"", "0"} else None,
            phone=phone,
            no_answer=is_canned(answer, self._canned),
            told=digest(times.found_at, times.target_at, *(row[says] for says in _TOLD)),
            progress=digest(stage, times.answered_at, times.closed_at, unit, answer,
                            row[Says.LATE_COUNT]),
        )  # fmt: skip

    def _row(self, sheet_row: SheetRow) -> _Row:
        cells = {
            says: _unguarded(sheet_row.cells.get(column, "").strip())
            for says, column in self._told.items()
        }
        return _Row(sheet_row.line, self._told, cells, dict(sheet_row.moments))

    def _check_cells(self, row: _Row, sheet_row: SheetRow) -> None:
        """Damage of single cells: none of it is mended."""
        spoiled = dict(sheet_row.lost)
        for says, column in self._told.items():
            if column in spoiled:
                lost = spoiled[column]
                row.blame(Problem.FORMULA if lost is Lost.FORMULA else Problem.ROUNDED, says)
            if is_damaged(row[says].translate(_LINES)):
                row.blame(Problem.STRAY_SIGN, says)
            elif len(row[says]) > _LONGEST.get(says, MOST_WORDS):
                row.blame(Problem.TOO_LONG, says)
        if not row[Says.NUMBER]:
            row.blame(Problem.EMPTY, Says.NUMBER)

    def _times(self, row: _Row) -> _Times | None:
        found = {says: self._moment(row, says) for says in TIMES}
        first = found[Says.FOUND_AT]
        if first is None:
            if not row[Says.FOUND_AT]:
                row.blame(Problem.EMPTY, Says.FOUND_AT)
            return None
        for says in (Says.ANSWERED_AT, Says.CLOSED_AT, Says.TARGET_AT):
            moment = found[says]
            if moment is not None and moment < first:
                row.blame(Problem.OUT_OF_ORDER, says)
        return _Times(first, found[Says.TARGET_AT], found[Says.ANSWERED_AT], found[Says.CLOSED_AT])

    def _moment(self, row: _Row, says: Says) -> datetime | None:
        """A cell's moment; doubtful ones, and those that have not come yet, are refused."""
        text, typed = row[says], row.moments.get(row.columns.get(says, ""))
        if not text:
            return None
        if typed is not None:
            moment = in_zone(typed, self.zone)
        else:
            moment = read_moment(text, self.layout.formats, self.zone)
        if moment is None:
            row.blame(Problem.DOUBTFUL_DATE, says)
            return None
        latest = self.now + (AHEAD if says is Says.TARGET_AT else SLACK)
        if moment > latest:
            row.blame(Problem.AHEAD_OF_TIME, says)
        return moment

    def _place(self, row: _Row) -> Place | None:
        """Down the tree as far as the cells are sure."""
        place = self._root
        for says in PLACES:
            if row[says]:
                found = self._places.below(place, row[says])
                if found is None:
                    row.blame(Problem.UNKNOWN_PLACE, says)
                    return None
                place = found
        return place

    def _finer(self, place: Place, point: tuple[float, float], row: _Row) -> Place:
        """The place of the point, where it lies inside the one that is named."""
        code = self._locate(*point)
        if code is None:
            # a city without an outline cannot say what lies outside of it
            if self._bounded:
                row.blame(Problem.OUTSIDE_CITY, Says.LON)
            return place
        found = self._places.by_code.get(code, place)
        return found if found.path.startswith(place.path) else place

    def _point(self, row: _Row) -> tuple[float, float] | None:
        lon, lat = row[Says.LON], row[Says.LAT]
        if not lon and not lat:
            return None
        try:
            x, y = float(lon), float(lat)
            # what many systems write for "no point"
            return None if x == y == 0 else to_wgs84(x, y, self.layout.point)
        except ValueError:
            row.blame(Problem.BAD_POINT, Says.LON if lon else Says.LAT)
            return None

    def _phone(self, row: _Row) -> str | None:
        if not row[Says.PHONE]:
            return None
        phone = clean_mobile(row[Says.PHONE])
        if phone is None:
            # the number itself stays out of the list of what is wrong
            row.flaws.append(Flaw(row.line, Problem.BAD_PHONE, row.columns[Says.PHONE]))
        return phone

    def _default_kind(self, row: _Row) -> CategoryRow | None:
        """The map's kind, for rows that name none; a name nobody knows is refused."""
        named = row[Says.KIND] or row[Says.MAJOR_KIND]
        kind = self.kinds.rows.get(self.layout.category or "") if not named else None
        if kind is None:
            says = next((s for s in KINDS if row[s]), Says.KIND)
            row.blame(Problem.UNKNOWN_CATEGORY if named else Problem.EMPTY, says)
        return kind

    def _stage(self, row: _Row, times: _Times | None) -> Stage | None:
        """How far the order has come. A reply that says nothing is none (留言已收悉)."""
        standing = self._standing(row)
        if times is None or row.flaws:
            return None
        self._check_times(row, times, standing)
        if is_canned(row[Says.ANSWER] or row[Says.CLOSING], self._canned):
            return Stage.OPEN
        if times.closed_at or row[Says.LATE_COUNT] not in {"", "0"}:
            return Stage.CLOSED
        handled = times.answered_at or row[Says.HANDLED_COUNT] not in {"", "0"}
        return Stage.HANDLED if handled else Stage.OPEN

    def _standing(self, row: _Row) -> Standing | None:
        for says in (Says.HANDLED_COUNT, Says.LATE_COUNT, Says.CASE_COUNT):
            if row[says] and not row[says].isdecimal():
                row.blame(Problem.NOT_A_COUNT, says)
        status = row[Says.STATUS]
        if status and status not in self.layout.statuses:
            row.blame(Problem.UNKNOWN_STATUS, Says.STATUS)
        return self.layout.statuses.get(status)

    def _check_times(self, row: _Row, times: _Times, standing: Standing | None) -> None:
        """What a row says of its own end must come out of its times."""
        closed = times.closed_at is not None
        if standing is not None and closed is not (standing is Standing.CLOSED):
            row.blame(Problem.CONTRADICTION, Says.STATUS)
        if self.layout.has(Says.ANSWER) and bool(row[Says.ANSWER]) is not bool(times.answered_at):
            row.blame(Problem.EMPTY, Says.ANSWER if times.answered_at else Says.ANSWERED_AT)
        said = self.layout.on_time.get(row[Says.ON_TIME])
        if row[Says.ON_TIME] and said is None:
            row.blame(Problem.UNKNOWN_STATUS, Says.ON_TIME)
        if said is None or (said and not closed):
            # what was on time when the file was made may be late by now
            return
        target = times.target_at
        if said is not (target is None or is_on_time(target, times.closed_at, self.now)):
            row.blame(Problem.CONTRADICTION, Says.ON_TIME)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _unguarded(text: str) -> str:
    """A cell as it was before it was kept from being run as a formula."""
    return text[1:] if text.startswith(_GUARDED) else text
