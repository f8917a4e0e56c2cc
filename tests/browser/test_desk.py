"""The desk in a real browser: three cases by the keyboard, and several at once without script."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.areas.models import Area
from portal.kernel.clock import now
from portal.reports.models import Case
from portal.reports.rules.codes import State
from tests.browser.conftest import Opener
from tests.browser.screen import Screen, Site
from tests.make import reports
from tests.make.demo import PLACE

CURRENT = "document.querySelector('[aria-current=true] .case-number')?.textContent"
KIND = "street_furniture"


@pytest.fixture
def numbers(site: Site) -> list[str]:
    """Five new cases of one kind in the street desk's place."""
    with site.database.write() as session:
        place = session.scalars(select(Area).where(Area.code == PLACE)).one()
        made = [
            reports.reported(
                session,
                place,
                category_code=KIND,
                found_at=now() - timedelta(minutes=minutes),
                promised_at=now() + timedelta(days=1, minutes=-minutes),
            )
            for minutes in range(50, 0, -10)
        ]
        return [case.number for case in made]


@pytest.fixture(autouse=True)
def _tidied(site: Site, numbers: list[str]) -> object:
    """The shared city is left without them."""
    yield
    with site.database.write() as session:
        for case in session.scalars(select(Case).where(Case.number.in_(numbers))):
            case.state = State.VOID


def _states(site: Site, numbers: list[str]) -> list[State]:
    with site.database.read() as session:
        found = dict(session.execute(select(Case.number, Case.state)).all())
    return [found[number] for number in numbers]


def _open_queue(window: Screen, look: str = "") -> None:
    window.sign_in("street_desk")
    assert window.page.url.endswith("/desk/")
    window.open(f"/desk/?task=check&category={KIND}", look)


@pytest.mark.parametrize("width", [1280, 1920])
def test_three_cases_by_single_keys_and_a_slip_undone(
    screen: Opener, site: Site, numbers: list[str], width: int
) -> None:
    window = screen(width)
    _open_queue(window, "desk-queue")
    window.go("j", "desk-case")
    window.go("j")
    window.go("k")
    for place, key in enumerate(("a", "Enter", "a")):
        assert window.page.evaluate(CURRENT) == numbers[place]
        window.go(key)
        assert f"{numbers[place]} was given to" in window.page.inner_text(".desk-done")
    window.look("desk-confirmed")
    assert _states(site, numbers) == [State.DISPATCHED] * 3 + [State.REPORTED] * 2
    window.go("u", "desk-undone")
    assert _states(site, numbers)[2] is State.REPORTED
    assert "Undone" in window.page.inner_text(".desk-done")


def test_no_key_works_while_one_types_or_when_they_are_turned_off(
    screen: Opener, site: Site, numbers: list[str]
) -> None:
    window = screen(1280)
    _open_queue(window)
    window.go("j")
    here = window.page.url
    window.key("?")
    window.look("desk-keys")
    window.press("Find or narrow down")
    window.page.focus("#number")
    window.page.keyboard.type("jakux?")
    assert window.page.input_value("#number") == "jakux?"
    window.page.locator("#case-title").click()
    window.press("Turn the keys off")
    window.page.locator("#case-title").click()
    window.key("a", "j", "Enter", "u")
    window.page.wait_for_timeout(300)
    assert window.page.url == here
    assert _states(site, numbers) == [State.REPORTED] * 5
    # the choice is kept for the next page
    window.page.reload()
    window.key("a")
    window.page.wait_for_timeout(300)
    assert window.page.url == here
    assert "Turn the keys on" in window.page.text_content("[data-keys]")


def test_several_cases_are_checked_done_and_undone_without_script(
    screen: Opener, site: Site, numbers: list[str]
) -> None:
    window = screen(1280, script=False)
    _open_queue(window)
    window.press("Do something with several cases")
    window.press("Tick all on this page", "desk-ticked")
    window.page.locator(f".tick input[value='{numbers[4]}']").uncheck()
    window.press("Accept and give out as proposed", "desk-check")
    assert window.page.locator(".batch-line input:checked").count() == 4
    window.page.locator(".batch-line input").nth(0).uncheck()
    window.press("Do it for the ticked cases", "desk-batch")
    assert _states(site, numbers).count(State.DISPATCHED) == 3
    window.press("Undo", "desk-batch-undone")
    assert "3 cases were put back as they were." in window.page.inner_text("main")
    assert _states(site, numbers) == [State.REPORTED] * 5


def test_on_a_phone_the_list_leads_to_the_case_and_back(
    screen: Opener, site: Site, numbers: list[str]
) -> None:
    window = screen(360, script=False)
    _open_queue(window, "desk-queue")
    window.page.locator("[data-row]").first.click()
    window.look("desk-case")
    assert not window.page.locator(".desk-list").is_visible()
    window.press("Accept, give to", "desk-confirmed")
    assert _states(site, numbers)[0] is State.DISPATCHED
    window.press("Back to the list")
    assert window.page.locator("[data-row]").count() == 4
