"""A window of Chromium: what a person sees and presses."""

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.clock import now
from portal.reports.models import Case, CasePhoto
from portal.reports.rules.codes import PhotoKind, Review, State
from portal.satisfaction.queries.releases import releases
from portal.satisfaction.rules import SubjectKind
from portal.site.demo.people import PASSWORD, demo_accounts
from portal.site.jobs import deliver_messages
from tests.browser import rules
from tests.make import reports
from tests.make.demo import PLACE, Demo

FOCUSED = """() => {
  const at = document.activeElement;
  const label = at.labels?.length ? at.labels[0].textContent : "";
  const value = at.type === "radio" ? at.value : "";
  return [label, at.textContent, at.getAttribute("aria-label"), value].join(" ");
}"""


@dataclass
class Site(Demo):
    """The portal that is looked at."""

    def number(self, state: State, *, after_photo: bool = False) -> str:
        """A listed case of the demo."""
        found = select(Case.number).where(Case.state == state, Case.listed)
        if after_photo:
            for kind in (PhotoKind.BEFORE, PhotoKind.AFTER):
                shown = (CasePhoto.kind == kind, CasePhoto.review == Review.APPROVED)
                found = found.where(Case.id.in_(select(CasePhoto.case_id).where(*shown)))
        with self.database.read() as session:
            return session.scalars(found.order_by(Case.found_at.desc()).limit(1)).one()

    def month(self) -> str:
        """The newest release of what was done about reports."""
        with self.database.read() as session:
            return next(row.slug for row in releases(session) if row.kind is SubjectKind.CASE)

    def letters(self, phone: str) -> list[dict[str, str]]:
        with self.app.app_context():
            while deliver_messages(self.database, now()):
                pass
        folder = self.app.extensions["gongzhi_instance"].config.outbox
        found = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
        return [letter for letter in found if letter["to"].endswith(phone)]

    def link(self, phone: str, template: str) -> str:
        text = [m["text"] for m in self.letters(phone) if m["template"] == template][-1]
        return urlsplit(next(word for word in text.split() if "://" in word).rstrip(".")).path

    def closed_case_of(self, role: str) -> str:
        """A new case that somebody of the demo reported and may rate now."""
        vault = self.app.extensions["gongzhi_instance"].vault
        hashed = vault.keyed_hash("phone", f"+86{self.phone_of(role)}")
        with self.database.write() as session:
            person = session.scalars(select(Person).where(Person.phone_hash == hashed)).one()
            place = session.scalars(select(Area).where(Area.code == PLACE)).one()
            at = now() - timedelta(hours=8)
            made = reports.case(session, place, state=State.CLOSED, reporter=person, at=at)
            return made.number

    def phone_of(self, role: str) -> str:
        return next(account.phone for account in demo_accounts() if account.role == role)


@dataclass
class Screen:
    """One window."""

    site: Site
    page: Any
    shots: Path | None = None
    mode: str = "normal"
    script: bool = True
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: Any) -> None:
        # the browser's own line about an answer like 422, which is meant
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")

    @property
    def width(self) -> int:
        return int(self.page.viewport_size["width"])

    @property
    def h1(self) -> str:
        return str(self.page.inner_text("h1"))

    def open(self, path: str, look: str = "") -> None:
        self.page.goto(self.site.origin + path)
        self.look(look)

    def look(self, name: str = "") -> None:
        """The page keeps what every page keeps; keep a picture of it."""
        self.page.wait_for_load_state()
        faults = rules.wide(self.page)
        # axe waits for timers, which a window without script does not have
        if self.script:
            faults += rules.structure(self.page, plain=self.mode == "plain")
            faults += rules.colours(self.page)
        assert faults == [], "\n".join([f"{self.page.url} at {self.width}", *faults])
        if self.shots is not None and name:
            self.shots.mkdir(parents=True, exist_ok=True)
            file = self.shots / f"{name}-{self.width}.png"
            self.page.screenshot(path=str(file), full_page=True)

    def press(self, words: str, look: str = "") -> None:
        """A button, a link or a label with these words."""
        found = self.page.locator("main :is(button, a, label, summary):visible", has_text=words)
        exact = found.filter(has_text=re.compile(rf"^\s*{re.escape(words)}\s*$"))
        (exact if exact.count() else found).first.click()
        self.look(look)

    def sign_in(self, role: str) -> None:
        """As one of the demo's fixed accounts, the way a person does."""
        self.open("/sign-in/password")
        self.page.fill("[name=phone]", self.site.phone_of(role))
        self.page.fill("[name=password]", PASSWORD)
        self.press("Sign in")

    # --- the keyboard alone -----------------------------------------------------------------------

    def tab_to(self, words: str) -> None:
        """Press Tab until something with these words has the focus."""
        for _ in range(120):
            self.page.keyboard.press("Tab")
            if words in self.page.evaluate(FOCUSED):
                return
        raise AssertionError(f"Tab never reaches {words!r} on {self.page.url}")

    def key(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def follow(self, words: str, look: str = "", key: str = "Enter") -> None:
        """Go to it by Tab, press the key, and wait for the page it leads to."""
        self.tab_to(words)
        self.go(key, look)

    def go(self, key: str, look: str = "") -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.look(look)

    def type(self, words: str, text: str) -> None:
        self.tab_to(words)
        self.page.keyboard.type(text)
