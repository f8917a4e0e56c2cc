"""The kept counts behind the figures of staff are what a slow look at every case finds."""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from portal.areas.models import Area, AreaTag
from portal.areas.rules import Tag
from portal.kernel.db import Database
from portal.organisations.models import Organisation
from portal.reports.models import Case, CaseEvent, FigureCount
from portal.reports.queries.figures import Chosen, Reach, by_child, counted
from portal.reports.rules.codes import Event, Pause, Source, State
from portal.reports.rules.figures import (
    AREA_TYPES,
    COUNTS,
    FROM_ANSWERS,
    NO_UNIT,
    Answered,
    By,
    Figure,
    Span,
    Tally,
    month_span,
    passes,
    span_before,
    values_of,
    whole_months,
    year_before,
)
from portal.reports.service.counting import refresh_counts
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.make.reports import NOW
from tests.make.rows import case_row

ZONE = ZoneInfo("Asia/Shanghai")
NOVEMBER = month_span(date(2026, 11, 1))
STATES = (*State,)
GRID = {Source.COLLECTOR, Source.VOLUNTEER_PATROL, Source.PLEDGE_INSPECTION}


class World:
    """A small city whose cases come and go by a seed."""

    def __init__(self, session: Session, seed: int) -> None:
        self.rng = Random(seed)
        tree = small_tree(session)
        self.places: list[Area] = [tree[c] for c in ("370283001001", "370283001", "370283002")]
        self.units: list[Organisation] = [
            unit(session, code, code, area=tree["370283"]) for code in ("ONE", "TWO")
        ]
        session.add(AreaTag(area_id=tree["370283001"].id, tag=Tag.BACK_STREET))
        for code in ("litter", "lamp"):
            reports.category(session, code)

    def add(self, session: Session) -> None:
        rng = self.rng
        at = NOW - timedelta(days=rng.choice((0, 1, 3, 22, 23, 30, 54, 70)), hours=rng.randrange(9))
        made = reports.case(
            session,
            rng.choice(self.places),
            category_code=rng.choice(("litter", "lamp")),
            state=rng.choice(STATES),
            unit=rng.choice(self.units),
            at=at,
        )
        row = session.get_one(Case, (made.district, made.id))
        row.source = rng.choice((*Source,))
        self.change(session, row)

    def change(self, session: Session, row: Case) -> None:
        """Anything that a figure looks at, as a step would leave it."""
        rng = self.rng
        row.times_sent_back = rng.choice((row.times_sent_back, 1))
        row.times_extended, row.times_suspended = rng.choice((0, 0, 1)), rng.choice((0, 0, 1))
        if row.promised_at is not None:
            row.promised_at += timedelta(hours=rng.choice((-30, 0, 0, 40)))
        if row.state in {State.ACCEPTED, State.DISPATCHED} and rng.random() < 0.4:
            row.pause, row.paused_at = Pause.SUSPENDED, NOW - timedelta(hours=1)
            row.paused_until = NOW + timedelta(minutes=rng.choice((30, 3000)))
            row.promise_if_over = row.paused_until + timedelta(minutes=rng.choice((1, 4000)))
        row.updated_at = NOW

    def pass_on(self, session: Session) -> None:
        """A unit gives a case back, and it goes to another one."""
        row = session.scalars(select(Case).where(Case.state == State.DISPATCHED).limit(1)).first()
        if row is None or row.unit_id is None:
            return
        other = next(one for one in self.units if one.id != row.unit_id)
        for at, (what, whose) in enumerate(((Event.RETURN, None), (Event.DISPATCH, other.id))):
            session.add(
                CaseEvent(
                    district=row.district, case_id=row.id, at=NOW + timedelta(seconds=at),
                    event=what, from_state=row.state, to_state=row.state, cycle=row.cycle,
                    actor_id=None, unit_id=whose, reason_code=None, public=False,
                )
            )  # fmt: skip
            session.flush()
        row.unit_id, row.updated_at = other.id, NOW
        row.times_returned, row.times_reassigned = row.times_returned + 1, row.times_reassigned + 1


