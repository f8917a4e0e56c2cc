"""A small city at work, with somebody in every role, for tests of pages."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel import clock
from portal.kernel.db import Database
from portal.organisations.models import Organisation
from tests.make import accounts, reports
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.make.rows import ReadsCases
from tests.pages import Browser

AREA = "370283001001"


@dataclass
class City(ReadsCases):
    """A small city at work."""

    app: Flask
    database: Database
    area: Area
    tree: dict[str, Area]
    unit: Organisation
    desk: Person
    worker: Person
    verifier: Person
    lead: Person
    centre: Person

    def browser(self, person: Person) -> Browser:
        browser = Browser(self.app)
        accounts.sign_in_as(browser, person)
        return browser.in_language("en")

    def case(self, **options: Any) -> str:
        with self.database.write() as session:
            options.setdefault("at", clock.now() - timedelta(hours=6))
            return reports.case(session, self.area, unit=self.unit, **options).number


def small_city(app: Flask, database: Database) -> City:
    with database.write() as session:
        tree = small_tree(session)
        cleaners = unit(session, "CLEAN", "环卫中心", area=tree["370283"])
        unit(session, "ROADS", "市政中心", area=tree["370283002"])
        street = tree["370283001"]
        return City(
            app,
            database,
            tree[AREA],
            tree,
            cleaners,
            accounts.staff(session, "street_desk", area=street, name="窗口"),
            accounts.staff(session, "handling_unit", organisation=cleaners, name="工人"),
            accounts.staff(session, "verifier", area=street, name="核查"),
            accounts.staff(session, "grid_lead", area=tree[AREA], name="网格长"),
            accounts.staff(session, "city_centre", area=tree["370283"], name="中心"),
        )
