"""The report flow for tests: a small city that takes reports, answers, and a walk through pages."""

from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.accounts.rules import NOBODY, Actor
from portal.areas.models import Area
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.reports.models import Case
from portal.reports.rules.intake import Contact, ReportAnswers
from portal.reports.service.categories import load_categories
from portal.reports.service.intake import Filed, file_report
from tests.make.areas import small_tree
from tests.pages import Browser, Page

COMMUNITY = "370283001001"
INSIDE = (119.9, 36.7)
PHONE = "13800001288"
IN_COMMUNITY = ((36.0, 40.0, 0.0), (119.0, 54.0, 0.0))  # as EXIF: 36.6667 N, 119.9 E


def ready(database: Database) -> dict[str, Area]:
    """The small Pingdu with the shipped kinds of problems."""
    with database.write() as session:
        tree = small_tree(session)
        load_categories(session, None, now())
        return tree


def answers(**changes: Any) -> ReportAnswers:
    """Everything that a report needs, anonymous, about a thing."""
    whole = ReportAnswers(
        photo_answered=True,
        area_code=COMMUNITY,
        category_code="litter",
        words="垃圾桶满了，三天没人清",
        words_answered=True,
        contact=Contact.NONE,
        publish=True,
    )
    return replace(whole, **changes)


def filed(database: Database, actor: Actor = NOBODY, **changes: Any) -> Filed:
    """A report through the real service."""
    with database.write() as session:
        return file_report(session, answers(**changes), actor=actor, now=now())


def visitor(app: Flask) -> Browser:
    """A passer-by who reads English."""
    return Browser(app).in_language("en")


def to_place(browser: Browser, photo: bytes | None = None) -> Page:
    """Past the photo page."""
    page = browser.get("/reports/new", status=200)
    form = page.form(button="Continue")
    if photo is not None:
        return form.attach("photos", photo).send("Continue", status=200)
    return form.send("Skip: no photo", status=200)


def choose_place(browser: Browser, name: str = "东阁街道001社区") -> Page:
    """A community of the first street from the lists, and no finer place."""
    page = browser.get(f"/reports/new/place/list?under={COMMUNITY[:9]}M1", status=200)
    return page.form().send(name, status=200)


def to_check(
    browser: Browser, photo: bytes | None = None, *, kind: str = "Rubbish not cleared"
) -> Page:
    """All pages, answered, up to the last one."""
    to_place(browser, photo)
    page = choose_place(browser)
    page = page.form(button=kind).send(kind, status=200)
    page = page.form().fill(words="垃圾桶满了", place_words="北门").send("Continue", status=200)
    form = page.form().fill(contact="none")
    if page.soup.select("[name=publish]"):
        form.fill(publish="show")
    return form.send("Continue", status=200)


def at_details(reader: Browser) -> Page:
    """Up to the page that asks for words."""
    to_place(reader)
    choose_place(reader)
    page = reader.get("/reports/new/what").form(button="Rubbish")
    return page.send("Rubbish not cleared", status=200)


def at_contact(reader: Browser, kind: str = "Rubbish not cleared") -> Page:
    """Up to the page that asks about the reporter."""
    to_place(reader)
    choose_place(reader)
    page = reader.get("/reports/new/what").form(button=kind).send(kind, status=200)
    return page.form().fill(words="垃圾").send(status=200)


def cases(database: Database) -> list[Case]:
    """Every case there is."""
    with database.read() as session:
        return list(session.scalars(select(Case)))


def thumbnails(page: Page) -> list[str]:
    """The addresses of the pictures on a page."""
    return [str(img["src"]) for img in page.soup.select("main img")]
