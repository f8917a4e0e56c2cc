"""Assessments for tests: two streets with counted matters and checks, and a released month."""

import json
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.assessment.models import (
    DailyCheck,
    Frozen,
    FrozenRow,
    Objection,
    Period,
    TalkRecord,
)
from portal.assessment.queries.frozen import frozen_file, json_of
from portal.assessment.rules.files import FILES
from portal.assessment.service.freezing import Freeze, freeze_period
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from portal.organisations.rules import OrganisationKind
from portal.reports.models import FigureCount
from portal.reports.rules.figures import COUNTS, NO_UNIT, Kept
from tests.make import releases
from tests.make.accounts import staff
from tests.make.organisations import unit

MONTH = "2026-10"
DAY = date(2026, 10, 12)
NOW = datetime(2026, 11, 3, tzinfo=UTC)
# within the days of objections, and after them
LATER = datetime(2026, 11, 5, tzinfo=UTC)
AFTER = datetime(2026, 11, 20, tzinfo=UTC)
NEVER = datetime(2099, 1, 1, tzinfo=UTC)
EAST, WEST = "370283001", "370283002"
DEPARTMENT = "DEMO-UNIT"


def counts(session: Session, path: str, month: str = MONTH, **told: int) -> None:
    """Kept counts of a month in a place."""
    values: dict[str, Any] = dict.fromkeys(COUNTS, 0) | told
    session.execute(
        insert(FigureCount).values(
            kept=Kept.PLACE, day=date.fromisoformat(f"{month}-01"), place_path=path,
            category_code="", unit_id=NO_UNIT, source="", **values,
        )
    )  # fmt: skip


def check(
    session: Session, path: str, score: int, code: str, day: date = DAY, group: str = "streets"
) -> None:
    """A daily check of a unit, alike on all axes."""
    session.add(
        DailyCheck(
            group=group, unit=code, place_path=path, day=day, clean=score, green=score,
            orderly=score, lit=score, reason="路面整洁", made_at=NOW,
        )
    )  # fmt: skip


def town(session: Session, months: tuple[str, ...] = (MONTH,)) -> dict[str, Person]:
    """Two streets, of which the east does better, and those who work with their figures."""
    places = releases.town(session)
    for month in months:
        for name, done in (("east", 95), ("west", 40)):
            counts(
                session, places[name].path, month, found=100, found_own=done, taken=100,
                responded=done, done=done, closed=done, due=100, in_time=done, given=100,
            )  # fmt: skip
            day = date.fromisoformat(f"{month}-12")
            for _ in range(40):
                check(session, places[name].path, done, places[name].code, day)
    department = unit(session, DEPARTMENT, kind=OrganisationKind.DEPARTMENT)
    return {
        "centre": staff(session, "city_centre"),
        "second": staff(session, "city_centre", name="王同志"),
        "east": staff(session, "street_desk", area=places["east"]),
        "west": staff(session, "street_desk", area=places["west"]),
        "department": staff(session, "handling_unit", organisation=department),
        "liaison": staff(session, "liaison_officer", area=places["first"]),
        "checker": staff(session, "collector", area=places["east"]),
    }


def release(database: Database, month: str = MONTH, now: datetime = NOW) -> None:
    """Release a month in which nobody said anything."""
    releases.release(database, month, now=now)


def freeze(database: Database, period: str = MONTH, now: datetime = NOW) -> Freeze:
    """Freeze a period."""
    with database.write() as session:
        return freeze_period(session, period, now=now)


def inputs(session: Session, slug: str = MONTH) -> dict[str, Any]:
    """What entered a frozen version."""
    return json_of(session, slug)


def a_frozen(
    session: Session, unit_code: str, slug: str = MONTH, until: datetime = NEVER
) -> dict[str, str]:
    """A frozen month as pages read it, an objection to it and a talk: their numbers."""
    period = slug[:7]
    document = {
        "groups": [
            {"code": "streets", "indicators": [{"code": "in_time", "source": "system"}]}
        ],
        "inputs": [], "corrections": [],
    }  # fmt: skip
    session.add(Period(period=period, version=1))
    session.flush()
    session.add(
        Frozen(
            slug=slug, period=period, version=1, set_code="1", frozen_at=NOW,
            objections_until=until, digest="0" * 64, entry_id=new_id(), by_service=7,
            by_management=2, by_enforcement=1, inputs_json=json.dumps(document), result_csv="",
            metadata_json="{}", recompute_py="",
        )
    )  # fmt: skip
    session.flush()
    return rows_about(session, unit_code, slug, position=0)


def rows_about(session: Session, unit_code: str, slug: str, *, position: int) -> dict[str, str]:
    """A street's row in a frozen month, its objection and its talk."""
    unit = {"group": "streets", "unit": unit_code}
    made = (
        FrozenRow(
            slug=slug, position=position, name_zh_hans="东阁街道", points=8000, low=7500,
            high=8500, failed=False, **unit,
        ),
        Objection(
            period=slug[:7], slug=slug, indicator="in_time", words="系统停机", made_at=NOW, **unit
        ),
        TalkRecord(slug=slug, rule_code="three_failed", made_at=NOW, **unit),
    )  # fmt: skip
    for row in made:
        session.add(row)
        session.flush()
    return {
        "assessment_slug": slug, "assessment_unit": unit_code,
        "assessment_objection": made[1].number, "assessment_talk": made[2].number,
    }  # fmt: skip


def files_of(database: Database, slug: str) -> dict[str, str | None]:
    """The files of a frozen version."""
    with database.read() as session:
        return {name: frozen_file(session, slug, name) for name in FILES}
