"""R098 to R101 and reading aloud: what only a script can do, and what is not there without it."""

from collections.abc import Callable
from typing import Any

from tests.browser.screen import Screen

WIDE = 1280
# a device with a Chinese voice, and one without any
VOICE = """(() => {
  const said = [];
  const voice = { lang: "zh-CN", name: "测试" };
  window.said = said;
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => [voice],
    speak: (line) => said.push(line.text),
    cancel: () => said.push(null),
    addEventListener: () => {},
  }});
})()"""


def _tools(screen: Screen, path: str = "/help") -> Any:
    """A page with the bar on it."""
    screen.open("/accessibility?bar=1")
    screen.open(path)
    return screen.page


def _press(page: Any, name: str) -> None:
    page.locator(f".aids .tool-{name}").click()


def test_r098_the_crosshair_follows_pointer_and_focus_and_is_remembered(
    screen: Callable[..., Screen],
) -> None:
    page = _tools(screen(WIDE))
    _press(page, "cross")
    assert page.locator(".tool-cross").get_attribute("aria-pressed") == "true"
    page.mouse.move(400, 300)
    down = page.locator(".aid-down").bounding_box()
    across = page.locator(".aid-across").bounding_box()
    assert (round(down["x"]), round(across["y"])) == (400, 300)
    page.locator(".footer .tel").first.focus()
    place = page.locator(".footer .tel").first.bounding_box()
    assert abs(page.locator(".aid-down").bounding_box()["x"] - place["x"]) < 2
    page.goto(page.url.replace("/help", "/privacy"))
    assert page.locator(".aid-line").count() == 2
    page.keyboard.press("Escape")
    assert page.locator(".aid-line").count() == 0
    page.reload()
    assert page.locator(".aid-line").count() == 0


def test_r099_the_caption_says_what_is_pointed_at_or_focused(
    screen: Callable[..., Screen],
) -> None:
    page = _tools(screen(WIDE))
    _press(page, "caption")
    page.locator("main h1").hover()
    caption = page.locator(".aid-caption")
    assert caption.inner_text() == page.inner_text("main h1")
    size = caption.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 2 * page.locator("main p").first.evaluate(
        "e => parseFloat(getComputedStyle(e).fontSize)"
    )
    page.locator(".main-nav a").last.focus()
    assert caption.inner_text() == page.locator(".main-nav a").last.inner_text()
    box = caption.bounding_box()
    assert box["y"] + box["height"] >= page.viewport_size["height"] - 1, "at the edge"
    page.goto(page.url.replace("/help", "/sign-in"))
    page.locator("main input:not([type=hidden])").first.focus()
    assert page.locator("main label").first.inner_text() in caption.inner_text()
    _press(page, "caption")
    assert caption.count() == 0


def test_r100_r101_back_and_forward(screen: Callable[..., Screen]) -> None:
    page = _tools(screen(WIDE))
    page.goto(page.url.replace("/help", "/privacy"))
    _press(page, "back")
    page.wait_for_url("**/help")
    _press(page, "forward")
    page.wait_for_url("**/privacy")


def test_the_page_is_read_aloud_where_there_is_a_voice(screen: Callable[..., Screen]) -> None:
    window = screen(WIDE, language="zh_Hans")
    window.page.add_init_script(VOICE)
    page = _tools(window)
    _press(page, "speak")
    assert page.evaluate("said.filter(Boolean)[0]") == page.inner_text("main h1")
    assert page.locator(".aid-spoken").count() == 1
    page.keyboard.press("Escape")
    assert page.evaluate("said.at(-1)") is None
    assert page.locator(".tool-speak").get_attribute("aria-pressed") == "false"
    page.reload()
    assert page.evaluate("said.filter(Boolean).length") == 0, "never by itself"


def test_without_a_voice_nothing_offers_to_read(screen: Callable[..., Screen]) -> None:
    page = _tools(screen(WIDE))
    assert page.evaluate("speechSynthesis.getVoices().length") == 0
    assert page.locator(".tool-cross").is_visible()
    assert page.locator(".tool-speak").count() == 0


def test_without_a_script_the_aids_are_not_there_and_the_links_are(
    screen: Callable[..., Screen],
) -> None:
    window = screen(WIDE, script=False)
    page = window.page
    page.goto(f"{window.site.origin}/accessibility?bar=1&go=1&back=/help")
    assert page.locator(".aids button").count() == 0
    assert not page.locator(".aids").is_visible()
    page.locator("#tools a.tool-scheme-black").click()
    page.wait_for_selector("html.scheme-black")
    page.goto(f"{window.site.origin}/accessibility")
    assert not page.locator(".aids-section").is_visible()


def test_on_a_phone_the_bar_is_one_line(screen: Callable[..., Screen]) -> None:
    page = _tools(screen(360))
    bar = page.locator("#tools").bounding_box()
    assert bar["height"] <= 60
    assert page.locator("#tools a:visible").count() == 2
    assert page.locator("#tools button:visible").count() == 0


def test_leaving_ends_the_aids(screen: Callable[..., Screen]) -> None:
    page = _tools(screen(WIDE))
    _press(page, "cross")
    page.locator("#tools a.tool-leave").click()
    page.wait_for_url("**/help")
    assert page.locator(".aid-line, #tools").count() == 0


def test_the_bars_steps_can_be_pressed_again_and_again_by_keyboard(
    screen: Callable[..., Screen],
) -> None:
    page = _tools(screen(WIDE), "/help#tools")
    for step in ("text-3", "text-4"):
        page.keyboard.press("Tab")
        assert "tool-larger" in page.evaluate("document.activeElement.className")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"html.{step}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#tools') !== null")
