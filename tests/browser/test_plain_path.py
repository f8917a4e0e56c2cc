"""The plain path without script: how many screens it takes, and how long the typing."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.browser.conftest import Opener
from tests.browser.screen import Screen
from tests.make.photos import exif, jpeg

MOST_SCREENS, MOST_SECONDS = 6, 90
# an ordinary pace on a telephone: to see what a page wants, to press something, to type a sign
SECONDS_A_PAGE, SECONDS_A_PRESS, SECONDS_A_SIGN = 3.0, 1.0, 0.5
PLACE, WORDS, PHONE = "后巷子社区", "垃圾桶满了，三天没人清，有臭味", "13800001265"
IN_CITY = ((36.0, 46.0, 48.0), (119.0, 57.0, 0.0))
ELDER_TARGET = 60
SMALL = """(least) => [...document.querySelectorAll(
    "main .button, main .pick-row, main .choice-label, main summary, main .input")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width)
  .filter((one) => one.getBoundingClientRect().height < least - 0.5)
  .map((one) => one.outerHTML.slice(0, 80))"""


@dataclass
class Walk:
    """Somebody with a telephone in one hand."""

    window: Screen
    seconds: float = 0.0
    screens: list[str] = field(default_factory=list)

    def see(self) -> None:
        self.window.look()
        self.screens.append(self.window.h1)
        self.seconds += SECONDS_A_PAGE

    def press(self, words: str) -> None:
        self.window.page.locator("main :is(button, label):visible", has_text=words).first.click()
        self.seconds += SECONDS_A_PRESS

    def go(self, words: str) -> None:
        with self.window.page.expect_navigation():
            self.press(words)
        self.see()

    def type(self, name: str, text: str) -> None:
        self.window.page.fill(f"[name={name}]", text)
        self.seconds += len(text) * SECONDS_A_SIGN + SECONDS_A_PRESS


def _photo(folder: Path, content: bytes) -> str:
    path = folder / "photo.jpg"
    path.write_bytes(content)
    return str(path)


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_a_report_with_a_photo_takes_six_screens_and_ninety_seconds(
    screen: Opener, tmp_path: Path, language: str
) -> None:
    window = screen(360, script=False, language=language)
    walk = Walk(window)
    page = window.page
    window.open("/reports/new")
    walk.see()
    page.set_input_files("input[type=file]", _photo(tmp_path, jpeg(1200, 900)))
    page.locator("main form[enctype] .button-primary").click()
    walk.see()
    walk.type("where", PLACE)
    page.locator("main form:has([name=where]) .button-primary").click()
    walk.see()
    # one press on what it is chooses and goes on
    page.locator("main button.pick-row[name=category]").first.click()
    walk.see()
    walk.type("words", WORDS)
    page.locator("main form.form .button-primary").click()
    walk.see()
    page.locator("input[name=contact][value=phone] + label").click()
    walk.type("phone", PHONE)
    page.locator("label[for=consent]").click()
    if page.locator("[name=publish]").count():
        page.locator("input[name=publish][value=show] + label").click()
    page.locator("main form.form .button-primary").click()
    walk.see()
    page.locator("main form.form .button-primary").click()
    window.look()
    assert page.locator(".receipt-code").count() == 2
    assert len(walk.screens) <= MOST_SCREENS, walk.screens
    presses = 9 * SECONDS_A_PRESS
    assert walk.seconds + presses <= MOST_SECONDS, walk.seconds


def test_an_elder_reports_in_large_rows_and_short_pages(screen: Opener, tmp_path: Path) -> None:
    window = screen(360, script=False)
    page = window.page
    page.context.add_cookies([{"name": "elder", "value": "1", "url": window.site.origin}])
    walk = Walk(window)
    window.open("/reports/new")
    photo = _photo(tmp_path, jpeg(800, 600, exif=exif(place=IN_CITY)))
    page.set_input_files("input[type=file]", photo)
    walk.go("Continue")
    _is_for_elders(walk)
    walk.go("The photo was taken here")
    _is_for_elders(walk)
    page.locator("main a.pick-row", has_text="Something else").click()
    _is_for_elders(walk)
    page.locator("main button.pick-row[name=category]").first.click()
    walk.see()
    _is_for_elders(walk)
    walk.type("words", WORDS)
    walk.go("Continue")
    _is_for_elders(walk)
    if page.locator("[name=publish]").count():
        walk.press("Only those who handle it")
    walk.go("Continue")
    _is_for_elders(walk)
    walk.go("Send the report")
    assert window.h1 == "Your report was sent"


def _is_for_elders(walk: Walk) -> None:
    """At most six choices, each large, with a telephone and a person beside them."""
    page = walk.window.page
    assert page.locator("main .pick-row:visible").count() <= 6, page.url
    assert page.evaluate(SMALL, ELDER_TARGET) == [], page.url
    assert page.locator("main .ways a[href='tel:12345']").count() == 1
    assert page.locator("meta[http-equiv=refresh]").count() == 0
