"""Plants a million reports in minutes: only what the list needs (cases, words, search).

The words of the search are put together by the portal's own ``findable``. The indexes are made
after the rows, as any loading of much data does.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.queries import AreaRow, areas_by_codes, descendants_at_level, root_areas
from portal.kernel.db import Base, Database
from portal.kernel.ids import ALPHABET, NUMBER_LENGTH, clean_number, id_at
from portal.reports.jobs import fold_map
from portal.reports.models import Case, CaseSearch, CaseText, Category, MapChange
from portal.reports.rules.cells import Cell, finest_cell
from portal.reports.rules.codes import Review, State, TextKind
from portal.reports.rules.publicity import sort_key
from portal.reports.service.search import findable
from portal.site.demo.words import load_words

YEARS = 3
DISTRICT = "370283"
TAGS = 5000  # a number stands in the words of each report, so that some searches find few
# of the last weeks' reports half are open; of the older ones a few that everybody forgot
LATELY = timedelta(days=20)
NEW = (State.CLOSED,) * 9 + (State.DISPATCHED,) * 5 + (State.HANDLED,) * 2 + (State.REPORTED,) * 2
OLD = (State.CLOSED,) * 190 + (State.NOT_ACCEPTED,) * 9 + (State.DISPATCHED,)
TABLES = ("cases", "case_text", "case_search")
LISTED: tuple[type[Base], ...] = (Case, CaseText, CaseSearch)
Row = Sequence[Any]


@dataclass(frozen=True)
class _Facts:
    """What the indexing asks of a case."""

    category_code: str
    state: State
    place_path: str
    lon: float
    lat: float


class Planter:
    """Rows for both engines, the same ones for the same seed."""

    def __init__(self, session: Session, now: datetime, seed: int = 1) -> None:
        self.rng = Random(seed)
        self.now = now
        self.words = load_words()
        city = root_areas(session)[0]
        self.spots = [
            area
            for area in descendants_at_level(session, city.path, "community")
            if area.lon is not None
        ]
        codes = {code for area in self.spots for code in area.path.split("/") if code}
        self.areas = areas_by_codes(session, codes)
        self.categories = {row.code: row for row in session.scalars(select(Category))}
        self._streams: dict[
            tuple[str, str, State, str], tuple[str, float | None, float | None]
        ] = {}

    @cached_property
    def kinds(self) -> list[tuple[Category, str]]:
        """Every kind of problem with every sentence that the demo has for it."""
        return [
            (self.categories[code], text)
            for code, texts in self.words.reports.items()
            for text in texts
        ]

    def cases(self, count: int) -> Iterator[dict[str, Row]]:
        """One row for each table, oldest first, evenly over the years."""
        start = self.now - timedelta(days=365 * YEARS)
        step = (self.now - start) / (count + 1)
        for at in range(1, count + 1):
            yield self._case(start + at * step, at)

    def _case(self, moment: datetime, at: int) -> dict[str, Row]:
        rng, area = self.rng, self.rng.choice(self.spots)
        category, text = rng.choice(self.kinds)
        state = rng.choice(NEW if moment > self.now - LATELY else OLD)
        case_id = id_at(moment, rng.getrandbits(62))
        written = f"{text} {at % TAGS:05}"
        words, lon, lat = self._findable(area, category, state, text)
        stamp = as_written(moment)
        done = as_written(moment + timedelta(hours=20))
        closed = done if state is State.CLOSED else None
        case = {
            "district": DISTRICT, "id": case_id.hex, "number": _number(rng),
            "category_code": category.code, "state": state.value, "cycle": 1, "version": 6,
            "source": "resident", "area_id": area.id.hex, "place_path": area.path,
            "lon": area.lon, "lat": area.lat, "urgent": int(category.urgent), "sealed": 0,
            "listed": 1, "limit_minutes": 480, "round_the_clock": 0, "promised_at": done,
            "found_at": stamp, "accepted_at": stamp, "closed_at": closed, "fed_back_at": closed,
            "times_returned": 0, "times_sent_back": 0, "times_urged": 0, "updated_at": done,
        }  # fmt: skip
        said = {
            "district": DISTRICT, "id": id_at(moment, rng.getrandbits(62)).hex,
            "case_id": case_id.hex, "kind": TextKind.DESCRIPTION.value, "text": written,
            "public_text": written, "review": Review.APPROVED.value, "by_reporter": 1,
            "created_at": stamp,
        }  # fmt: skip
        found = {
            "key": sort_key(case_id), "district": DISTRICT, "case_id": case_id.hex,
            "lon": lon, "lat": lat, "words": words.replace("@", f"{at % TAGS:05}"),
        }  # fmt: skip
        return {"cases": ordered(Case, case), "case_text": ordered(CaseText, said),
                "case_search": ordered(CaseSearch, found)}  # fmt: skip

    def _findable(
        self, area: AreaRow, category: Category, state: State, text: str
    ) -> tuple[str, float | None, float | None]:
        """The portal's own assembly, remembered; ``@`` stands where the number will."""
        key = (area.code, category.code, state, text)
        if key not in self._streams:
            facts = _Facts(category.code, state, area.path, area.lon or 0, area.lat or 0)
            said = [(TextKind.DESCRIPTION, f"{text} 99999")]
            found = findable(facts, category, self.areas, said)  # facts: all it reads of a case
            lon, lat = found.point or (None, None)
            self._streams[key] = (found.words.replace(" 99999 ", " @ "), lon, lat)
        return self._streams[key]


def ordered(model: type[Base], values: dict[str, Any]) -> Row:
    """A row in the order of the table's columns, with its plain defaults."""
    return [values.get(name, default) for name, default in _defaults(model).items()]


