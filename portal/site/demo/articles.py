"""Articles of the demo: of each kind one, a correction, one withdrawn, one that waits.

Through the services, each step at its own moment and by its own people.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from portal.accounts.queries import age_band_of, person_row
from portal.accounts.rules import Actor, AgeBand
from portal.accounts.service import state_age
from portal.areas.queries import AreaRow
from portal.kernel.clock import city_day
from portal.kernel.db import Database
from portal.kernel.errors import Missing
from portal.kernel.instance import instance_of
from portal.publicity.queries.articles import ArticleRow, VersionRow, article_by_number, mark_of
from portal.publicity.rules.articles import ArticleKind, ArticleStep, Origin, Provenance
from portal.publicity.service.article_checks import ArticleWish
from portal.publicity.service.articles import last_version, step_article, write_article
from portal.publicity.service.role_models import agree, name_person
from portal.reports.queries.exposing import case_bases
from portal.reports.queries.listing import listing
from portal.reports.rules.codes import PublicState
from portal.reports.rules.listing import Asked
from portal.site.demo.people import demo_actors, demo_places

ARTICLES: Final = Path(__file__).resolve().parents[1] / "data" / "demo-articles.tsv"
LATER: Final = timedelta(minutes=20)


@dataclass(frozen=True)
class Cast:
    """Who writes, who approves, who is told of, and where."""

    writer: Actor
    approver: Actor
    her: Actor
    street: AreaRow


def plant_articles(database: Database, now: datetime) -> None:
    """All of the file, in its order: a reading comes after its policy."""
    with database.write() as session:
        actors = demo_actors(session, now)
        cast = Cast(
            actors["street_desk"][0], actors["city_centre"][0], actors["resident"][1],
            demo_places(session)["street"],
        )  # fmt: skip
        policy = ""
        for row in _rows():
            number = _plant(session, cast, row, policy, now - timedelta(days=int(row["days"])))
            policy = number if row["kind"] == ArticleKind.POLICY else policy


def _rows() -> list[dict[str, str]]:
    with ARTICLES.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter="\t", restval=""))


def _plant(
    session: Session, cast: Cast, row: Mapping[str, str], policy: str, at: datetime
) -> str:  # fmt: skip
    kind = ArticleKind(row["kind"])
    wish = _wish(session, cast, row, policy, at)
    number = write_article(session, cast.writer, kind, cast.street.code, wish, now=at)
    if kind is ArticleKind.ROLE_MODEL:
        _name_her(session, cast, number, at)
    _step(session, cast.writer, number, ArticleStep.SEND, at)
    if kind is ArticleKind.ROLE_MODEL:
        _row, version = _last(session, number)
        seen = version.version, version.sent
        agree(session, cast.her, number, row["why"], seen=seen, now=at)
    if row["step"] != "waiting":
        _step(session, cast.approver, number, ArticleStep.APPROVE, at + LATER)
    if row["step"] == "withdrawn":
        _step(session, cast.approver, number, ArticleStep.WITHDRAW, at + 2 * LATER, row["why"])
    if row["step"] == "corrected":
        _step(session, cast.writer, number, ArticleStep.CORRECT, at + 2 * LATER, row["why"])
        _step(session, cast.writer, number, ArticleStep.SEND, at + 2 * LATER)
        _step(session, cast.approver, number, ArticleStep.APPROVE, at + 3 * LATER)
    return number


def _wish(
    session: Session, cast: Cast, row: Mapping[str, str], policy: str, at: datetime
) -> ArticleWish:  # fmt: skip
    day = city_day(at, instance_of(session).city.zone)
    origin = Origin(
        Provenance(row["provenance"]), row["source"], row["author"], row["origin_url"],
        day if row["origin_url"] else None,
    )  # fmt: skip
    return ArticleWish(
        row["title"], row["summary"], row["body"].replace("|", "\n"), origin,
        case_number=_closed(session, cast) if row["kind"] == ArticleKind.CASE else "",
        policy_number=policy,
    )  # fmt: skip


def _closed(session: Session, cast: Cast) -> str:
    """The newest public matter of the street that is closed."""
    asked = Asked(area=cast.street.code, state=PublicState.FED_BACK.value)
    numbers = [row.number for row in listing(session, asked).page.rows]
    found = case_bases(session, numbers)
    return next((one for one in numbers if one in found and found[one].closed_at), "")


def _name_her(session: Session, cast: Cast, number: str, at: datetime) -> None:
    her = cast.her.person_id
    if her is None:
        return
    if age_band_of(session, her) is not AgeBand.ADULT:
        state_age(session, cast.her, AgeBand.ADULT, now=at)
    account = person_row(session, her)
    name_person(session, cast.writer, number, account.number if account else "")


def _last(session: Session, number: str) -> tuple[ArticleRow, VersionRow]:
    row = article_by_number(session, number)
    if row is None:
        raise Missing
    return row, last_version(session, row)


def _step(
    session: Session, who: Actor, number: str, step: ArticleStep, at: datetime, why: str = ""
) -> None:
    seen = mark_of(*_last(session, number))
    step_article(session, who, number, step, seen=seen, reason=why, now=at)
