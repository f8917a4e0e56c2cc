"""Whatever is typed or sent into a form of the loop: words that help, nothing lost, no 500."""

import gc
import warnings
from collections.abc import Callable, Iterator
from urllib.parse import quote_from_bytes, quote_plus

import pytest
from bs4 import BeautifulSoup, Tag

from tests.journeys.town import PHONE, Town, receipt, report_by_phone
from tests.make.intake import choose_place, to_check, to_place
from tests.make.photos import encoded, jpeg, picture, png_claiming
from tests.pages import Browser, PageForm

EVIL = {
    "surrogate": b"\xed\xa0\x80" * 3 + "路灯".encode(),
    "nul": b"\x00lamp\x00 out\x00",
    "not utf-8": b"\xff\xfe\xc3(" + b"\x80" * 20,
    "long": "字".encode() * 100_000,
    "markup": b"</textarea><script>alert(1)</script>'\"--\x1b[31m\xe2\x80\xae%s{{7*7}}",
}
SECRET = {"csrf_token", "idempotency_key"}
Walk = list[tuple[Browser, str]]


def _walk(town: Town) -> Walk:
    """A browser and a page for every form of the loop."""
    reporter = town.resident()
    number = report_by_phone(reporter)
    page = to_check(reporter).form().send("Send the report", status=200)
    rated = receipt(page)[0]
    reporter.get("/reports/new/done")
    town.settle(rated)
    drafting = town.resident()
    to_check(drafting)
    steps = ("", "/place", "/place/list", "/place/point", "/place/map", "/what", "/details")
    forms = [(drafting, f"/reports/new{step}") for step in (*steps, "/contact", "/check")]
    forms += [(town.resident(), path) for path in ("/track", "/track/link", "/sign-in")]
    forms += [(town.resident(), f"/sign-in/{way}") for way in ("password", "card", "link")]
    forms += [(reporter, f"/reports/{number}/{step}") for step in ("urge", "photo")]
    forms += [(reporter, f"/reports/{rated}/rate")]
    desk = ("refuse", "void", "note", "reclassify", "moderate")
    forms += [(town.at("desk"), f"/desk/cases/{number}/{step}") for step in desk]
    forms += [(town.at("centre"), f"/desk/cases/{number}/identity")]
    return forms + _later_steps(town)


def _later_steps(town: Town) -> Walk:
    given, shown = report_by_phone(town.resident()), report_by_phone(town.resident())
    for number in (given, shown):
        town.step("desk", number, "Accept")
    town.step("desk", shown, "Dispatch to a unit", unit=str(town.city.unit.id))
    town.handle(shown)
    town.step("desk", given, "File as a case")
    forms = [(town.at("desk"), f"/desk/cases/{given}/dispatch")]
    forms += [(town.at("verifier"), f"/desk/cases/{shown}/{s}") for s in ("close", "send-back")]
    work = report_by_phone(town.resident())
    town.accept_and_dispatch(work)
    forms += [(town.at("worker"), f"/desk/cases/{work}/{s}") for s in ("handle", "return")]
    return forms + [(town.at("worker"), f"/me/{page}") for page in ("details", "phone")]


def _encoded(form: PageForm, evil: bytes, replaced: Callable[[str], bool]) -> bytes:
    """The form as its browser would send it, with some values put in by hand."""
    pairs = [(name, str(v)) for name, v in form.values.items(multi=True) if isinstance(v, str)]
    named = {name for name, _ in pairs}
    pairs += [(name, "") for name in _names(form.tag) if name not in named]
    return b"&".join(
        f"{quote_plus(name)}=".encode()
        + (quote_from_bytes(evil) if replaced(name) else quote_plus(value)).encode()
        for name, value in pairs
    )


def _names(form: Tag) -> Iterator[str]:
    for control in form(["input", "select", "textarea", "button"]):
        if control.get("name") and control.get("type") != "file":
            yield str(control["name"])


def _texts(form: Tag) -> set[str]:
    found = form.select("textarea, input[type=text], input[type=tel], input:not([type])")
    return {str(control["name"]) for control in found}


def test_no_form_breaks_on_what_is_typed_into_it(town: Town) -> None:
    seen = set()
    for browser, path in _walk(town):
        browser.check = False
        page = browser.get(path)
        for tag in page.soup.select("main form[method=post]"):
            form, texts = PageForm(page, tag), _texts(tag)
            _type_everything(form, texts)
            seen.add(path)
    assert len(seen) > 25


def _type_everything(form: PageForm, texts: set[str]) -> None:
    """Each evil into the fields for text, then (but for the long one) into all that is sent."""
    for name, evil in EVIL.items():
        # a key of its own: else the second try would only see the first one's result
        form.values["idempotency_key"] = f"{name}-{form.tag.get('action')}"
        html = _post(form, _encoded(form, evil, texts.__contains__))
        if name == "long" and html is not None:
            _is_kept(html, texts, "字" * 100_000)
        elif name != "long":
            _post(form, _encoded(form, evil, lambda field: field not in SECRET))


