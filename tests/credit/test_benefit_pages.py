"""Benefits in the browser: seen, kept, fetched with a code, cancelled; offered and checked."""

from dataclasses import dataclass
from typing import Any

import pytest
import zxingcpp
from flask import Flask

from credit.queries.benefits import PAGE
from credit.rules.benefits import BenefitState, RedemptionState
from credit.service.benefits import check_benefit, offer_benefit
from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.db import Database
from tests.make.accounts import sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.benefits import COMMUNITY, WISH, desk, kept, offer, pick_up_code, read, saver
from tests.make.credit import DISTRICT, NOW
from tests.make.pictures import picture_of_svg
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted


@dataclass
class Town:
    """A small city, and browsers of those who live and work in it."""

    app: Flask
    database: Database
    tree: dict[str, Area]

    def staff(self, role: str = "community_committee") -> Browser:
        with self.database.write() as session:
            who = staff(session, role, area=self.tree[COMMUNITY])
        return self._browser(who)

    def saver(self, points: int = 20) -> Browser:
        with self.database.write() as session:
            who = session.get_one(Person, saver(session, points).person_id)
        return self._browser(who)

    def _browser(self, who: Person) -> Browser:
        browser = Browser(self.app).in_language("en")
        sign_in_as(browser, who)
        return browser

    def offer(self, **changes: Any) -> str:
        with self.database.write() as session:
            return offer(session, self.tree, **changes).code

    def in_stock(self, code: str) -> int | None:
        with self.database.read() as session:
            return read(session, code).in_stock

    def state(self, number: str) -> RedemptionState:
        with self.database.read() as session:
            return kept(session, number).state


@pytest.fixture
def town(app: Flask, database: Database) -> Town:
    with database.write() as session:
        return Town(app, database, small_tree(session))


def test_a_benefit_is_seen_kept_fetched_with_its_code_and_its_points_are_spent(town: Town) -> None:
    code = town.offer(stock=1)
    passer_by = Browser(town.app).in_language("en").get("/credit/benefits", status=200)
    assert "Shopping bag" in passer_by.text
    page = passer_by.click("Shopping bag", status=200)
    assert page.click("Sign in to have it kept").path == "/sign-in"
    resident = town.saver()
    form = resident.get(f"/credit/benefits/{code}", status=200).form(button="Have it kept for me")
    first, second = form.send_twice()
    # a double click is one
    assert first.path == second.path
    number = first.path.rpartition("/")[2]
    assert town.in_stock(code) == 0
    with town.database.read() as session:
        secret = pick_up_code(session, number)
    assert secret in first.text
    scanned = zxingcpp.read_barcodes(picture_of_svg(str(first.soup.select_one(".receipt-qr svg"))))
    assert scanned[0].text.endswith(f"/desk/benefits/hand-out?code={secret}")
    clerk = town.staff()
    # a phone opens the address, a scanner types it: both find the same
    opened = clerk.get(scanned[0].text.removeprefix("http://127.0.0.1:8000"), status=200)
    opened.form().send(status=200)
    found = clerk.get("/desk/benefits/hand-out").form().fill(code=scanned[0].text).send(status=200)
    assert found.path == f"/desk/benefits/hand-out/{number}"
    assert "王**" in found.text
    assert "王小明" not in found.text
    done = found.form(button="It was handed out").send(status=200)
    assert "The points are spent" in done.html
    assert town.state(number) is RedemptionState.HANDED_OUT
    assert "Fetched, points spent" in resident.get("/credit/benefits/mine", status=200).text
    ended = resident.get(first.path, status=200)
    assert secret not in ended.html
    looks = resident.get("/me/looks", status=200)
    assert number in looks.text


def test_she_cancels_what_is_kept_and_the_next_one_can_have_it(town: Town) -> None:
    code = town.offer(stock=1)
    first, second = town.saver(), town.saver()
    kept_page = first.get(f"/credit/benefits/{code}").form().send(status=200)
    assert "The last one is gone" in second.get(f"/credit/benefits/{code}", status=200).text
    kept_page.form(button="I do not want it any more").send(status=200)
    assert town.in_stock(code) == 1
    second.get(f"/credit/benefits/{code}").form().send(status=200)
    assert second.get("/credit/benefits").text.count("Shopping bag") == 1


def test_the_loser_of_the_last_one_is_told_and_keeps_her_points(town: Town) -> None:
    code = town.offer(stock=1)
    first, second = town.saver(), town.saver()
    forms = [one.get(f"/credit/benefits/{code}").form() for one in (first, second)]
    forms[0].send(status=200)
    lost = forms[1].send(status=409)
    assert lost.errors == ["The last one is gone. Your points are untouched."]
    assert "You have 20 points to spend" in second.get("/credit/benefits").text


def test_who_has_too_few_points_sees_how_many_are_missing_and_has_no_button(town: Town) -> None:
    code = town.offer()
    page = town.saver(3).get(f"/credit/benefits/{code}", status=200)
    assert "You need 2 more points for this" in page.text
    assert not page.soup.select("main form")


@pytest.mark.parametrize(
    "path",
    ["/credit/benefits/mine/{number}", "/desk/benefits/hand-out/{number}"],
)
def test_what_is_kept_for_somebody_is_nobody_elses(town: Town, path: str) -> None:
    code = town.offer()
    number = town.saver().get(f"/credit/benefits/{code}").form().send().path.rpartition("/")[2]
    other = town.staff() if path.startswith("/desk") else town.saver()
    other.get(path.format(number=number), status=404)