OVER = (State.CLOSED, State.SETTLED)


def slowly(session: Session, span: Span, by: By, now: datetime) -> dict[str, Tally]:
    """Every case looked at, in other words than the portal's own."""
    found: dict[str, Tally] = {}
    for row in session.scalars(select(Case)):
        day = row.found_at.astimezone(ZONE).date()
        gone = row.state in (State.VOID, State.WITHDRAWN, State.MERGED)
        # a part counts in its whole
        gone = gone or row.source is Source.PART
        if gone or not span.first <= day <= span.last:
            continue
        key = {
            By.PLACE: row.place_path,
            By.UNIT: (row.unit_id or NO_UNIT).hex,
            By.CATEGORY: row.category_code,
            By.SOURCE: row.source.value,
            By.MONTH: day.replace(day=1).isoformat(),
        }[by]
        counts = found.setdefault(key, Counter())
        _seen(counts, row)
        _timed(counts, row, now)
        _worked(counts, row)
    return found


def _seen(counts: Tally, row: Case) -> None:
    counts["found"] += 1
    counts["found_own"] += row.source in GRID or row.source is Source.INSPECTION_GROUP
    counts["found_grid"] += row.source in GRID
    over = (*OVER, State.NOT_ACCEPTED, State.NOT_FILED, State.HANDED_OVER, State.SELF_SOLVED)
    counts["open"] += row.state not in over


def _timed(counts: Tally, row: Case, now: datetime) -> None:
    working = (State.ACCEPTED, State.FILED, State.DISPATCHED, State.REWORK, State.REOPENED)
    if row.state in (State.HANDLED, *OVER):
        counts["done"] += 1
        end = row.handled_at or row.closed_at
        if row.promised_at and end:
            counts["due"] += 1
            counts["in_time"] += end <= row.promised_at
            counts["late"] += end > row.promised_at
    elif row.state in working:
        until, promised, clock = row.paused_until, row.promised_at, now
        if until is not None and until > now:
            clock = row.paused_at or now
        elif until is not None:
            promised = row.promise_if_over
        counts["due"] += bool(promised and promised < clock)


def _worked(counts: Tally, row: Case) -> None:
    asleep = (State.REPORTED, State.NOT_ACCEPTED, State.NOT_FILED, State.HANDED_OVER)
    if row.state not in asleep:
        ended, given = row.state in (State.HANDLED, *OVER), row.dispatched_at is not None
        counts["taken"] += 1
        counts["responded"] += row.responded_at is not None
        counts["given"] += given
        counts["given_right"] += given and not row.times_returned
        counts["extended"] += row.times_extended
        counts["suspended"] += row.times_suspended
        counts["reworked"] += row.times_sent_back > 0
        counts["tried"] += row.times_sent_back > 0 or ended
    if row.state in OVER:
        alone = row.unit_id is None and row.dispatched_at is None
        counts["closed"] += 1
        counts["closed_below"] += alone
        counts["grid_closed"] += row.source in GRID
        counts["grid_closed_below"] += alone and row.source in GRID


# these are told by the units' own rows or by working time: they have tests of their own
APART = {"returned", "passed_on", "over_minutes", "late_minutes"}


def clean(rows: Any) -> dict[str, dict[str, int]]:
    kept = {
        key: {name: row[name] for name in COUNTS if row[name] and name not in APART}
        for key, row in rows.items()
    }
    return {key: row for key, row in kept.items() if row}