def _post(form: PageForm, body: bytes) -> str | None:
    """Send it; the page that came back, when it is the form again."""
    browser = form.page.browser
    answer = browser.client.post(
        str(form.tag.get("action") or form.page.path),
        data=body,
        content_type="application/x-www-form-urlencoded",
        headers={"Referer": form.page.url, "Origin": browser.origin},
    )
    known = answer.status_code in {200, 302, 303, 400, 404, 409, 413, 422}
    assert known, (form.page.path, answer.status_code)
    assert "<script>alert(1)" not in answer.text
    return answer.text if answer.status_code in {409, 422} else None


def _is_kept(html: str, names: set[str], typed: str) -> None:
    soup = BeautifulSoup(html, "html.parser")
    for name in names:
        for tag in soup.select(f"main form [name='{name}']"):
            value = tag.get_text() if tag.name == "textarea" else str(tag.get("value", ""))
            assert value.strip() == typed, (name, len(value))


ADDRESSES = (
    "/reports/?q={}", "/reports/?area={}", "/reports/?category={}&state={}", "/reports/?before={}",
    "/reports/?bbox={}", "/reports/map?bbox={}&area={}", "/reports/map.geojson?bbox={}",
    "/reports/{}", "/reports/{}/print", "/reports/photos/{}", "/r/{}", "/track?number={}",
    "/track/opened/{}", "/places/{}", "/places/?q={}", "/data/satisfaction/2026-10/?area={}",
    "/reports/new/photo/{}", "/?number={}&lang={}", "/accessibility?text={}&back={}",
    "/sign-in?next={}", "/sign-in/card?card={}", "/sign-in/link?token={}",
)  # fmt: skip
OWN = (
    "/reports/new/what?q={}", "/reports/new/place?q={}", "/reports/new/place/list?under={}",
    "/reports/new/place/map?lon={}&lat={}&span={}&pick.x={}&pick.y=1",
    "/reports/new/place/map.svg?lon={}&lat=36.7&span=0.1",
)  # fmt: skip
STAFF = (
    "/desk/?task={}&place={}&after={}", "/desk/?number={}", "/desk/?place=/{}/", "/desk/cases/{}",
    "/desk/photos/{}?size={}", "/me/looks?before={}", "/me/reports?before={}",
    "/desk/cases/{}/note",
)  # fmt: skip
TWISTED = ("%ED%A0%80", "%00", "%FF", "字" * 700, "-1", "9" * 30, "1e999", "NaN", "'<b>", "..%2F")


def test_no_address_breaks_on_what_is_typed_into_it(town: Town) -> None:
    stranger, drafting = town.resident(), town.resident()
    to_place(drafting)
    walks = ((stranger, ADDRESSES), (drafting, OWN), (town.at("desk"), STAFF))
    for browser, addresses in walks:
        for url in (address.replace("{}", t) for address in addresses for t in TWISTED):
            answer = browser.client.get(url)
            known = answer.status_code in {200, 301, 302, 303, 308, 400, 404, 414, 422}
            assert known, (url[:80], answer.status_code)


# --- files ----------------------------------------------------------------------------------------

