"""What the demo's city published of its months: releases, and a quarter that was assessed.

Each act at its own moment and through the services: months are checked, scored, released and
frozen, two objections are decided, one figure is corrected, and the quarter is ranked.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.assessment.queries.frozen import json_of
from portal.assessment.queries.talks import all_talks
from portal.assessment.queries.units import units_of
from portal.assessment.rules import Axis
from portal.assessment.rules.recompute import corrected
from portal.assessment.rules.sets import UNIT, groups, set_for
from portal.assessment.service.freezing import freeze_period
from portal.assessment.service.objecting import (
    Decision,
    ObjectionWish,
    decide_objection,
    object_to,
)
from portal.assessment.service.recording import (
    CheckWish,
    MediaWish,
    ScoreWish,
    raters_of,
    record_check,
    record_media,
    record_score,
    units_to_score,
)
from portal.assessment.service.talks import Held, hold_talk
from portal.kernel.clock import city_day, month_bounds
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.reports.jobs import close_months
from portal.site.demo.people import demo_actors, demo_places
from portal.site.demo.periods import (
    CONTESTED,
    CORRECTED,
    DECIDED,
    RANKED,
    assessed_months,
    frozen_at,
    months_since,
    quarter_of,
)

WORDS: Final = Path(__file__).resolve().parents[1] / "data" / "demo-figures.tsv"
SEED: Final = 20260930
DAY: Final = timedelta(days=1)
# on which days of a month somebody looked
CHECKED_ON: Final = (9, 23)
SCORED_ON: Final = 25
# how the streets are kept; it repeats
KEPT: Final = (92, 84, 88, 73, 80, 66, 90, 77)
BETTER_BY: Final = 4
WHOLE: Final = 100
# objections to the month after the quarter are open for some days still
FROZEN_AGO: Final = timedelta(days=3)


@dataclass(frozen=True)
class Scene:
    """The city's offices, what they wrote, and the months that are assessed."""

    database: Database
    zone: ZoneInfo
    actors: Mapping[str, Sequence[Actor]]
    words: Mapping[str, Sequence[str]]
    months: tuple[str, ...]
    street: str
    community: str

    def who(self, role: str) -> Actor:
        return self.actors[role][0]

    def ended(self, month: str) -> datetime:
        return month_bounds(month, self.zone)[1]

    def said(self, what: str) -> str:
        return self.words[what][0]


def plant_figures(database: Database, now: datetime) -> None:
    """Release every month that is over; freeze a quarter, and the month after it."""
    with database.read() as session:
        scene = _scene(session, database, now)
    assessed = set_for(scene.months[0]) is not None
    for month in months_since(scene.months[0], now, scene.zone):
        if assessed:
            with database.write() as session:
                _put_down(session, scene, month)
        at = frozen_at(month, now, scene.zone)
        close_months(database, at)
        if assessed and month in scene.months:
            _freeze(database, month, at)
    if assessed:
        _contest(scene)
        _freeze(database, quarter_of(scene.months), scene.ended(scene.months[-1]) + RANKED)
        _talk(scene, now)
        _one_more(scene, now)


def _scene(session: Session, database: Database, now: datetime) -> Scene:
    zone, places = instance_of(session).city.zone, demo_places(session)
    words = dict[str, list[str]]()
    with WORDS.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        for row in csv.DictReader(lines, delimiter="\t"):
            words.setdefault(row["what"], []).append(row["words"])
    return Scene(
        database, zone, demo_actors(session, now), words, assessed_months(now, zone),
        places["street"].code, places["community"].code,
    )  # fmt: skip


def _freeze(database: Database, period: str, at: datetime) -> None:
    with database.write() as session:
        freeze_period(session, period, now=at)


# --- what is put down in a month ------------------------------------------------------------------