def test_what_is_kept_is_what_a_slow_count_finds_after_any_changes(database: Database) -> None:
    with database.write() as session:
        world = World(session, 2)
    spans = (NOVEMBER, Span(date(2026, 9, 16), date(2026, 11, 20)), month_span(date(2026, 10, 1)))
    for run, now in enumerate((NOW, NOW + timedelta(hours=2), NOW + timedelta(days=3))):
        with database.write() as session:
            for _ in range(14 if run < 2 else 0):
                world.add(session)
            session.flush()
            for row in session.scalars(select(Case).limit(5)).all():
                world.change(session, row)
            world.pass_on(session)
            session.execute(update(Case).values(updated_at=now - timedelta(minutes=1))
                            .where(Case.updated_at == NOW))  # fmt: skip
        refresh_counts(database, now)
        with database.read() as session:
            for span in spans:
                for by in By:
                    kept = counted(session, Reach(), span, Chosen(), by)
                    assert clean(kept.rows) == clean(slowly(session, span, by, now)), (span, by)


def test_counting_again_changes_nothing_and_a_rebuild_gives_the_same(database: Database) -> None:
    with database.write() as session:
        world = World(session, 5)
        for _ in range(12):
            world.add(session)
        session.flush()
        world.pass_on(session)

    def rows() -> set[Any]:
        with database.read() as session:
            return {tuple(row) for row in session.execute(select(*FigureCount.__table__.c))}

    refresh_counts(database, NOW)
    first = rows()
    assert len(first) > 12
    refresh_counts(database, NOW, everything=True)
    assert rows() == first
    refresh_counts(database, NOW)
    assert rows() == first