FILES = {
    "empty": (b"", "photo.jpg"),
    "text": (b"this is no photo at all", "photo.jpg"),
    "page": (b"<!DOCTYPE html><script>alert(1)</script>", "photo.png"),
    "drawing": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo.svg"),
    "program": (b"MZ" + b"\x90" * 2000, "photo.heic"),
    "broken": (jpeg()[: len(jpeg()) // 3], "photo.jpg"),
    "bomb": (png_claiming(30_000, 30_000), "photo.png"),
    "moving": (
        encoded(picture(), "GIF", save_all=True, append_images=[picture(mode="L")]),
        "photo.gif",
    ),
    "tiny": (encoded(picture(1, 1), "PNG"), "photo.png"),
    "huge": (b"\xff\xd8\xff" + b"\x00" * (10 * 1024 * 1024 + 1), "photo.jpg"),
}


@pytest.fixture
def forgetful_client() -> Iterator[None]:
    """The test client never closes the temporary files of large bodies."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


BIG = pytest.mark.usefixtures("forgetful_client")


@BIG
def test_a_bad_file_never_costs_the_words_or_the_good_photo_beside_it(town: Town) -> None:
    number = report_by_phone(town.resident())
    town.accept_and_dispatch(number)
    page = town.at("worker").get(f"/desk/cases/{number}/handle", status=200)
    form = page.form().fill(words="清走了").attach("photos", jpeg(), "good.jpg")
    for name, (content, filename) in FILES.items():
        page = form.attach("photos", content, filename).send("Report the work as done", status=422)
        assert len(page.errors) == 1, (name, page.errors)
        form = page.form()
        assert form.values["words"].strip() == "清走了", name
        assert len(form.values.getlist("photos-kept")) == 1, name
        assert page.soup.select(".kept-photos img"), name
    form.send("Report the work as done", status=200)
    assert len(town.open("verifier", number).soup.select("figure")) == 2


def test_the_report_form_keeps_its_good_photos_beside_a_bad_one(town: Town) -> None:
    browser = town.resident()
    form = browser.get("/reports/new", status=200).form()
    page = form.attach("photos", jpeg()).attach("photos", b"nonsense").send("Continue", status=422)
    assert page.errors == [
        "This is not a photo we can read. Please send a JPEG, PNG, WebP or HEIC picture."
    ]
    assert len(page.form().values.getlist("photos-kept")) == 1
    page.form().send("Continue", status=200)
    form = browser.get("/reports/new").form(button="Continue")
    assert len(form.values.getlist("photos-kept")) == 1


@BIG
def test_more_than_three_photos_and_more_than_the_line_takes_are_told(town: Town) -> None:
    browser = town.resident()
    form = browser.get("/reports/new", status=200).form()
    for _ in range(4):
        form.attach("photos", jpeg())
    page = form.send("Continue", status=422)
    assert page.errors == ["No more than 3 photos, please."]
    flood = browser.get("/reports/new").form(button="Continue")
    page = flood.attach("photos", b"\xff" * (40 * 1024 * 1024)).send("Continue", status=413)
    assert "10 MB" in page.text


# --- places, codes, tokens, numbers ---------------------------------------------------------------

NOWHERE = ("999, 999", "NaN, NaN", "inf, 1", "119.9", "north gate", "1e400, 36", "−, −", "0x77, 36")
OUTSIDE = ("116.40, 39.90", "36.7, 120.9", "0, 0", "-36.7, -119.9")


def test_a_point_that_cannot_be_is_shown_again_with_what_to_do(town: Town) -> None:
    browser = town.resident()
    to_place(browser)
    page = browser.get("/reports/new/place/point", status=200)
    for typed in (*NOWHERE, *OUTSIDE):
        page = page.form().fill(point=typed, system="wgs84").send("Continue", status=422)
        assert page.form().values["point"] == typed
        said = "We cannot read these coordinates" if typed in NOWHERE else "outside our city"
        assert said in page.errors[0], typed
    page.form().fill(point="119.9, 36.7").send("Continue", status=200)


def test_a_code_that_ran_out_is_told_and_a_new_one_leads_on(town: Town) -> None:
    browser = town.resident()
    page = browser.get("/sign-in?next=/reports/new").form().fill(phone=PHONE).send("Send code")
    code = town.letters(PHONE)[-1]["text"].split("code is ")[-1][:6]
    town.later(minutes=11)
    page = page.form().fill(code=code).send("Sign in", status=422)
    assert "new" in page.errors[0]
    page = page.click("Ask for a new one", status=200)
    page = page.form().fill(phone=PHONE).send("Send code", status=200)
    for _ in range(6):
        page = page.form().fill(code="000000").send("Sign in", status=422)
    assert page.errors


def test_a_stale_form_is_shown_again_with_everything_on_it(town: Town) -> None:
    browser = town.resident()
    to_place(browser, jpeg())
    choose_place(browser)
    form = browser.get("/reports/new/details", status=200).form()
    form.fill(words="灯坏了", place_words="门口", csrf_token="stale")
    page = form.send("Continue", status=422)
    assert "Nothing is lost" in page.errors[0]
    assert page.form().values["words"].strip() == "灯坏了"
    assert page.form().values["place_words"] == "门口"
    page.form().send("Continue", status=200)


def test_a_stale_form_with_a_photo_keeps_words_and_photo(town: Town) -> None:
    number = report_by_phone(town.resident())
    town.accept_and_dispatch(number)
    page = town.at("worker").get(f"/desk/cases/{number}/handle", status=200)
    form = page.form().fill(words="清走了", csrf_token="stale").attach("photos", jpeg())
    page = form.send("Report the work as done", status=422)
    assert page.form().values["words"].strip() == "清走了"
    assert len(page.form().values.getlist("photos-kept")) == 1
    page.form().send("Report the work as done", status=200)


def test_an_unknown_number_is_told_wherever_it_is_typed(town: Town) -> None:
    browser = town.resident()
    for number in ("7K3M9-QX2HD", "nothing", "7k3m9 qx2hd", "١٢٣", "-"):
        browser.get(f"/reports/{number}", status=404)
        page = browser.get("/track").form().fill(number=number, code="AAAA2222").send(status=422)
        assert page.form().values["number"] == number
        assert "Please check both" in page.errors[0]
        browser.get("/track/link").form().fill(number=number, phone=PHONE).send(status=200)
        town.at("desk").get(f"/desk/cases/{number}", status=404)
    assert town.letters(PHONE) == []
