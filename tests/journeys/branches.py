"""One town for all branches of the loop: made once for each engine, a working day for each."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import Tag
from time_machine import travel

from portal.kernel import clock
from portal.kernel.blobs import BlobStore
from portal.kernel.city import load_city
from portal.kernel.config import DEFAULT_CITY, Config
from portal.kernel.instance import Instance, open_for
from portal.kernel.vault import Vault
from portal.reports.rules.intake import Contact
from portal.site.app import create_app
from tests.conftest import TEST_KEY
from tests.engines import empty
from tests.journeys.town import MONDAY, Town, small_town
from tests.make.calendars import know_next_year
from tests.make.intake import filed
from tests.pages import words


@dataclass
class Streets:
    """The town and the day it has come to."""

    town: Town
    day: datetime = MONDAY

    def next_day(self) -> Town:
        """The next Monday at ten; everybody signs in anew."""
        while self.day <= datetime.now(self.day.tzinfo):
            self.day += timedelta(days=7)
        self.town.clock.move_to(self.day)
        self.town.sign_out()
        return self.town


def streets_of(
    request: pytest.FixtureRequest, folders: pytest.TempPathFactory
) -> Iterator[Streets]:
    """What the fixtures of ``tests/conftest.py`` make for one test, made for a module."""
    folder = folders.mktemp("streets")
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgres_url"))
    else:
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "test.db")
        url = f"sqlite:///{folder}/test.db"
    config = Config(
        instance=folder,
        database_url=url,
        secret_key=TEST_KEY,
        blobs=str(folder / "blobs"),
        outbox=folder / "outbox",
    )
    instance = Instance(
        config, load_city(DEFAULT_CITY), Vault(config.secret_key), BlobStore(config.blobs)
    )
    database = open_for(instance)
    app = create_app(instance, database)
    app.config["TESTING"] = True
    with travel(MONDAY) as clock:
        town = small_town(app, database, clock)
        # every page of the desk is checked in tests/reports
        town.checks = False
        with database.write() as session:
            know_next_year(session)
        yield Streets(town)
    if not database.is_sqlite:
        empty(database)
    database.dispose()


def filed_by(town: Town, phone: str, **changes: Any) -> "Told":
    """A report with messages to a phone. How one is filed page by page is told elsewhere."""
    given: dict[str, Any] = {"contact": Contact.PHONE, "phone": phone, "consent": True, **changes}
    found = filed(town.database, words="垃圾桶满了", language="en", **given)
    return Told(town, found.number, phone)


@dataclass
class Told:
    """One report, and what everybody reads of it."""

    town: Town
    number: str
    phone: str

    def hers(self) -> str:
        """What the reporter reads: she follows the link in her newest message."""
        link = self.town.link(self.phone, self.town.templates(self.phone)[-1])
        found = self.town.resident().get(link, status=200)
        if found.path != f"/reports/{self.number}":
            # a link to rate opens the form; her page is behind it
            found = found.browser.get(f"/reports/{self.number}", status=200)
        assert "This is your report" in found.text
        return found.text

    def public(self, *, status: int = 200) -> str:
        """What anybody reads who comes by."""
        return self.town.passer_by.get(f"/reports/{self.number}", status=status).text

    def posted(self) -> list[str]:
        """What the reporter was sent after her receipt, in order."""
        sent = [name.removeprefix("report.") for name in self.town.templates(self.phone)]
        assert sent[0] == "receipt"
        return sent[1:]

    def queue(self, who: str, task: str = "mine") -> str:
        """The report's line in somebody's list at the desk; empty when it is not there."""
        page = self.town.at(who).get(f"/desk/?task={task}", status=200)
        lines = [words(line) for line in page.soup.select(".queue-row")]
        return next((line for line in lines if self.number in line), "")

    def history(self) -> list[str]:
        """The steps as the desk reads them, oldest first: what, and by whom. Each has its time."""
        page = self.town.open("centre", self.number)
        rows = page.soup.select(".desk-history .timeline-row")
        moments = [datetime.fromisoformat(str(row.select("time")[0]["datetime"])) for row in rows]
        assert moments == sorted(moments, reverse=True)
        assert moments[0] <= clock.now()
        return [_step(row) for row in reversed(rows)]


def _step(row: Tag) -> str:
    said = "\n".join(tag.get_text() for tag in row.select(".timeline-text"))
    by = [line for line in said.split("\n") if line.startswith("By ")]
    return " ".join([words(row.select(".timeline-title")[0]), *by])
