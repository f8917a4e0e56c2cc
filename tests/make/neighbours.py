"""Neighbours for tests: public matters near a spot, who joins them, and several at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import NOBODY, Actor
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.reports.models import Case
from portal.reports.rules.intake import Contact
from portal.reports.service.joining import Joined, Joiner, join_case
from portal.reports.service.search import index_case
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.reports import NOW
from tests.make.rows import case_row

AREA, SPOT = "370283001001", (119.95, 36.78)
# a degree of latitude is 111,320 metres
STEP = 1 / 111_320


def tree(session: Session) -> dict[str, Area]:
    """The small Pingdu, made once."""
    known = {area.code: area for area in session.scalars(select(Area))}
    return known or small_tree(session)


def listed(session: Session, north: float = 0.0, **options: Any) -> Case:
    """A public matter so many metres north of the spot."""
    made = reports.listed(session, tree(session), **options)
    made.lon, made.lat = SPOT[0], SPOT[1] + north * STEP
    # the index reads the point from the database
    session.flush()
    index_case(session, made)
    return made


def joiner(browser: str = "one", actor: Actor = NOBODY, **more: Any) -> Joiner:
    contact = Contact.ACCOUNT if actor.signed_in else Contact.NONE
    chosen = {"contact": contact, "address": "10.0.0.1", "language": "zh_Hans", **more}
    return Joiner(actor=actor, browser=browser, **chosen)


def join(database: Database, number: str, *, at: datetime = NOW, **who: Any) -> Joined:
    with database.write() as session:
        return join_case(session, case_row(session, number), joiner(**who), now=at)


def race(database: Database, steps: list[Callable[[Session], object]]) -> list[str]:
    """Let several act at once; what each was told."""
    start = Barrier(len(steps))

    def act(step: Callable[[Session], object]) -> str:
        start.wait()
        try:
            with database.write() as session:
                step(session)
        except Conflict:
            return "conflict"
        except Refused as refused:
            return str(refused.code)
        return "done"

    with ThreadPoolExecutor(len(steps)) as pool:
        return sorted(pool.map(act, steps))
