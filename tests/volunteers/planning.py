"""A town with an organiser, for the tests of activities and shifts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.db import Database
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.volunteers import NOW
from tests.pages import Browser
from volunteers.rules.offering import ActivityStep, ActivityWish
from volunteers.rules.planning import PlanWish, PostWish, TimesWish
from volunteers.service.activities import step_activity, write_activity

STREET, OTHER = "370283001", "370283002"
TOMORROW = date(2026, 12, 1)


def activity_wish(**changes: Any) -> ActivityWish:
    """An activity with everything that has to be told."""
    values: dict[str, Any] = {
        "kind": "shift", "titles": {"zh_Hans": "文明劝导"}, "words": {"zh_Hans": "在路口劝导。"},
        "meeting_place": "胜利路路口", "risks": "车流较多", "insurance": "已投保意外险",
    }  # fmt: skip
    return ActivityWish(**values | changes)


def plan_wish(**changes: Any) -> PlanWish:
    """A patrol of two hours with one leader and five members."""
    values: dict[str, Any] = {
        "times": TimesWish(time(8), time(10)), "duty": "patrol", "area": STREET,
        "meeting_place": "", "posts": (PostWish("leader", 1, 1), PostWish("member", 5, 2)),
    }  # fmt: skip
    return PlanWish(**values | changes)


@dataclass
class Town:
    """A small city, its organiser, and browsers of those who live and work in it."""

    app: Flask
    database: Database
    tree: Mapping[str, Area]
    organiser: Person

    def actor(self, session: Session) -> Actor:
        return actor(session, self.organiser)

    def browser(self, who: Person | None = None) -> Browser:
        browser = Browser(self.app).in_language("en")
        sign_in_as(browser, who or self.organiser)
        return browser

    def resident(self) -> Person:
        with self.database.write() as session:
            return person(session)

    def activity(self, *, now: datetime = NOW, **changes: Any) -> str:
        """A published activity, made through the services."""
        with self.database.write() as session:
            who = self.actor(session)
            wish = activity_wish(**changes)
            number = write_activity(session, who, wish, area_code=STREET, now=now)
            step_activity(session, who, number, ActivityStep.PUBLISH, seen=1, now=now)
        return number


def town_of(app: Flask, database: Database, tree: Mapping[str, Area]) -> Town:
    """The town, once its places are there."""
    with database.write() as session:
        return Town(app, database, tree, staff(session, "volunteer_organiser", area=tree[STREET]))


def in_days(days: int) -> date:
    """So many days after the tests' today."""
    return NOW.date() + timedelta(days=days)