def _put_down(session: Session, scene: Scene, month: str) -> None:
    """Checks of the streets and of one community, scores both ways, a report on the radio."""
    first = city_day(month_bounds(month, scene.zone)[0], scene.zone)
    streets = units_of(session, groups()["streets"], first)
    rng = Random(f"{SEED} {month}")  # noqa: S311  the same demo for everyone
    seen = [("streets", one.code, KEPT[at % len(KEPT)]) for at, one in enumerate(streets)]
    for group, code, usual in (*seen, ("communities", scene.community, KEPT[1])):
        for on in CHECKED_ON:
            _check(session, scene, (group, code), _day(first, on), usual, rng)
    _score(session, scene, _day(first, SCORED_ON), rng)
    if month == scene.months[1] and len(streets) > 1:
        day = _day(first, CHECKED_ON[1])
        wish = MediaWish(
            "streets", streets[-1].code, day, scene.said("medium"), scene.said("title")
        )
        record_media(session, scene.who("city_centre"), wish, now=_evening(scene, day))


def _day(first: date, at: int) -> date:
    return first + timedelta(days=at - 1)


def _evening(scene: Scene, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 18, tzinfo=scene.zone)


def _check(
    session: Session, scene: Scene, unit: tuple[str, str], day: date, usual: int, rng: Random
) -> None:
    scores = {axis: max(0, min(WHOLE, round(rng.gauss(usual, 4)))) for axis in Axis}
    wish = CheckWish(*unit, day, scores, rng.choice(scene.words["check"]))
    record_check(session, scene.who("city_centre"), wish, now=_evening(scene, day))


def _score(session: Session, scene: Scene, day: date, rng: Random) -> None:
    """The street, the unit and the liaison officer, each of what it may score."""
    for role in ("street_desk", "handling_unit", "liaison_officer"):
        who = scene.who(role)
        for by in raters_of(session, who, day):
            for one in units_to_score(session, [by], day):
                wish = ScoreWish(
                    by, day, one.group, one.code, rng.randint(74, 94),
                    rng.choice(scene.words["score"]),
                )  # fmt: skip
                record_score(session, who, wish, now=_evening(scene, day))


# --- what came of it ------------------------------------------------------------------------------


def _contest(scene: Scene) -> None:
    """The street's objection is upheld and the month frozen anew; the community's is not."""
    month = scene.months[-1]
    ended, centre = scene.ended(month), scene.who("city_centre")
    with scene.database.write() as session:
        values = corrected(json_of(session, month))
        first = object_to(
            session, scene.who("street_desk"), month, "streets", scene.street,
            ObjectionWish("in_time", scene.said("object")), now=ended + CONTESTED,
        )  # fmt: skip
        second = object_to(
            session, scene.who("community_committee"), month, "communities", scene.community,
            ObjectionWish("clean", scene.said("object2")), now=ended + CONTESTED,
        )  # fmt: skip
    known = values.get(("streets", scene.street, "in_time"))
    share = Decimal(known["value"] if known else UNIT) * WHOLE / UNIT
    better = min(Decimal(WHOLE), round(share + BETTER_BY, 2))
    with scene.database.write() as session:
        upheld = Decision(upheld=True, why=scene.said("upheld"), becomes=better)
        decide_objection(session, centre, first, upheld, now=ended + DECIDED)
        refused = Decision(upheld=False, why=scene.said("refused"))
        decide_objection(session, centre, second, refused, now=ended + DECIDED)
    _freeze(scene.database, month, ended + CORRECTED)


def _talk(scene: Scene, now: datetime) -> None:
    """The first talk that the ranks called for was held; others are still due."""
    with scene.database.write() as session:
        due = all_talks(session)
        if due:
            day = city_day(now, scene.zone)
            held = Held(scene.said("office"), day - 5 * DAY, scene.said("promise"), day + 55 * DAY)
            hold_talk(session, scene.who("city_centre"), due[0].number, held, now=now)


def _one_more(scene: Scene, now: datetime) -> None:
    """The month after the quarter was frozen lately: whoever tries the demo can object to it."""
    over = months_since(scene.months[-1], now, scene.zone)[1:]
    if over:
        at = max(frozen_at(over[0], now, scene.zone), now - FROZEN_AGO)
        _freeze(scene.database, over[0], at)
