"""A phone without a network: what was written stays on it until its owner sends it, once."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.reports.models import Case, CasePhoto
from tests.browser.conftest import Opener
from tests.browser.screen import Screen, Site
from tests.make.photos import exif, jpeg

WORDS = "路灯不亮，已经三天"
ORIENTED, IN_CITY = 6, ((36.0, 46.0, 48.0), (119.0, 57.0, 0.0))
READY = "async () => { await navigator.serviceWorker.ready; }"
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
  }
  return found;
}"""  # noqa: E501  a script as it is run


@pytest.fixture
def phone(screen: Opener) -> Screen:
    window = screen(360)
    window.complaints = _Quiet()
    return window


class _Quiet(list[str]):
    """A browser without a network says so in its console: that is meant here."""

    def append(self, text: str) -> None:
        meant = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Failed to fetch")
        if not any(words in text for words in meant):
            super().append(text)


def _cases(site: Site) -> tuple[int, int]:
    with site.database.read() as session:
        cases, photos = (
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Case, CasePhoto)
        )
        return cases, photos


def _write(window: Screen, words: str = WORDS) -> None:
    page = window.page
    page.select_option("[name=category]", "street_lamp")
    page.fill("[name=where]", "后巷子社区")
    page.fill("[name=words]", words)
    page.locator("input[name=publish][value=keep] + label").click()


def test_a_report_written_without_a_network_is_sent_once_when_its_owner_says_so(
    phone: Screen, site: Site, tmp_path: Path
) -> None:
    page, context = phone.page, phone.page.context
    phone.open("/reports/offline", "offline")
    page.evaluate(READY)
    before = _cases(site)
    context.set_offline(True)
    _keep_without_network(phone, tmp_path)
    phone.press("Send now")
    page.locator("[data-problem]:visible", has_text="Not sent").wait_for()
    page.reload()
    page.locator("#kept", has_text=WORDS).wait_for()
    context.set_offline(False)
    page.wait_for_timeout(500)
    assert _cases(site) == before, "nothing goes by itself"

    _lose_first_answer(page)
    page.locator("[data-send]").first.dblclick()
    page.locator("[data-problem]:visible", has_text="Not sent").wait_for()
    once = (before[0] + 1, before[1] + 1)
    assert _cases(site) == once, "it arrived, only the answer did not"
    page.unroute("**/reports/offline")
    page.locator("[data-send]").first.click()
    page.locator("#sent:visible").wait_for()
    phone.look("offline-sent")
    assert "not sent twice" in page.inner_text("#sent")
    assert _cases(site) == once
    assert page.locator("#kept").is_hidden()
    number = page.inner_text("[data-number]")
    page.locator("[data-link]").click()
    page.wait_for_load_state()
    assert number in page.inner_text("main")


def _keep_without_network(phone: Screen, folder: Path) -> None:
    """Any public page leads to the form that the device keeps."""
    page = phone.page
    page.goto(f"{phone.site.origin}/reports/new")
    phone.look("offline-shell")
    assert phone.h1 == "Report on one page"
    assert page.locator("#network").is_visible()
    photo = folder / "lamp.jpg"
    photo.write_bytes(jpeg(640, 480))
    page.set_input_files("input[type=file]", str(photo))
    _write(phone)
    phone.press("Keep on this device")
    page.locator("#kept").wait_for()
    phone.look("offline-kept")
    for words in ("Not sent yet", WORDS, "shared phone"):
        assert words in page.inner_text("#kept")


def _lose_first_answer(page: Any) -> None:
    """The report reaches the server, and the network breaks before the answer comes back."""

    def lose(route: Any) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/reports/offline", lose)


def test_r025_a_kept_report_that_sounds_like_an_emergency_says_once_whom_to_call(
    phone: Screen, site: Site
) -> None:
    page = phone.page
    phone.open("/reports/offline")
    before = _cases(site)
    _write(phone, "楼道着火了")
    phone.press("Keep on this device")
    page.locator("[data-send]").first.click()
    page.locator("[data-calls]:visible a[href='tel:119']").wait_for()
    assert "Nothing is lost" in page.inner_text("[data-problem]")
    assert _cases(site) == before
    # the device remembers that it was said, over a reload too
    page.reload()
    page.locator("#kept", has_text="楼道着火了").wait_for()
    page.locator("[data-send]").first.click()
    page.locator("#sent:visible").wait_for()
    assert _cases(site) == (before[0] + 1, before[1])