def test_an_offer_is_written_by_one_and_checked_by_another(town: Town) -> None:
    writer, other = town.staff(), town.staff()
    page = writer.get("/desk/benefits", status=200).click("Offer something", status=200)
    empty = page.form().send(status=422)
    assert empty.errors
    typed = {
        "kind": "repair", "title_zh_hans": "磨刀", "words_zh_hans": "菜刀、剪刀各一把",
        "title_en": "Knives sharpened", "offered_by": "社区志愿者", "area": COMMUNITY,
        "pick_up": "社区服务中心", "price": "3", "stock": "4", "hold_days": "7",
    }  # fmt: skip
    wrong = page.form().fill(**typed, valid_to="2020-01-01").send(status=422)
    assert wrong.errors == ["The last day is not before the first."]
    # nothing typed is lost
    saved = wrong.form().fill(valid_to="").send(status=200)
    code = saved.path.rpartition("/")[2]
    assert "Waits for a second person" in saved.text
    assert "磨刀" not in Browser(town.app).get("/credit/benefits").text
    Browser(town.app).get(f"/credit/benefits/{code}", status=404)
    own = writer.get(f"/desk/benefits/{code}/check", status=200)
    assert not own.soup.select("main form")
    check = other.get(f"/desk/benefits/{code}", status=200).click("Check this offer", status=200)
    assert check.form().send(status=422).errors
    checked = check.form().fill(declared=True).send(status=200)
    assert "Offered" in checked.text
    assert "磨刀" in Browser(town.app).get("/credit/benefits").text


def test_words_that_sound_forbidden_are_shown_to_who_checks(town: Town) -> None:
    code = town.offer(titles={"zh_Hans": "充电费"}, words={"zh_Hans": "五十元"})
    desk = town.staff()
    page = desk.get(f"/desk/benefits/{code}/check", status=200)
    assert "water, power, gas, heating" in page.notices[0]


def test_two_who_change_an_offer_do_not_overwrite_each_other(town: Town) -> None:
    code = town.offer()
    forms = [town.staff().get(f"/desk/benefits/{code}/edit").form() for _ in range(2)]
    forms[0].fill(price="7").send(status=200)
    lost = forms[1].fill(price="9").send(status=409)
    assert lost.errors == ["Somebody else has changed this offer meanwhile."]
    assert "9" in str(lost.soup.select_one("#price"))


def test_the_desk_counts_closes_and_opens_again(town: Town) -> None:
    code, desk = town.offer(stock=2), town.staff()
    stock = desk.get(f"/desk/benefits/{code}").click("Count the stock", status=200)
    too_many = stock.form().fill(step="stock_out", amount="3", reason="盘点").send(status=409)
    assert "So many are not in stock" in too_many.errors[0]
    counted_in = too_many.form().fill(step="stock_in", amount="3").send(status=200)
    assert town.in_stock(code) == 5
    assert "盘点" in counted_in.text
    ended = counted_in.click("Offer it no more", status=200)
    assert ended.form().send(status=422).errors
    closed = ended.form().fill(reason="送完了").send(status=200)
    closed.form(button="Offer it again").send(status=200)
    with town.database.read() as session:
        assert read(session, code).state is BenefitState.WAITING


def test_a_wrong_code_is_told_and_counted(town: Town) -> None:
    desk = town.staff("volunteer_organiser")
    page = desk.get("/desk/benefits/hand-out", status=200)
    for _ in range(10):
        page = page.form().fill(code="7K3M9-QX2HD").send(status=422)
        assert page.errors == ["No benefit is fetched here with this code."]
    page = page.form().fill(code="7K3M9-QX2HD").send(status=422)
    assert "Too many wrong codes" in page.errors[0]
    # and she who hands out offers nothing
    desk.get("/desk/benefits", status=403)


def test_the_list_sends_the_same_queries_however_much_it_shows(town: Town) -> None:
    town.offer()
    resident, clerk = town.saver(), town.staff()

    def sent() -> list[int]:
        found = []
        for browser, path in (
            (Browser(town.app), "/credit/benefits"),
            (resident, "/credit/benefits"),
            (resident, "/credit/benefits/mine"),
            (clerk, "/desk/benefits"),
        ):
            with counted(town.database) as statements:
                browser.get(path, status=200)
            found.append(len(statements))
        return found

    # what every place is called is known after the first reader
    sent()
    few = sent()
    for at in range(PAGE + 2):
        code = town.offer(titles={"zh_Hans": f"购物袋{at}"}, price=1)
        if at % 10 == 0:
            resident.get(f"/credit/benefits/{code}").form().send(status=200)
    assert sent() == few
    assert max(few) <= 6
    page = Browser(town.app).in_language("en").get("/credit/benefits")
    assert len(page.soup.select(".card")) == PAGE
    assert len(page.click("Show more", status=200).soup.select(".card")) == 3
    assert (
        len(clerk.get("/desk/benefits").click("Show more", status=200).soup.select("tbody tr")) == 3
    )


def test_the_list_is_narrowed_to_a_street(town: Town) -> None:
    town.offer()
    page = Browser(town.app).in_language("en").get("/credit/benefits", status=200)
    # with one street there is nothing to choose from
    assert not page.soup.select(".tags")
    with town.database.write() as session:
        other = {COMMUNITY: town.tree[f"{DISTRICT}002001"]}
        code = offer_benefit(
            session, desk(session, other), WISH, area_code=other[COMMUNITY].code, stock=1, now=NOW
        )
        check_benefit(session, desk(session, other), code, declared=True, seen=1, now=NOW)
    page = Browser(town.app).in_language("en").get("/credit/benefits", status=200)
    assert len(page.soup.select(".card")) == 2
    assert len(page.click("李园街道", status=200).soup.select(".card")) == 1
    elsewhere = Browser(town.app).in_language("en").get(f"/credit/benefits?area={DISTRICT}001002")
    assert "Nothing is offered here" in elsewhere.text
