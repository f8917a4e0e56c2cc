"""Links that open one case, as tests make and open them."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

from sqlalchemy.orm import Session

from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.reports.service.outside import HandOver, hand_over_case
from tests.make import reports
from tests.make.desk import City
from tests.make.rows import case_row
from tests.pages import Browser, Page


def made_link(page: Page) -> str:
    """The address on the page that shows a new link, without the origin."""
    found = re.search(r"/l/[A-Za-z0-9_-]{20,}", page.text)
    assert found, page.text
    return found.group(0)


def holder(city: City) -> Browser:
    return Browser(city.app).in_language("en")


def let_in(city: City, number: str, **wish: str) -> str:
    page = city.browser(city.worker).get(f"/desk/cases/{number}/helper", status=200)
    return made_link(page.form().fill(**wish).send("Make the link", status=200))


def hand_over(city: City, number: str, answer_by: date | None) -> None:
    with city.database.write() as session:
        row = case_row(session, number)
        to = HandOver("environment", None, answer_by)
        hand_over_case(session, row, actor=reports.desk(), now=clock.now(), to=to)


def at_once(database: Database, steps: list[Callable[[Session], object]]) -> list[str]:
    """Everybody acts at the same moment; how it went for each."""
    start = Barrier(len(steps))

    def act(step: Callable[[Session], object]) -> str:
        start.wait()
        try:
            with database.write() as session:
                step(session)
        except Refused as refusal:
            return refusal.code.value
        return "won"

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(act, steps))