def test_a_draft_can_be_changed_and_deleted_on_a_shared_phone(phone: Screen, site: Site) -> None:
    page = phone.page
    phone.open("/reports/offline")
    _write(phone)
    phone.press("Keep on this device")
    page.locator("#kept").wait_for()
    page.locator("[data-change]").click()
    assert page.input_value("[name=words]") == WORDS
    page.fill("[name=words]", "another")
    phone.press("Keep on this device")
    page.locator(".kept-words", has_text="another").wait_for()
    assert page.locator(".kept-draft").count() == 1
    page.locator("[data-delete]").click()
    page.locator("[data-delete]", has_text="Press again").click()
    page.locator("#kept").wait_for(state="hidden")
    page.reload()
    assert page.locator(".kept-draft").count() == 0


def test_a_refusal_is_told_beside_the_draft_and_nothing_is_lost(phone: Screen) -> None:
    page = phone.page
    phone.open("/reports/offline")
    page.fill("[name=words]", WORDS)
    page.locator("main form .button-primary").click()
    page.locator("[data-problem]:visible", has_text="Choose what it is").wait_for()
    assert WORDS in page.inner_text("#kept")


def test_the_device_keeps_files_and_two_pages_of_nobody(phone: Screen) -> None:
    page = phone.page
    phone.sign_in("resident")
    phone.open("/reports/offline")
    page.evaluate(READY)
    for path in ("/me", "/reports/", "/"):
        page.goto(phone.site.origin + path)
    found = page.evaluate(KEPT)
    # a report's page and a check's, which are the same for everybody who holds the device
    others = {path for path in found if not path.startswith("/static/")}
    assert others == {"/reports/offline/shell", "/desk/grid/shell"}
    page.context.set_offline(True)
    page.goto(f"{phone.site.origin}/help")
    assert page.locator("a[href='/me']:visible", has_text="My page").count() == 0
    page.context.set_offline(False)


def test_the_kept_page_has_the_look_its_reader_chose_and_the_served_one_its_own(
    screen: Opener,
) -> None:
    window = screen(360, mode="elder")
    window.complaints = _Quiet()
    page, elder = window.page, "document.documentElement.classList.contains('elder')"
    window.open("/reports/offline")
    page.evaluate(READY)
    page.context.set_offline(True)
    page.goto(f"{window.site.origin}/help")
    assert page.locator("#network").is_visible()
    assert page.evaluate(elder)
    page.context.set_offline(False)
    page.context.add_cookies([{"name": "elder", "value": "", "url": window.site.origin}])
    window.open("/reports/offline/shell")
    assert not page.evaluate(elder)


def test_photos_are_made_smaller_keep_upright_and_keep_their_place_for_the_offer(
    phone: Screen, tmp_path: Path
) -> None:
    page = phone.page
    photo = tmp_path / "large.jpg"
    photo.write_bytes(jpeg(4000, 3000, exif=exif(place=IN_CITY, orientation=ORIENTED)))
    phone.open("/reports/new")
    page.set_input_files("input[type=file]", str(photo))
    page.locator("#photo-chosen img").wait_for()
    size = page.evaluate(
        """async () => {
          const [file] = document.querySelector("input[type=file]").files;
          const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
          return [picture.width, picture.height, file.type];
        }"""
    )
    assert size == [1536, 2048, "image/jpeg"], "a portrait photo stays upright"
    assert "large.jpg" in page.inner_text(".upload-name")
    phone.press("Continue", "photo-place")
    assert "The photo was taken here" in page.inner_text("main")


def test_what_is_no_picture_is_sent_as_it_is_and_refused_with_words(
    phone: Screen, tmp_path: Path
) -> None:
    page = phone.page
    file = tmp_path / "broken.jpg"
    file.write_bytes(b"\xff\xd8\xff not a picture")
    phone.open("/reports/new")
    page.set_input_files("input[type=file]", str(file))
    phone.press("Continue")
    assert "not a photo we can read" in page.inner_text(".error-summary") or "damaged" in (
        page.inner_text(".error-summary")
    )


def test_who_signs_out_leaves_no_list_of_her_round_to_the_next_at_the_phone(phone: Screen) -> None:
    page = phone.page
    phone.sign_in("grid_lead")
    phone.open("/desk/grid")
    page.locator("[data-along]").click()
    assert page.evaluate("localStorage.getItem('round')") is not None
    phone.open("/me")
    phone.press("Sign out")
    assert page.evaluate("localStorage.getItem('round')") is None
