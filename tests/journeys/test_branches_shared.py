"""Branches in which others than one unit do the work: the head of a building, or several units.

As in ``test_branches``: through the pages, as everybody in it reads them.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from portal.kernel import clock
from portal.organisations.models import Organisation
from portal.reports.rules.codes import State
from tests.journeys.branches import Streets, Told, filed_by, streets_of
from tests.journeys.town import HAPPY, Town
from tests.make import accounts
from tests.make.doors import BUILDING, building
from tests.make.organisations import unit
from tests.make.photos import jpeg
from tests.pages import Page

BEGUN = ["Reported", "Accepted By 窗口"]
SETTLE = "Solved in my building"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def streets(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Streets]:
    yield from streets_of(request, tmp_path_factory)


@pytest.fixture
def town(streets: Streets) -> Town:
    return streets.next_day()


# --- the head of a building -----------------------------------------------------------------------


def _asked(town: Town, phone: str) -> Told:
    """A small matter of a building of which its head says that it is solved."""
    if BUILDING not in town.city.tree:
        with town.database.write() as session:
            town.city.tree[BUILDING] = building(session, town.city.tree)
    told = filed_by(town, phone, area_code=BUILDING)
    town.step("desk", told.number, "Accept")
    with town.database.write() as session:
        place = town.city.tree[BUILDING]
        head = accounts.staff(session, "building_head", area=place, name="楼长")
    town.browsers["head"] = town.city.browser(head)
    town.later(hours=1)
    form = town.at("head").get(f"/desk/cases/{told.number}/settle", status=200).form()
    # without a photo nothing is settled, and her words stay
    again = form.fill(words="搬走了").send(SETTLE, status=422)
    assert "搬走了" in again.html
    again.form().attach("photos", jpeg()).send(SETTLE, status=200)
    return told


def _answer(told: Told) -> Page:
    """The reporter follows the link of the question and reads it."""
    browser = told.town.resident()
    page = browser.get(told.town.link(told.phone, "report.settled"), status=200)
    page = page.click("Is it solved? Yes or no", status=200)
    assert page.soup.select("main img"), "she sees what she is asked about"
    return page


def test_a_building_head_settles_a_small_matter_with_the_reporters_yes(town: Town) -> None:
    told = _asked(town, "13800001241")
    assert told.posted() == ["accepted", "settled"]
    # while she is asked, nobody else has the say
    assert told.queue("verifier") == ""
    assert told.queue("worker", "all") == ""
    assert "Close the case" not in town.open("verifier", told.number).text
    _answer(told).form().send("Yes, it is solved", status=200)
    assert town.row(told.number).state is State.SETTLED
    assert "Solved in the building" in told.public()
    assert told.queue("verifier") == ""
    # it ended without a unit: nothing to rate, and no rating is asked for
    assert told.posted() == ["accepted", "settled"]
    history = told.history()
    assert history[:2] == BEGUN
    assert len(history) == 4
    assert history[2].endswith("By 楼长")
    assert "By" not in history[3]


def test_what_the_reporter_says_is_not_solved_goes_the_usual_way(town: Town) -> None:
    told = _asked(town, "13800001242")
    _answer(told).form().fill(words="还堆着").send("No", status=200)
    row = town.row(told.number)
    assert (row.state, row.times_sent_back) == (State.REOPENED, 1)
    assert told.number in told.queue("desk")
    town.step("desk", told.number, "Dispatch to a unit", unit=str(town.city.unit.id))
    assert "还堆着" in town.open("worker", told.number).text
    town.handle(told.number)
    town.close(told.number)
    assert told.posted()[:3] == ["accepted", "settled", "sent_back"]
    assert told.posted()[-1] == "rate"


def test_without_her_answer_the_verifier_has_the_say_when_her_days_are_over(town: Town) -> None:
    told = _asked(town, "13800001243")
    until = town.row(told.number).confirm_until
    assert until is not None
    left = until - clock.now()
    assert timedelta(days=4, hours=23) < left <= timedelta(days=5)
    town.later(days=5)
    town.sign_out()
    assert told.number in told.queue("verifier")
    town.close(told.number)
    assert town.row(told.number).state is State.CLOSED
    assert told.posted()[-1] == "rate"


# --- one matter, several units --------------------------------------------------------------------


def _roads(town: Town) -> Organisation:
    """A second unit of the street, with somebody in it."""
    with town.database.write() as session:
        found = unit(session, f"SZ{clock.now():%m%d}", "市政所", area=town.city.tree["370283001"])
        worker = accounts.staff(session, "handling_unit", organisation=found, name="修路工")
    town.browsers["roads"] = town.city.browser(worker)
    return found


def _does(town: Town, who: str, number: str, words: str) -> None:
    page = town.open(who, number).click("Report the work as done", status=200)
    form = page.form().fill(words=words).attach("photos", jpeg(), "after.jpg")
    form.send("Report the work as done", status=200)


def test_a_matter_of_two_units_waits_for_both_and_is_one_matter_to_its_reporter(
    town: Town,
) -> None:
    told, roads = filed_by(town, "13800001244"), _roads(town)
    town.step("desk", told.number, "Accept")
    page = town.open("desk", told.number).click("Split off parts for other units", status=200)
    cleaners = str(town.city.unit.id)
    form = page.form().fill(category_1="litter", unit_1=cleaners, words_1="清掉垃圾")
    form.fill(category_2="road_damage", unit_2=str(roads.id), words_2="补上路面")
    form.send("Split off and tell the units", status=200)
    assert "Several units work on it together" in told.hers()
    parts = _parts(town, told.number)
    cleaning, paving = (
        next(number for number in parts if town.row(number).unit_id == one)
        for one in (town.city.unit.id, roads.id)
    )
    # each unit has its own part, and neither reads who reported
    assert told.queue("worker", "all") == ""
    for who, number, words in (("worker", cleaning, "清掉垃圾"), ("roads", paving, "补上路面")):
        page = town.open(who, number)
        assert words in page.text
        assert told.phone not in page.html
        town.passer_by.get(f"/reports/{number}", status=404)
    town.later(hours=1)
    _does(town, "worker", cleaning, "垃圾清了")
    town.close(cleaning)
    # the whole is not handled as long as a part is open
    assert "To dispatch" not in told.queue("desk")
    assert "Report the work as done" not in town.open("desk", told.number).text
    _does(town, "roads", paving, "路面补了")
    town.step("verifier", paving, "Send back", reason="partly_done")
    assert "To dispatch" not in told.queue("desk")
    _does(town, "roads", paving, "这次补平了")
    town.close(paving)
    assert "To dispatch" in told.queue("desk")
    _whole_ends(town, told)


def _parts(town: Town, number: str) -> list[str]:
    page = town.open("desk", number)
    links = {str(link["href"]) for link in page.soup.select("main a[href^='/desk/cases/']")}
    found = {href.split("/")[3].split("?")[0] for href in links} - {number}
    return sorted(one for one in found if len(one) == len(number))


def _whole_ends(town: Town, told: Told) -> None:
    """The matter itself is handed in, verified with all results before one's eyes, rated once."""
    town.step("desk", told.number, "Dispatch to a unit", unit=str(town.city.unit.id))
    town.handle(told.number, "都做完了")
    seen = town.open("verifier", told.number).text
    assert "垃圾清了" in seen
    assert "这次补平了" in seen
    town.close(told.number)
    page = town.resident().get(town.link(told.phone, "report.rate"), status=200)
    page.form().fill(**HAPPY).send("Go on", status=200)
    assert town.row(told.number).state is State.CLOSED
    # of the parts she heard once that there are some, and nothing of each
    posted = told.posted()
    assert posted.count("rate") == posted.count("handled") == 1
    history = told.history()
    assert history[:2] == BEGUN
    assert "Parts were split off By 窗口" in history
    assert "The last part has ended: the case goes on" in history
