"""One report through each branch of the loop, through the pages, as everybody in it reads them.

Building heads and matters with parts go round in ``test_branches_shared``.
Whoever builds a further branch adds one test here: ``filed_by`` files a report, ``Told`` says what
each side reads of it.
The town is made once for each engine; every test is a new Monday in it.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from portal.kernel import clock
from portal.reports.jobs import look_back_at_days, resume_paused
from portal.reports.rules.codes import State
from tests.journeys.branches import Streets, Told, filed_by, streets_of
from tests.journeys.town import HAPPY, UNHAPPY, Town, report_by_phone
from tests.make.photos import jpeg
from tests.pages import words

BEGUN = ["Reported", "Accepted By 窗口"]
GIVEN = [*BEGUN, "Taken up as a matter By 窗口", "Given to a unit: 环卫中心 By 窗口"]
DONE = [*GIVEN, "Handled; the result will be verified: 环卫中心 By 工人"]
CLOSED = [*DONE, "Verified and closed By 核查"]
SENT_BACK = "Sent back: the work is not done yet"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def streets(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Streets]:
    yield from streets_of(request, tmp_path_factory)


@pytest.fixture
def town(streets: Streets) -> Town:
    return streets.next_day()


def _given(town: Town, phone: str) -> Told:
    """A report that the unit has."""
    told = filed_by(town, phone)
    town.accept_and_dispatch(told.number)
    town.later(hours=1)
    return told


def _both(told: Told, *parts: str) -> None:
    """The reporter and whoever comes by read these words."""
    for text in (told.hers(), told.public()):
        for part in parts:
            assert part in text, part


def test_a_refused_report_says_why_and_where_to_go(town: Town) -> None:
    # this one page by page; the others are filed at once
    number = report_by_phone(town.resident(), "13800001211")
    told = Told(town, number, "13800001211")
    assert "New, to be checked" in told.queue("desk")
    town.step("desk", told.number, "Do not accept", reason="out_of_scope", body="court")
    text = told.hers()
    assert "Not accepted" in text
    assert "Reason: This is a matter for a court" in text
    assert "Where to go with this Court 12368" in text
    assert "Chase" not in text
    told.public(status=404)
    assert told.queue("desk") == ""
    assert "Not accepted" in told.queue("desk", "all")
    assert told.history() == ["Reported", "Not accepted By 窗口"]
    assert told.posted() == ["not_accepted.out_of_scope.to"]
    assert "Court 12368" in town.letters(told.phone)[-1]["text"]


def test_a_returned_report_is_counted_and_given_away_anew(town: Town) -> None:
    told = _given(town, "13800001212")
    assert "To handle" in told.queue("worker")
    town.step("worker", told.number, "Return the case", reason="not_ours")
    # the unit has it no more; the desk has it again, and nobody outside reads a quarrel
    assert told.queue("worker", "all") == ""
    assert "Filed, to be dispatched To dispatch" in told.queue("desk")
    _both(told, "The street desk gives it to the unit that can handle it.")
    assert "Returned" not in told.public()
    assert "not our responsibility" not in told.hers()
    assert town.row(told.number).times_returned == 1
    town.later(hours=1)
    town.step("desk", told.number, "Dispatch to a unit", unit=str(town.city.unit.id))
    assert "To handle" in told.queue("worker")
    _both(told, "Assigned", "Handled by 环卫中心")
    again = ["Returned by the unit: 环卫中心 By 工人", "Given to a unit: 环卫中心 By 窗口"]
    assert told.history() == [*GIVEN, *again]
    assert told.posted() == ["accepted", "dispatched", "dispatched"]


def test_an_extension_moves_the_promise_once_and_tells_why(town: Town) -> None:
    told = _given(town, "13800001213")
    before = town.row(told.number).promised_at
    town.step("desk", told.number, "Give more time", reason="material", days="3")
    after = town.row(told.number).promised_at
    assert before is not None
    assert after is not None
    assert after - before == timedelta(days=3)
    _both(told, "More time was given", "Reason: Material or equipment has to be ordered")
    assert "working days left" in told.queue("worker")
    assert told.history() == [*GIVEN, "More time was given By 窗口"]
    assert told.posted() == ["accepted", "dispatched", "extended.material"]
    assert "Give more time" not in town.open("desk", told.number).text


def test_a_suspended_report_waits_until_its_end_and_goes_on_by_itself(town: Town) -> None:
    told = _given(town, "13800001214")
    until = (clock.now() + timedelta(days=4)).date()
    given = {"reason": "season", "until": until.isoformat()}
    town.step("desk", told.number, "Suspend the case", **given)
    _both(told, "It cannot be settled for now", "only in another season", "Work goes on after Fri")
    assert "Suspended until" in told.queue("desk", "open")
    assert "Suspended until" in told.queue("worker", "all")
    assert told.posted()[-1] == "suspended.season"
    town.later(days=5)
    town.sign_out()
    # on time although five days went by, and before any job has run
    assert "Suspended" not in told.queue("worker")
    resume_paused(town.database, clock.now())
    _both(told, "The work goes on", "The unit goes there, handles it", "Promised until Mon")
    assert "working hours left" in told.queue("worker")
    # nobody took this step: its time had come
    assert told.history() == [*GIVEN, "Suspended By 窗口", "The work goes on"]
    assert told.posted() == ["accepted", "dispatched", "suspended.season", "resumed"]


def test_work_that_is_not_done_goes_back_before_it_is_closed(town: Town) -> None:
    told = _given(town, "13800001215")
    town.handle(told.number)
    town.step("verifier", told.number, "Send back", reason="partly_done")
    _both(told, SENT_BACK, "The unit has to do the work again, and somebody else verifies it.")
    # the unit is told what is missing, the public is not
    assert "only in part" not in told.public()
    assert "Sent back" in told.queue("worker")
    town.handle(told.number, "这次全清了")
    town.close(told.number)
    _both(told, "Fed back", "这次全清了", "It is settled.")
    assert told.queue("worker") == ""
    assert "Closed" in told.queue("verifier", "all")
    assert told.history() == [*DONE, "Sent back after the check By 核查", *CLOSED[len(GIVEN) :]]
    assert told.posted() == ["accepted", "dispatched", "handled", "sent_back", "handled", "rate"]
    assert town.row(told.number).times_sent_back == 1


def test_reporters_of_merged_reports_are_both_told_and_rate_alone(town: Town) -> None:
    one, two = filed_by(town, "13800001201"), filed_by(town, "13800001202")
    town.step("desk", one.number, "Accept")
    town.step("desk", two.number, "Join with another case", into=one.number)
    assert two.posted() == ["merged"]
    page = town.resident().get(town.link(two.phone, "report.merged"), status=200)
    assert page.path == f"/reports/{one.number}"
    assert "You have reported this too" in page.text
    assert two.queue("desk") == ""
    assert "1 more person has seen it too" in one.public()
    merged = "Joined with another report of the same problem By 窗口"
    assert two.history() == ["Reported", merged]
    town.step("desk", one.number, "Dispatch to a unit", unit=str(town.city.unit.id))
    town.handle(one.number)
    town.close(one.number)
    assert one.posted() == ["accepted", "dispatched", "handled", "rate"]
    assert two.posted() == ["merged", "dispatched", "handled", "rate"]
    for told, stays in ((one, State.CLOSED), (two, State.REOPENED)):
        page = town.resident().get(town.link(told.phone, "report.rate"), status=200)
        if stays is State.CLOSED:
            page = page.form().fill(**HAPPY).send("Go on", status=200)
        else:
            page = page.form().fill(**UNHAPPY).send("Go on", status=200)
            page = page.form(button="Send it back").send("Send it back", status=200)
        assert page.h1 == "Thank you"
        assert town.row(one.number).state is stays
    assert one.history() == [*CLOSED, "Opened again by those who reported it"]
    assert one.posted()[-1] == two.posted()[-1] == "sent_back"


def test_its_reporter_opens_it_again_and_the_unit_reads_no_verdict(town: Town) -> None:
    told = _given(town, "13800001216")
    town.handle(told.number)
    town.close(told.number)
    page = town.resident().get(town.link(told.phone, "report.rate"), status=200)
    page = page.form().fill(**UNHAPPY, words="骂人的话").send("Go on", status=200)
    page.form().fill(passed_on="桶后面还有三袋", pass_on=True).send("Send it back", status=200)
    _both(told, "Supervised", SENT_BACK)
    assert "Sent back" in told.queue("worker")
    seen = town.open("worker", told.number).text
    assert "桶后面还有三袋" in seen
    assert "骂人的话" not in seen
    assert told.history() == [*CLOSED, "Opened again by those who reported it"]
    assert told.posted() == ["accepted", "dispatched", "handled", "rate", "sent_back"]
    assert town.row(told.number).cycle == 2


def test_three_neighbours_open_it_again_and_two_do_not(town: Town) -> None:
    told = _given(town, "13800001217")
    neighbours = [town.resident() for _ in range(3)]
    for browser in neighbours:
        page = browser.get(f"/reports/{told.number}/too", status=200)
        page.form().send("I have seen it too", status=200)
    town.handle(told.number)
    town.close(told.number)
    states = []
    for browser in neighbours:
        page = browser.get(f"/reports/{told.number}", status=200).click("It is still there")
        page.form().send("It is still there", status=200)
        states.append(town.row(told.number).state)
    assert states == [State.CLOSED, State.CLOSED, State.REOPENED]
    _both(told, SENT_BACK, "3 more people have seen it too")
    assert "Sent back" in told.queue("worker")
    assert told.history() == [*CLOSED, "Opened again by those who reported it"]
    assert told.posted() == ["accepted", "dispatched", "handled", "rate", "sent_back"]


def test_an_overdue_report_is_listed_and_taken_off_when_it_is_verified(town: Town) -> None:
    told = _given(town, "13800001218")
    town.later(days=4)
    town.sign_out()
    look_back_at_days(town.database, clock.now())
    card = _card(town, told)
    assert "Listed since" in card
    assert "环卫中心" in card
    assert "somebody outside the unit has checked it" in card
    _both(told, "This date has passed.")
    assert "Overdue by" in told.queue("worker")
    assert "Overdue by" in told.queue("desk", "late")
    assert told.number in town.at("verifier").get("/desk/supervision", status=200).html
    town.handle(told.number)
    town.close(told.number)
    page = town.open("verifier", told.number).click("Take it off the list", status=200)
    page.form().fill(finding="现场干净").send(status=200)
    card = _card(town, told)
    assert "Taken off: the condition is met" in card
    assert "现场干净" not in card
    assert told.queue("desk", "late") == ""
    steps = told.history()
    assert steps[4] == "Put on the list of supervision"
    assert steps[-1] == "Taken off: the condition is met"
    assert steps[:4] + steps[5:-1] == CLOSED
    assert told.posted() == ["accepted", "dispatched", "handled", "rate"]


def _card(town: Town, told: Told) -> str:
    """Its line on the public board, among those of the other branches."""
    page = town.passer_by.get("/reports/board", status=200)
    cards = page.soup.select("main .card-list > li")
    return next(words(card) for card in cards if told.number in str(card))


def test_a_report_handed_over_says_to_whom_and_can_come_back(town: Town) -> None:
    told = filed_by(town, "13800001219")
    town.step("desk", told.number, "Accept")
    given = {"body": "court", "reference": "民初1号"}
    town.step("desk", told.number, "Hand over to another authority", **given)
    _both(told, "Handed over", "Who handles it now Court 12368")
    assert "民初1号" not in told.hers()
    assert told.queue("desk") == ""
    assert "Handed over" in told.queue("desk", "all")
    assert told.posted() == ["accepted", "handed_over.to"]
    town.later(hours=3)
    town.step("desk", told.number, "Take the case back", words="法院退回")
    _both(told, "Taken back from another authority", "The street desk looks for the unit")
    assert "Court 12368" not in told.public()
    assert "To dispatch" in told.queue("desk")
    ways = ["Handed over to another authority", "Taken back from another authority"]
    assert told.history() == [*BEGUN, *(f"{way} By 窗口" for way in ways)]
    assert told.posted() == ["accepted", "handed_over.to", "taken_back"]


def test_whoever_solved_it_herself_ends_it_with_a_photo_and_the_desk_agrees(town: Town) -> None:
    told = filed_by(town, "13800001231")
    town.step("desk", told.number, "Accept")
    town.later(hours=1)
    hers = town.resident()
    hers.get(town.link(told.phone, town.templates(told.phone)[-1]), status=200)
    page = hers.get(f"/reports/{told.number}/solved", status=200)
    # without a photo nothing ends, and her words stay
    page = page.form().fill(words="自己清了").send(status=422)
    assert "自己清了" in page.html
    page.form().attach("photos", jpeg()).send(status=200)
    _both(told, "Solved by whoever reported it")
    assert told.number in told.queue("desk")
    assert told.number in told.queue("desk", "check")
    town.later(hours=1)
    town.step("desk", told.number, "Yes, it is solved")
    assert told.queue("desk", "check") == ""
    assert told.history() == [
        *BEGUN,
        "Solved by whoever reported it",
        "Looked at: it is solved By 窗口",
    ]
    assert told.posted()[-1] == "self_solved"
    assert town.row(told.number).state is State.SELF_SOLVED
