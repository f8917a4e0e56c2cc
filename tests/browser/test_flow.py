"""The main job in a real browser: on a phone without script, and by the keyboard alone."""

from pathlib import Path
from typing import Any

import pytest

from portal.site.demo.people import PASSWORD
from tests.browser.conftest import Opener
from tests.browser.screen import FOCUSED, Screen, Site
from tests.make.photos import jpeg

PHONE = "13800001266"
MINE, UNIT = "后巷子", "环卫"


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "litter.jpg"
    path.write_bytes(jpeg(1200, 900))
    return str(path)


def test_the_whole_loop_on_a_phone_without_script(screen: Opener, site: Site, photo: str) -> None:
    resident = screen(360, script=False)
    number = _report(resident, photo)
    _desk_dispatches(screen(360, script=False), number)
    _unit_handles(screen(360, script=False), number, photo)
    _verifier_closes(screen(360, script=False), number)
    _rate_unhappy(screen(360, script=False), site)
    resident.open(f"/reports/{number}", "case-sent-back")
    assert "Sent back" in resident.page.inner_text("main")


@pytest.mark.parametrize(
    ("mode", "script"), [("normal", True), ("elder", True), ("elder", False), ("plain", False)]
)
def test_a_report_on_a_phone_in_every_mode(
    screen: Opener, photo: str, mode: str, script: bool
) -> None:
    window = screen(360, script=script, mode=mode)
    number = _report(window, photo, f"{mode}-{script}".lower())
    window.open("/track")
    window.page.fill("[name=number]", number)
    assert window.page.locator("main [name=code]").count() == 1


def _report(window: Screen, photo: str, name: str = "flow") -> str:
    page = window.page
    window.open("/", "home")
    window.press("Report a problem", f"{name}-1-photo")
    page.set_input_files("input[type=file]", photo)
    window.press("Continue", f"{name}-2-place")
    page.fill("[name=where]", MINE)
    window.press("Continue", f"{name}-3-what")
    if not page.locator("#q").is_visible():
        window.press("Or search in your own words")
    page.fill("#q", "垃圾")
    window.press("Search", f"{name}-3-what-found")
    window.press("Rubbish not cleared", f"{name}-4-details")
    page.fill("[name=words]", "三天没人清")
    page.fill("[name=place_words]", "北门")
    window.press("Continue", f"{name}-5-contact")
    window.press("Continue", f"{name}-5-contact-errors")
    window.press("Send text messages to my phone")
    page.fill("[name=phone]", PHONE)
    window.press("I agree that my number is kept")
    window.press("Everyone, after a person has checked them", f"{name}-5-contact-filled")
    window.press("Continue", f"{name}-6-check")
    window.press("Send the report", f"{name}-7-done")
    assert window.h1 == "Your report was sent"
    return str(page.locator(".receipt-code").first.inner_text())


def _desk_dispatches(window: Screen, number: str) -> None:
    window.sign_in("street_desk")
    window.open("/desk/", "desk-queue")
    window.open(f"/desk/cases/{number}", "desk-case")
    window.press("Check for the public page", "desk-moderate")
    for label in window.page.locator("label", has_text="Show to the public").all():
        label.click()
    window.press("Save")
    window.press("Accept")
    window.press("Dispatch to a unit", "desk-dispatch")
    _own_unit(window).click()
    window.press("Dispatch to a unit", "desk-dispatched")


def _own_unit(window: Screen) -> Any:
    """The unit whose worker the demo has."""
    other = window.page.context.browser.new_context()
    page = other.new_page()
    worker = Screen(window.site, page)
    other.add_cookies([{"name": "lang", "value": "en", "url": window.site.origin}])
    worker.sign_in("handling_unit")
    worker.open("/me")
    unit = page.locator("h2", has_text="My roles").locator("+ ul li").last.inner_text()
    other.close()
    return window.page.locator("label", has_text=unit.rpartition("· ")[2]).first


