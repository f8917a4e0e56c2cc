"""Two surveys of the demo's street: one that is over, on paper and screen, and one that runs.

The first ends in the last month that is over, so its leading question is in that month's release;
the others are told on its page. Everything through the services.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow
from portal.kernel.clock import city_day, city_month, month_bounds
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.satisfaction.rules.release import month_before
from portal.satisfaction.rules.surveys import (
    Answered,
    AskedWho,
    Names,
    QuestionKind,
    SurveyKind,
)
from portal.satisfaction.service.answering import answer_survey, type_sheet
from portal.satisfaction.service.surveys import (
    QuestionWish,
    SurveyWish,
    add_question,
    start_survey,
    write_survey,
)
from portal.site.demo.people import demo_actors, demo_places

WORDS: Final = Path(__file__).resolve().parents[1] / "data" / "demo-surveys.tsv"
LANGUAGES: Final = ("zh_Hans", "zh_Hant", "en")
SEED: Final = 20261203
DAY: Final = timedelta(days=1)
# sheets that were handed out, and that came back: enough for the street's figure to be published
SHEETS, BACK = 420, 330
OPENS, CLOSES = 4, 21
RUNS_SINCE, RUNS_FOR = 5, 21
# of a hundred people: how satisfied, and what they want first
LEVELS: Final = (31, 40, 17, 9, 3)
FIRST: Final = (38, 34, 11, 17)
REPORTED: Final = (42, 58)


def plant_surveys(database: Database, now: datetime) -> None:
    """Ask, collect and close the one; start the other, which one resident has answered."""
    with database.write() as session:
        actors, street = demo_actors(session, now), demo_places(session)["street"]
        desk, residents = actors["street_desk"][0], actors["resident"]
        _over(session, desk, street, residents, now)
        _open(session, desk, street, residents[1], now)


def _survey(
    session: Session,
    desk: Actor,
    what: str,
    wish: SurveyWish,
    at: datetime,
) -> str:
    """Written with the questions of the table and started; its number."""
    number = write_survey(session, desk, wish, now=at)
    rows = [row for row in _rows() if row["what"] == what]
    options = next(_names(row) for row in rows if row["kind"] == "options")
    lines = {language: text.replace("|", "\n") for language, text in options.items()}
    for row in rows:
        if row["kind"] not in set(QuestionKind):
            continue
        kind = QuestionKind(row["kind"])
        chosen = lines if kind in {QuestionKind.ONE, QuestionKind.SEVERAL} else {}
        needed = kind is QuestionKind.SATISFACTION
        add_question(session, desk, number, QuestionWish(kind, needed, _names(row), chosen))
        session.flush()
    start_survey(session, desk, number, now=at)
    session.flush()
    return number


def _rows() -> list[dict[str, str]]:
    with WORDS.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter="\t"))


def _names(row: Mapping[str, str]) -> Names:
    return {language: row[language] for language in LANGUAGES}


def _wish(
    what: str, kind: SurveyKind, street: AreaRow, first: date, last: date, sheets: int
) -> SurveyWish:
    said = {row["kind"]: _names(row) for row in _rows() if row["what"] == what}
    return SurveyWish(
        kind, AskedWho.ALL, street.code, said["title"], said["notice"], first, last, sheets
    )  # fmt: skip


def _over(
    session: Session, desk: Actor, street: AreaRow, residents: Sequence[Actor], now: datetime
) -> None:
    zone, rng = instance_of(session).city.zone, Random(SEED)  # noqa: S311  the same for everyone
    begun = month_bounds(month_before(city_month(now, zone)), zone)[0]
    first, last = (city_day(begun + days * DAY, zone) for days in (OPENS, CLOSES))
    wish = _wish("over", SurveyKind.SATISFACTION, street, first, last, SHEETS)
    number = _survey(session, desk, "over", wish, begun + DAY)
    at = begun + (OPENS + 3) * DAY
    for sheet in range(1, BACK + 1):
        type_sheet(session, desk, number, sheet, _answered(rng), now=at)
    for who in residents:
        if who.person_id is not None:
            answer_survey(session, who.person_id, number, _answered(rng), now=at)


def _answered(rng: Random) -> Answered:
    marks = {
        at: frozenset(rng.choices(range(1, len(shares) + 1), shares))
        for at, shares in enumerate((LEVELS, FIRST, REPORTED), 1)
    }
    return Answered(marks)


def _open(session: Session, desk: Actor, street: AreaRow, who: Actor, now: datetime) -> None:
    zone = instance_of(session).city.zone
    first = city_day(now - RUNS_SINCE * DAY, zone)
    last = city_day(now + (RUNS_FOR - RUNS_SINCE) * DAY, zone)
    wish = _wish("open", SurveyKind.CONDUCT, street, first, last, SHEETS)
    number = _survey(session, desk, "open", wish, now - (RUNS_SINCE + 1) * DAY)
    if who.person_id is not None:
        said = Answered({1: frozenset({2}), 2: frozenset({1, 2})})
        answer_survey(session, who.person_id, number, said, now=now - DAY)
