"""A register of a million doors: each with who runs it and a plaque; every tenth with all that the
page behind its plaque can show. Rows are loaded as files are, on both engines."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.plant import Row, as_written, columns, copy_rows, ordered, with_check
from pledges.models import (
    Breach,
    BreachAnswer,
    Clause,
    ClauseSet,
    ClauseVersion,
    DutyNotice,
    Inspection,
    Listing,
    OwnerReply,
    Plaque,
    PlaqueBatch,
    PlaqueBinding,
    Pledge,
    PledgePhoto,
    PledgeTick,
    Premises,
    PremisesOperator,
    Standing,
)
from pledges.rules.clauses import Letter
from pledges.rules.register import search_key
from pledges.rules.standing_formula import Quarter, before, figures_of, formulas, standing
from portal.areas.queries import descendants_at_level, root_areas
from portal.kernel.db import Base, Database
from portal.kernel.ids import ALPHABET, NUMBER_LENGTH, id_at
from portal.kernel.instance import instance_of

FULL: Final = 10
QUARTERS: Final = 4
AT_ONCE: Final = 20_000
STEP: Final = 13_835_058_055_283
# parents before what refers to them
TABLES: Final[tuple[type[Base], ...]] = (
    PlaqueBatch, Premises, PremisesOperator, Plaque, PlaqueBinding, DutyNotice, Pledge, PledgeTick,
    Standing, OwnerReply, Listing, Inspection, Breach, BreachAnswer, PledgePhoto,
)  # fmt: skip
Pair = tuple[type[Base], dict[str, Any]]


@dataclass(frozen=True)
class _Door:
    """The keys of one door."""

    district: str
    path: str
    area: str
    premises: str
    operator: str


class DoorPlanter:
    """The same rows on both engines for the same seed. ``full``: codes of plaques whose page shows
    everything."""

    def __init__(self, session: Session, now: datetime, seed: int = 1) -> None:
        self.rng, self.now, self.day = Random(seed), as_written(now), now.date().isoformat()
        self.moment = now
        city = root_areas(session)[0]
        self.areas = descendants_at_level(session, city.path, "community")
        self.version, self.clauses = _text(session)
        self.words = instance_of(session).vault.seal("门前已经打扫干净，欢迎大家监督。")
        self.batch = self._key()
        self.full: list[str] = []
        self._last = 0
        self.standings = list(_standings(now.date()))

    def rows(self, doors: int) -> Iterator[Pair]:
        """Every row of so many doors, in an order in which they can be written."""
        area = self.areas[0]
        yield PlaqueBatch, {
            "id": self.batch, "number": self._number(), "area_id": area.id.hex,
            "place_path": area.path, "plaques": doors, "made_at": self.now,
        }  # fmt: skip
        for at in range(doors):
            place = self.areas[at % len(self.areas)]
            district = place.path.split("/")[1]
            door = _Door(district, place.path, place.id.hex, self._key(), self._key())
            yield from self._door(door, at)

    def _door(self, door: _Door, at: int) -> Iterator[Pair]:
        road, number = f"第{at // 400 + 1}大街", f"{at % 400 + 1}号"
        title = f"街坊小店{at}"
        keys = {"district": door.district, "premises_id": door.premises}
        yield Premises, {
            "district": door.district, "id": door.premises, "number": self._number(),
            "kind": "shop", "state": "open", "title": title, "trade": "food", "road": road,
            "door": number, "door_key": f"{door.path}{road}{number}", "area_id": door.area,
            "place_path": door.path, "title_key": search_key(title),
            "road_key": search_key(f"{road}{number}"), "duty_words": "从店门到路沿石，两侧到中线",
            "duty_version": 1, "listed_on": self.day, "updated_at": self.now, "version": 1,
        }  # fmt: skip
        yield PremisesOperator, {
            **keys, "id": door.operator, "number": self._number(), "sole_trader": 1,
            "starts_on": self.day, "entered_at": self.now,
        }  # fmt: skip
        code = self._number()
        yield Plaque, {
            "code": code, "batch_id": self.batch, "district": door.district, "state": "bound",
            "issued_at": self.now,
        }  # fmt: skip
        yield PlaqueBinding, {
            **keys, "id": self._key(), "code": code, "operator_id": door.operator,
            "bound_at": self.now,
        }  # fmt: skip
        if at % FULL == 0:
            self.full.append(code)
            yield from self._pledge(door, keys)
            yield from self._known(door, keys)
            yield from self._put_right(door, keys)

    def _pledge(self, door: _Door, keys: dict[str, Any]) -> Iterator[Pair]:
        notice, pledge = self._key(), self._key()
        yield DutyNotice, {
            **keys, "id": notice, "number": self._number(), "operator_id": door.operator,
            "duty_version": 1, "area_text": "从店门到路沿石", "way": "screen",
            "given_at": self.now, "received_at": self.now,
        }  # fmt: skip
        yield Pledge, {
            **keys, "id": pledge, "number": self._number(), "letter": "frontage",
            "operator_id": door.operator, "place_path": door.path, "version_id": self.version,
            "notice_id": notice, "state": "in_force", "way": "code", "language": "zh_Hans",
            "signed_at": self.now, "digest": "e" * 64,
        }  # fmt: skip
        for clause in self.clauses:
            ticked = {"district": door.district, "pledge_id": pledge, "clause_id": clause}
            yield PledgeTick, ticked

    def _known(self, door: _Door, keys: dict[str, Any]) -> Iterator[Pair]:
        for values in self.standings:
            yield Standing, {
                **keys, "operator_id": door.operator, "place_path": door.path,
                "computed_at": self.now, **values,
            }  # fmt: skip
        yield OwnerReply, {
            **keys, "id": self._key(), "number": self._number(), "operator_id": door.operator,
            "place_path": door.path, "sealed_words": self.words, "at": self.now, "state": "shown",
            "decided_at": self.now,
        }  # fmt: skip
        yield Listing, {
            **keys, "id": self._key(), "number": self._number(), "which": "exemplary",
            "state": "shown", "operator_id": door.operator, "place_path": door.path,
            "evidence": "连续两个季度四星", "starts_on": self.day,
            "ends_on": (self.moment + timedelta(days=90)).date().isoformat(),
            "proposed_at": self.now, "confirmed_at": self.now,
        }  # fmt: skip

    def _put_right(self, door: _Door, keys: dict[str, Any]) -> Iterator[Pair]:
        """A breach that was put right, with a photo of before and one of after."""
        look, breach, answer = self._key(), self._key(), self._key()
        yield Inspection, {
            **keys, "id": look, "number": self._number(), "operator_id": door.operator,
            "version_id": self.version, "place_path": door.path, "body": "street",
            "at": self.now, "sent_at": self.now, "state": "stands",
        }  # fmt: skip
        yield Breach, {
            **keys, "id": breach, "number": self._number(), "operator_id": door.operator,
            "inspection_id": look, "clause_id": self.clauses[0], "place_path": door.path,
            "state": "rectified", "opened_at": self.now, "rectified_at": self.now,
            "ended_at": self.now,
        }  # fmt: skip
        yield BreachAnswer, {
            "district": door.district, "id": answer, "number": self._number(), "breach_id": breach,
            "kind": "rectified", "at": self.now,
        }  # fmt: skip
        for side, of in (("before", {"inspection_id": look}), ("after", {"answer_id": answer})):
            yield PledgePhoto, {
                **keys, **of, "id": self._key(), "code": f"{self.rng.getrandbits(120):032x}",
                "side": side, "blob_key": "bench", "thumbnail_key": "bench", "width": 960,
                "height": 720, "at": self.now, "checked_at": self.now, "shown_at": self.now,
            }  # fmt: skip

    def _key(self) -> str:
        return id_at(self.moment, self.rng.getrandbits(62)).hex

    def _number(self) -> str:
        """A number that nothing else here has: an odd step goes through all of them."""
        self._last = (self._last + STEP) % len(ALPHABET) ** (NUMBER_LENGTH - 1)
        return with_check(self._last)


def _text(session: Session) -> tuple[str, list[str]]:
    """A published main text for frontages, and its clauses."""
    version: UUID = session.scalars(
        select(ClauseVersion.id)
        .join(ClauseSet, ClauseSet.id == ClauseVersion.set_id)
        .where(
            ClauseSet.letter == Letter.FRONTAGE, ~ClauseSet.extra,
            ClauseVersion.published_at.is_not(None),
        )
        .order_by(ClauseSet.code)
        .limit(1)
    ).one()  # fmt: skip
    found = session.scalars(select(Clause.id).where(Clause.version_id == version))
    return version.hex, [key.hex for key in found]


def _standings(today: date) -> Iterator[dict[str, Any]]:
    """The standings of the last quarters, newest first, as the portal's own formula gives them."""
    formula = formulas()[-1]
    quarter = f"{today.year:04d}-{(today.month + 2) // 3}"
    known = [Quarter(kept=18, seen=20, days=4, band=95, raters=20)] * len(formula.fade)
    result = standing(formula, known)
    for _ in range(QUARTERS):
        quarter = before(quarter)
        yield {
            "quarter": quarter, "stars": result.stars, "low": result.low, "high": result.high,
            "inspections": 16, "ratings": 20, "reports": 0, "formula": str(formula.version),
            "figures": figures_of(formula, quarter, known),
        }  # fmt: skip