@cache
def _defaults(model: type[Base]) -> dict[str, Any]:
    """What each column holds where nothing is said: a new column must not stop the bench."""
    return {
        column.name: None if column.nullable or column.default is None else _plain(column.default)
        for column in model.__table__.columns
    }


def _plain(default: Any) -> Any:
    value = default.arg if default.is_scalar else None
    return int(value) if isinstance(value, bool) else value


def columns(model: type[Base]) -> list[str]:
    """The columns of a table in the order of the rows."""
    return [column.name for column in model.__table__.columns]


def as_written(moment: datetime) -> str:
    """As SQLAlchemy writes moments on SQLite; PostgreSQL reads the same in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _number(rng: Random) -> str:
    """A public number with its check character, from the bench's own chance."""
    return with_check(rng.randrange(len(ALPHABET) ** (NUMBER_LENGTH - 1)))


def with_check(value: int) -> str:
    """The public number of a whole number."""
    body = "".join(ALPHABET[value >> 5 * at & 31] for at in range(NUMBER_LENGTH - 1))
    return f"{body[:5]}-{body[5:]}{_check_of(body)}"


def _check_of(body: str) -> str:
    total = 0
    for char in body:
        total ^= ALPHABET.index(char)
        total = (total << 1) ^ (0b100101 if total & 0b10000 else 0)
    return ALPHABET[total]


def plant(
    database: Database, count: int, now: datetime, models: Sequence[type[Base]] = LISTED
) -> None:
    """Fill the three tables of a prepared installation, or some of them."""
    with database.read() as session:
        planter = Planter(session, now)
    if clean_number(_number(Random(0))) is None:
        raise AssertionError("the bench makes numbers that the portal does not know")
    rows = _counted(planter.cases(count), points := Counter())
    if database.is_sqlite:
        _plant_sqlite(database, rows, models)
    else:
        _plant_postgres(database, rows, models)
    if CaseSearch not in models:
        return
    with database.write() as session:
        session.add_all(MapChange(x=x, y=y, points=n) for (x, y), n in points.items())
    fold_map(database, now)


def _counted(rows: Iterable[dict[str, Row]], points: Counter[Cell]) -> Iterator[dict[str, Row]]:
    """The same rows; meanwhile their public points are counted, as the portal keeps them."""
    lon, lat = (columns(CaseSearch).index(name) for name in ("lon", "lat"))
    for row in rows:
        found = row["case_search"]
        if found[lon] is not None:
            points[finest_cell(found[lon], found[lat])] += 1
        yield row


def _batches(rows: Iterable[dict[str, Row]], size: int = 20_000) -> Iterator[list[dict[str, Row]]]:
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def _plant_sqlite(
    database: Database, rows: Iterable[dict[str, Row]], models: Sequence[type[Base]]
) -> None:
    with database.writer.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA synchronous=OFF")
        raw.execute("PRAGMA cache_size=-400000")
        raw.execute("BEGIN")
        with _without_indexes_sqlite(raw):
            for batch in _batches(rows):
                for model in models:
                    name = model.__tablename__
                    marks = ", ".join("?" * len(columns(model)))
                    names = ", ".join(columns(model))
                    raw.executemany(
                        f"INSERT INTO {name} ({names}) VALUES ({marks})",  # noqa: S608 our names
                        [row[name] for row in batch],
                    )
        raw.execute("INSERT INTO case_search_fts(case_search_fts) VALUES ('rebuild')")
        raw.execute("COMMIT")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _without_indexes_sqlite(raw: Any) -> Iterator[None]:
    found = raw.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL "
        "AND type IN ('index', 'trigger') AND tbl_name IN (?, ?, ?)",
        TABLES,
    ).fetchall()
    for kind, name, _ in found:
        raw.execute(f"DROP {kind} {name}")
    yield
    for _, _, sql in found:
        raw.execute(sql)


def _plant_postgres(
    database: Database, rows: Iterable[dict[str, Row]], models: Sequence[type[Base]]
) -> None:
    with database.writer.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("SET session_replication_role = replica")  # no checks of references meanwhile
        with _without_indexes_postgres(raw):
            for batch in _batches(rows):
                for model in models:
                    copy_rows(raw, model, [row[model.__tablename__] for row in batch])
        raw.commit()
        raw.autocommit = True
        raw.execute("VACUUM ANALYZE")
        raw.autocommit = False


def copy_rows(raw: Any, model: type[Base], rows: Sequence[Row]) -> None:
    """Write ordered rows as PostgreSQL loads files."""
    name, names = model.__tablename__, ", ".join(columns(model))
    lines = ("\t".join("\\N" if value is None else str(value) for value in row) for row in rows)
    with raw.cursor().copy(f"COPY {name} ({names}) FROM STDIN") as copying:
        copying.write("\n".join(lines) + "\n")


@contextmanager
def _without_indexes_postgres(raw: Any) -> Iterator[None]:
    found = raw.execute(
        "SELECT indexname, indexdef FROM pg_indexes i WHERE tablename = ANY(%s) AND NOT EXISTS "
        "(SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)",
        (list(TABLES),),
    ).fetchall()
    for name, _ in found:
        raw.execute(f"DROP INDEX {name}")
    yield
    for _, definition in found:
        raw.execute(definition)


def deep_number(session: Session, share: float) -> str:
    """The number of a listed case so far down the list."""
    newest, oldest = (
        session.scalars(select(Case.id).where(Case.listed).order_by(order).limit(1)).one()
        for order in (Case.id.desc(), Case.id.asc())
    )
    at = newest.int - int((newest.int - oldest.int) * share)
    there = select(Case.number).where(Case.listed, Case.id <= UUID(int=at))
    return session.scalars(there.order_by(Case.id.desc()).limit(1)).one()
