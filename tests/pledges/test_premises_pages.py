"""The pages of the register: the desk enters, hands over and takes tables in; everybody looks."""

from collections.abc import Mapping

from flask import Flask
from sqlalchemy import select

from pledges.models import Premises
from pledges.rules.premises import PremisesState
from pledges.rules.register import PremisesFlaw
from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.db import Database
from tests.make import pledges as make
from tests.make.accounts import sign_in_as
from tests.make.pledges import PHONE, TODAY
from tests.make.premises import LINE, OTHER, STREET, csv_of, enter, pledged, take_in, told
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted


def at_desk(app: Flask, desk: Person) -> Browser:
    browser = Browser(app).in_language("en")
    sign_in_as(browser, desk)
    return browser


def test_the_desk_enters_changes_and_hands_over(
    app: Flask, database: Database, desk: Person
) -> None:
    browser = at_desk(app, desk)
    form = browser.get("/desk/premises/new", status=200).form(button="Save")
    page = form.fill(
        title="东阁早点铺", kind="shop", trade="food", road="胜利路", door="12号", place=STREET,
        duty_words="从店门到路沿石", operator="王秀英", phone="12", sole_trader="yes",
    ).send()  # fmt: skip
    assert "This is not a telephone number." in page.text
    assert "东阁早点铺" in str(page.soup)
    page = page.form(button="Save").fill(phone=PHONE).send()
    assert page.status == 200
    assert page.h1 == "东阁早点铺"
    assert "王秀英" in page.text
    assert PHONE[-4:] not in page.text
    page = page.form(button="Save").fill(title="东阁大饭店").send()
    assert page.h1 == "东阁大饭店"
    page = browser.get(f"{page.path}/tenant", status=200).form(button="Enter the new operator")
    page = page.fill(operator="李四海").send()
    assert "李四海" in page.text
    assert "no telephone is known" in page.text
    assert "东阁大饭店" in browser.get("/desk/premises/?q=胜利路", status=200).text
    assert "东阁大饭店" not in browser.get("/desk/premises/?q=人民路", status=200).text


def test_a_table_is_sent_and_its_bad_lines_are_shown(
    app: Flask, database: Database, desk: Person
) -> None:
    browser = at_desk(app, desk)
    page = browser.get("/desk/premises/import", status=200).form(button="Take it over")
    bad = csv_of(LINE, LINE | {"title": "另一家"})
    page = page.attach("file", bad, "street.csv", "text/csv").send()
    assert "The same door as on line 2." in page.text
    good = csv_of(LINE, LINE | {"door": "14号"})
    form = page.form(button="Take it over").attach("file", good, "street.csv", "text/csv")
    page = form.send()
    assert "Taken over: 2 places." in str(page.soup)


def test_everybody_sees_the_register_and_nobody_who_runs_it(
    database: Database, desk: Person, tree: Mapping[str, Area], browser: Browser
) -> None:
    pledged(database, tree)
    enter(database, desk, title="李记修车", kind="店铺", trade="修理洗车", door="20号")
    page = browser.in_language("en").get("/pledges/", status=200)
    assert "has pledged since" in page.text
    assert "no pledge yet" in page.text
    for secret in ("王秀英", PHONE, PHONE[-4:]):
        assert secret not in str(page.soup)
    for query, there in (
        ("trade=repair", True), ("trade=food", False), ("kind=market", False),
        (f"place={STREET}", True), (f"place={OTHER}", False), ("place=nowhere", False),
        ("kind=bazaar", True),
    ):  # fmt: skip
        found = browser.get(f"/pledges/?{query}", status=200)
        assert ("李记修车" in found.text) is there, query


def test_the_table_of_the_register_can_be_taken_over_again_and_runs_nothing(
    app: Flask, database: Database, desk: Person, tree: Mapping[str, Area]
) -> None:
    with database.write() as session:
        row = make.premises(session, tree[STREET], "5号", title='=HYPERLINK("x")')
        make.operator(session, row)
        make.premises(session, tree[OTHER], "6号", title="别处的店")
        make.premises(session, tree[STREET], "7号")
    browser = at_desk(app, desk)
    sheet = browser.client.get("/desk/premises/register.csv").data
    text = sheet.decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    for hidden in ("王秀英", PHONE[-4:], "别处的店"):
        assert hidden not in text
    with database.write() as session:
        for old in session.scalars(select(Premises).where(Premises.title == "东阁早点铺")):
            old.state, old.gone_on = PremisesState.GONE, TODAY
    kept = "\n".join(line for line in text.splitlines() if "HYPERLINK" not in line).encode()
    assert take_in(database, desk, kept).added == 1
    book = browser.client.get("/desk/premises/register.xlsx").data
    assert told(take_in(database, desk, book))[0][1] in {
        PremisesFlaw.DOOR_TAKEN, PremisesFlaw.STRAY,
    }  # fmt: skip


def test_a_long_register_takes_no_more_queries(
    app: Flask, database: Database, desk: Person, tree: Mapping[str, Area]
) -> None:
    browser, found = at_desk(app, desk), list[list[int]]()
    for doors in (range(1, 3), range(3, 28)):
        with database.write() as session:
            for at in doors:
                make.operator(session, make.premises(session, tree[STREET], f"{at}号"))
        browser.get("/pledges/")
        found.append([])
        for url in ("/pledges/", "/desk/premises/", "/pledges/?trade=food"):
            with counted(database) as statements:
                browser.get(url, status=200)
            found[-1].append(len(statements))
    assert found[0] == found[1]
    assert max(found[1]) <= 6
