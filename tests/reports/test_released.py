"""What reporters said stands in the figures of staff only as the stored releases tell it (P4)."""

from datetime import UTC, date, datetime

from flask import Flask

from portal.kernel.db import Database
from portal.reports.queries.figures import Chosen
from portal.reports.queries.released import Said, said_of
from portal.reports.rules.codes import Source, State
from portal.reports.rules.figures import Answered, By, Span, month_span
from portal.reports.service.counting import refresh_counts
from tests.make import accounts, reports
from tests.make.accounts import sign_in_as
from tests.make.releases import MONTH, no_noise, rate_many, release, town
from tests.pages import Browser

EAST, WEST = "/370283/370283001/", "/370283/370283002/"
FIRST = f"{EAST}370283001001/"
OCTOBER = month_span(date(2026, 10, 1))
QUARTER = Span(date(2026, 10, 1), date(2026, 12, 31))
NOTHING = Said()


def asked(database: Database, span: Span = OCTOBER, by: By = By.PLACE, keys: tuple[str, ...] = (),
          chosen: Chosen | None = None, above: str | None = None) -> Said:  # fmt: skip
    with database.read() as session:
        return said_of(session, span, chosen or Chosen(), by, keys, above)


def test_P4_figures_of_staff_tell_of_answers_what_the_release_tells(database: Database) -> None:
    with database.write() as session:
        town(session)
        rate_many(session, FIRST, 2000)
        rate_many(session, WEST, 10)
    # not before it is released, however many answered
    assert asked(database, keys=(EAST, WEST)) == NOTHING
    release(database, noise=no_noise)
    said = asked(database, keys=(EAST, WEST))
    assert said == Said({EAST: Answered(2000, 1600, 1800)}, Answered(2010, 1608, 1809))
    assert asked(database, above=EAST).total == said.rows[EAST]
    assert asked(database, above=WEST).total is None
    kinds = asked(database, by=By.CATEGORY, keys=("litter", "noise"))
    assert kinds.rows == {"litter": Answered(2010, 1608, 1809)}
    litter = Chosen(categories=frozenset({"litter"}))
    assert asked(database, chosen=litter, above="/370283/").total == kinds.rows["litter"]
    assert asked(database, by=By.MONTH, keys=("2026-10-01",)).rows["2026-10-01"] == said.total


def test_P4_what_no_release_tells_is_not_told(database: Database) -> None:
    with database.write() as session:
        tree = town(session)
        rate_many(session, FIRST, 2000)
    release(database, noise=no_noise)
    for chosen in (Chosen(source=Source.MEDIA), Chosen(unit_id=tree["city"].id)):
        assert asked(database, chosen=chosen, keys=(EAST,)) == NOTHING
    assert asked(database, by=By.UNIT, keys=("0" * 32,)).rows == {}
    # kinds of problems are told of the whole city only, and one by one
    assert asked(database, by=By.CATEGORY, keys=("litter",), above=EAST).rows == {}
    both = Chosen(categories=frozenset({"litter", "noise"}))
    assert asked(database, chosen=both) == NOTHING
    for span in (Span(OCTOBER.first, date(2026, 10, 30)), QUARTER):
        assert asked(database, span, keys=(EAST,)) == NOTHING


def test_a_quarter_is_the_sum_that_its_last_release_tells(database: Database) -> None:
    with database.write() as session:
        town(session)
        for month in (10, 11, 12):
            rate_many(session, FIRST, 700, ends=datetime(2026, month, 15, tzinfo=UTC))
    for month, after in ((10, (2026, 11)), (11, (2026, 12)), (12, (2027, 1))):
        ends = datetime(*after, 2, tzinfo=UTC)
        release(database, f"2026-{month:02d}", noise=no_noise, now=ends)
    assert asked(database, above=FIRST).total == Answered(700, 560, 630)
    assert asked(database, QUARTER, above=FIRST).total == Answered(2100, 1680, 1890)
    # the four months from September on begin before there are releases
    assert asked(database, Span(date(2026, 9, 1), QUARTER.last), above=FIRST).total is None
    # the release of a correction stands in for the first
    with database.write() as session:
        rate_many(session, FIRST, 100)
    release(database, noise=no_noise, reason="补录", now=datetime(2027, 1, 3, tzinfo=UTC))
    assert asked(database, above=FIRST).total == Answered(800, 640, 720)


def test_P4_the_page_shows_the_release_and_says_what_is_not_told(
    app: Flask, database: Database
) -> None:
    with database.write() as session:
        tree = town(session)
        rate_many(session, FIRST, 2000)
        reports.category(session, "litter")
        unit_less = reports.case(
            session, tree["first"], state=State.CLOSED, at=datetime(2026, 10, 8, 2, tzinfo=UTC)
        )
        assert unit_less.category_code == "litter"
        desk = accounts.staff(session, "street_desk", area=tree["east"])
    release(database, noise=no_noise)
    refresh_counts(database, datetime(2026, 11, 3, tzinfo=UTC))
    browser = Browser(app).in_language("en")
    sign_in_as(browser, desk)
    address = f"/desk/figures?first={MONTH}-01&last={MONTH}-31"
    page = browser.get(f"{address}&figure=satisfaction_rate", status=200)
    assert "90.0% (1,800 of 2,000)" in page.text
    # two times of each place and figure: altogether, and by community
    assert "80.0% (1,600 of 2,000)" in page.text
    assert "read from the anonymised releases only" not in page.text
    page = browser.get(f"{address}&by=unit&figure=satisfaction_rate", status=200)
    assert "not released" in page.text
    assert "read from the anonymised releases only" in page.text