def test_filters_narrow_and_a_table_takes_one_query_whatever_stands_in_it(
    database: Database,
) -> None:
    with database.write() as session:
        world = World(session, 3)
        for _ in range(25):
            world.add(session)
        one = world.units[0].id
        street = world.places[1].path
    refresh_counts(database, NOW)
    span = Span(date(2026, 8, 10), date(2026, 11, 30))
    statements: list[str] = []
    event.listen(database.reader, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with database.read() as session:
        everything = counted(session, Reach(), span, Chosen(), By.PLACE)
        assert sum("SELECT" in text for text in statements) == 1
        inside = counted(session, Reach((street,)), span, Chosen(), By.PLACE)
        tagged = counted(session, Reach(), span, Chosen(area_type=Tag.BACK_STREET), By.PLACE)
        assert inside.total == tagged.total
        assert 0 < inside.total["found"] < everything.total["found"]
        # R019, R127: each kind of place that the texts name can be asked for
        assert set(AREA_TYPES) == set(Tag)
        parts = [
            counted(session, Reach(), span, Chosen(source=source), By.UNIT).total["found"]
            for source in Source
        ]
        assert sum(parts) == everything.total["found"]
        both = Chosen(unit_id=one, categories=frozenset({"lamp"}), place_path=street)
        narrow = counted(session, Reach(), span, both, By.SOURCE).total["found"]
        slow = session.scalars(
            select(Case).where(
                Case.unit_id == one, Case.category_code == "lamp",
                Case.place_path.startswith(street),
                Case.state.not_in((State.VOID, State.WITHDRAWN, State.MERGED)),
                Case.found_at >= datetime(2026, 8, 10, tzinfo=ZONE),
            )
        ).all()  # fmt: skip
        assert narrow == len(slow)
        children = by_child(everything.rows, "/370283/")
        assert sum(row["found"] for row in children.values()) == everything.total["found"]


def test_the_overdue_multiple_is_working_time_over_the_limit(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        made = reports.case(session, tree["370283001001"], state=State.HANDLED)
        row = session.get_one(Case, (made.district, made.id))
        # promised Monday 10:00, done Tuesday 10:00: eight working hours more than the limit of 8
        row.promised_at, row.limit_minutes = NOW, 480
        row.handled_at = NOW + timedelta(days=1)
    refresh_counts(database, NOW + timedelta(days=2))
    with database.read() as session:
        total = counted(session, Reach(), NOVEMBER, Chosen(), By.MONTH).total
    value = values_of(total)[Figure.OVERDUE_MULTIPLE]
    assert (value.part, value.whole, value.ratio) == (480, 480, 1.0)


def test_who_gives_back_and_who_passes_on_is_told_by_the_unit_that_did(database: Database) -> None:
    with database.write() as session:
        world = World(session, 9)
        one, two = world.units
        made = reports.case(session, world.places[0], state=State.DISPATCHED, unit=one)
        session.flush()
        world.pass_on(session)
        number = made.number
    refresh_counts(database, NOW + timedelta(hours=1))
    with database.read() as session:
        rows = counted(session, Reach(), NOVEMBER, Chosen(), By.UNIT).rows
        case = case_row(session, number)
    assert case.unit_id == two.id
    assert (rows[one.id.hex]["returned"], rows[one.id.hex]["passed_on"]) == (1, 1)
    assert (rows[two.id.hex]["returned"], rows[two.id.hex]["found"]) == (0, 1)
    assert rows[two.id.hex]["given_right"] == 0
    assert passes([(Event.DISPATCH, one.id), (Event.DISPATCH, one.id)]) == {}


def test_r037_r272_what_the_grid_finds_and_settles_itself_is_told_apart() -> None:
    counts = Counter(found=10, found_grid=4, closed=8, closed_below=2, grid_closed=4,
                     grid_closed_below=1)  # fmt: skip
    values = values_of(counts)
    assert values[Figure.SOLVED_BELOW].ratio == 0.25
    assert values[Figure.FOUND_IN_GRID].ratio == 0.4
    assert values[Figure.SOLVED_IN_GRID].ratio == 0.25
    assert values[Figure.ON_TIME_RATE].ratio is None


def test_spans_are_whole_months_and_the_days_around_them() -> None:
    span = Span(date(2026, 9, 16), date(2026, 11, 20))
    assert span.months == (date(2026, 10, 1), date(2026, 10, 1))
    assert span.edges == [
        Span(date(2026, 9, 16), date(2026, 9, 30)),
        Span(date(2026, 11, 1), date(2026, 11, 20)),
    ]
    assert NOVEMBER.months == (NOVEMBER.first, NOVEMBER.first)
    assert NOVEMBER.edges == []
    short = Span(date(2026, 11, 3), date(2026, 11, 4))
    assert (short.months, short.edges) == (None, [short])
    assert span_before(NOVEMBER) == month_span(date(2026, 10, 1))
    assert span_before(short) == Span(date(2026, 11, 1), date(2026, 11, 2))
    quarter = Span(date(2026, 1, 1), date(2026, 3, 31))
    assert span_before(quarter) == Span(date(2025, 10, 1), date(2025, 12, 31))
    february = month_span(date(2025, 2, 1))
    assert year_before(february) == month_span(date(2024, 2, 1))
    assert year_before(short) == Span(date(2025, 11, 3), date(2025, 11, 4))


def test_months_of_a_span_are_told_only_where_it_is_of_whole_ones() -> None:
    assert whole_months(NOVEMBER) == ("2026-11",)
    assert whole_months(Span(date(2026, 11, 1), date(2027, 2, 28))) == (
        "2026-11", "2026-12", "2027-01", "2027-02",
    )  # fmt: skip
    assert whole_months(Span(date(2026, 11, 1), date(2026, 11, 29))) == ()
    assert whole_months(Span(date(2026, 11, 2), date(2026, 12, 31))) == ()


def test_P4_what_reporters_said_is_no_count_that_is_kept() -> None:
    values = values_of(Counter(found=3, answered=3, solved=3, satisfied=3))
    assert {figure for figure, value in values.items() if value.withheld} == FROM_ANSWERS
    assert values[Figure.SATISFACTION_RATE].ratio is None
    said = values_of(Counter(found=3), Answered(400, 320, 360))
    assert said[Figure.RESOLUTION_RATE].ratio == 0.8
    assert said[Figure.SATISFACTION_RATE].ratio == 0.9
    assert not {"answered", "solved", "satisfied"} & {*COUNTS, *FigureCount.__table__.c.keys()}