def _unit_handles(window: Screen, number: str, photo: str) -> None:
    window.sign_in("handling_unit")
    window.open(f"/desk/cases/{number}")
    window.press("Report the work as done", "desk-handle")
    window.page.fill("[name=words]", "已清运")
    window.press("Report the work as done", "desk-handle-errors")
    window.page.set_input_files("input[type=file]", photo)
    window.press("Report the work as done", "desk-handled")


def _verifier_closes(window: Screen, number: str) -> None:
    window.sign_in("verifier")
    window.open(f"/desk/cases/{number}", "desk-verify")
    window.press("Close the case", "desk-close")
    window.page.check("[name=means][value=service]", force=True)
    window.press("Close the case", "desk-closed")


def _rate_unhappy(window: Screen, site: Site) -> None:
    window.open(site.link(PHONE, "report.rate"), "rate")
    for name, value in (("solved", "no"), ("result", "4"), ("service", "2")):
        window.page.locator(f"input[name={name}][value='{value}'] + label").click()
    window.press("Go on", "rate-check")
    window.page.fill("[name=passed_on]", "桶后面还有")
    window.press("Pass these words on to the unit")
    window.press("Send it back", "rated")
    assert window.h1 == "Thank you"


def test_a_report_with_a_photo_by_the_keyboard_alone(
    screen: Opener, site: Site, photo: str
) -> None:
    window = screen(1280)
    # Chromium is told early to hand dialogs over to the test: it takes a moment to obey
    window.page.on("filechooser", lambda _dialog: None)
    window.open("/")
    window.tab_to("Skip to the content")
    window.key("Enter")
    window.follow("Report a problem", "flow-1-photo")
    window.tab_to("Choose photos")
    with window.page.expect_file_chooser() as chooser:
        window.key("Space")
    chooser.value.set_files(photo)
    assert "litter.jpg" in window.page.inner_text(".upload-name")
    window.follow("Continue", "flow-2-place")
    window.type("Street, community, estate or village", MINE)
    window.go("Enter", "flow-3-what")
    if window.page.locator("main button.pick-row[value=litter]:visible").count() == 0:
        window.tab_to("Cleanliness and signs")
        window.key("Space")
    window.follow("Rubbish not cleared", "flow-4-details", key="Space")
    window.type("What is wrong?", "三天没人清")
    window.type("Where exactly?", "北门")
    window.follow("Continue", "flow-5-contact")
    window.tab_to("Send text messages to my phone")
    window.key("Space")
    window.type("Mobile number", "13800001267")
    window.tab_to("I agree that my number is kept")
    window.key("Space")
    window.tab_to("Everyone, after a person has checked them")
    window.key("Space")
    window.follow("Continue", "flow-6-check")
    window.follow("Send the report", "flow-7-done")
    assert window.h1 == "Your report was sent"


def test_signing_in_and_rating_by_the_keyboard_alone(screen: Opener, site: Site) -> None:
    number = site.closed_case_of("resident")
    window = screen(1280)
    window.open(f"/sign-in/password?next=/reports/{number}")
    window.type("Mobile number", site.phone_of("resident"))
    window.type("Password", PASSWORD)
    window.follow("Sign in", "case-own")
    window.follow("Rate it", "rate")
    for legend, choice in (("solved", "Yes"), ("result", "Very satisfied"), ("service", "2")):
        _choose(window, legend, choice)
    window.type("What else would you like to say?", "很快")
    window.follow("Go on", "rated")
    assert window.h1 == "Thank you"
    assert "Very satisfied" in window.page.inner_text("main")


def _choose(window: Screen, name: str, words: str) -> None:
    """Tab into a group of radio buttons, then the arrows and Space, as people do."""
    for _ in range(60):
        window.key("Tab")
        if window.page.evaluate("document.activeElement.name") == name:
            break
    for _ in range(5):
        if words in window.page.evaluate(FOCUSED):
            break
        window.key("ArrowDown")
    window.key("Space")
    assert window.page.locator(f"input[name={name}]:checked").count() == 1