def plant_doors(database: Database, doors: int, now: datetime) -> list[str]:
    """Fill the register; the codes of the plaques whose pages show everything."""
    with database.read() as session:
        planter = DoorPlanter(session, now)
    rows = planter.rows(doors)
    with database.writer.connect() as connection:
        raw: Any = connection.connection.driver_connection
        write = _sqlite(raw) if database.is_sqlite else _postgres(raw)
        while batch := list(islice(rows, AT_ONCE)):
            kept: dict[type[Base], list[Row]] = defaultdict(list)
            for model, values in batch:
                kept[model].append(ordered(model, values))
            for model in TABLES:
                if kept[model]:
                    write(model, kept[model])
        raw.commit()
        if not database.is_sqlite:
            raw.autocommit = True
            raw.execute("VACUUM ANALYZE")
            raw.autocommit = False
        else:
            raw.execute("ANALYZE")
    return planter.full


def _sqlite(raw: Any) -> Any:
    raw.execute("PRAGMA synchronous=OFF")
    raw.execute("PRAGMA cache_size=-400000")
    raw.execute("BEGIN")

    def write(model: type[Base], rows: list[Row]) -> None:
        names, marks = ", ".join(columns(model)), ", ".join("?" * len(columns(model)))
        insert = f"INSERT INTO {model.__tablename__} ({names}) VALUES ({marks})"  # noqa: S608 our names
        raw.executemany(insert, rows)

    return write


def _postgres(raw: Any) -> Any:
    # no checks of references meanwhile
    raw.execute("SET session_replication_role = replica")

    def write(model: type[Base], rows: list[Row]) -> None:
        copy_rows(raw, model, rows)

    return write
