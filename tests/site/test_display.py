"""How pages look to one reader: every tool by link, kept in cookies, and undone by one link."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.kernel.i18n import LANGUAGES
from portal.site.display import CHOICES
from tests.make.all_pages import Stop, all_pages
from tests.make.display import look, tool, use
from tests.make.visitors import Visitors
from tests.pages import Browser, Page, PageFault, words

SCHEMES = ("original", "black", "yellow", "blue", "white")
DRAWN = ("link", "img", "svg", "script", "iframe", "canvas", "picture")
LOADED = {"stylesheet", "icon"}  # of links, these
CONTROLS = ("input", "select", "textarea", "button")
# a screen on a wall: nobody chooses anything there, and there is no way on
WALLS = {"publicity.screen"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the engines."""
    return sqlite_url


class View(NamedTuple):
    """What is asked of a page in one mode: kept without the page, of which there are thousands.

    ``controls``: what may be filled in or pressed, as (form's address, kind, name). ``way``: how
    many steps say where one is, and whether the first leads there. ``switches``: where the links
    to and from elder mode lead. ``elsewhere``: whether something opens another window.
    """

    drawn: set[str]
    controls: Counter[tuple[str, str, str]]
    heading: str
    way: tuple[int, bool]
    switches: list[list[str]]
    elsewhere: bool


class Seen(NamedTuple):
    """One page as it is usually, as plain text and in elder mode."""

    name: str
    path: str
    usual: View
    plain: View
    elder: View


@pytest.fixture(scope="module")
def seen(visitors: Visitors) -> list[Seen]:
    """Every page of the portal, with something on it."""
    return [_seen(visitors, stop) for stop in all_pages(visitors.demo) if stop.name not in WALLS]


def _seen(visitors: Visitors, stop: Stop) -> Seen:
    views = []
    for choices in ({}, {"plain": "1"}, {"elder": "1"}):
        answer = visitors.client(stop.who, lang="en", offered="1", **choices).get(stop.path)
        assert answer.status_code < 500, stop
        views.append(_view(BeautifulSoup(answer.get_data(as_text=True), "html.parser")))
    return Seen(stop.name, stop.path, *views)


def _view(soup: BeautifulSoup) -> View:
    """Asked by names of tags: selectors are matched against every tag, several times slower."""
    way = soup.find("nav", class_="breadcrumb")
    steps = way("li") if way else []
    return View(
        {tag.name for tag in soup(DRAWN) if tag.name != "link" or LOADED & set(tag["rel"])},
        _controls(soup),
        _letters(soup),
        (len(steps), bool(steps) and steps[0].find("a") is not None),
        [
            parse_qs(urlsplit(str(link["href"])).query)["elder"]
            for link in soup("a", class_="elder-switch")
        ],
        soup.find(target=True) is not None,
    )


def with_bar(browser: Browser, path: str = "/help") -> Page:
    """A page with the bar on it: somebody asked for the tools on every page."""
    use(browser.get("/accessibility"), "bar")
    return browser.get(path)


def test_r091_larger_goes_step_by_step_to_the_end_and_says_so(browser: Browser) -> None:
    page = with_bar(browser)
    assert "text-2" in look(page)
    for step in ("3", "4", "5", "6"):
        page = use(page, "larger")
        assert page.path == "/help"
        assert f"text-{step}" in look(page)
        assert browser.cookie("text") == step
    assert tool(page, "larger") is None
    assert "This is the largest" in page.click("English").soup.get_text()
    assert "text-6" in look(browser.get("/privacy"))


def test_r092_smaller_goes_back_to_the_smallest_and_says_so(browser: Browser) -> None:
    page = use(use(with_bar(browser), "larger"), "smaller")
    assert "text-2" in look(page)
    page = use(page, "smaller")
    assert "text-1" in look(page)
    assert tool(page, "smaller") is None
    assert "This is the smallest" in page.click("English").soup.get_text()
    assert tool(page, "larger") is not None


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("start", ["/accessibility", "/help"])
def test_r093_to_r097_each_scheme_works_by_link_and_is_kept(
    browser: Browser, scheme: str, start: str
) -> None:
    with_bar(browser)
    page = use(browser.get(start), f"scheme-{scheme}")
    assert page.path == start
    assert f"scheme-{scheme}" in look(page)
    marked = page.soup.select("[aria-current='true'][class*='-scheme-']")
    assert [str(mark["class"]) for mark in marked if f"-scheme-{scheme}" in str(mark["class"])]
    assert len(marked) == 1
    assert f"scheme-{scheme}" in look(browser.get("/privacy"))


def test_r093_the_original_colours_come_back(browser: Browser) -> None:
    page = use(use(with_bar(browser), "scheme-black"), "scheme-original")
    assert "scheme-original" in look(page)


def test_r090_plain_text_is_the_same_address_and_goes_back_the_same_way(browser: Browser) -> None:
    browser.get("/accessibility?bar=1")
    page = use(browser.get("/reports/?q=路灯"), "plain")
    assert page.path == "/reports/"
    assert parse_qs(urlsplit(page.url).query)["q"] == ["路灯"]
    assert not page.soup.select("link[rel=stylesheet]")
    assert page.soup.select("main form input[name=q]")
    assert browser.get("/help").soup.select("link[rel=stylesheet]") == []
    page = use(page, "plain")
    assert page.soup.select("link[rel=stylesheet]")


def _controls(soup: BeautifulSoup) -> Counter[tuple[str, str, str]]:
    """What may be filled in or pressed.

    A press on a picture is left out: its page has the arrows beside it, in plain text too. So are
    aids that only a script shows. One of several is asked by a list or, in plain text, by circles.
    """
    return Counter(
        (
            str(form.get("action", "")).split("?")[0],
            control.name.replace("select", "input"),
            str(control.get("name", "")),
        )
        for form in soup.main("form")
        if form.find("input", type="image") is None
        for control in form(CONTROLS)
        if control.find_parent(hidden=True) is None
    )


def _letters(soup: BeautifulSoup) -> str:
    """The heading without spaces: plain text has places to break long words."""
    return "".join("".join(heading.stripped_strings) for heading in soup("h1")).replace(" ", "")


def test_r090_plain_text_has_every_function_and_nothing_drawn_on_every_page(
    seen: list[Seen],
) -> None:
    faults = []
    for page in seen:
        if page.plain.drawn:
            faults.append(f"{page.name}: {sorted(page.plain.drawn)}")
        missing = page.usual.controls - page.plain.controls
        if missing:
            faults.append(f"{page.name}: without {sorted(missing)}")
        if page.usual.heading != page.plain.heading:
            faults.append(f"{page.name}: another h1")
    assert not faults, "\n".join(faults)


def test_r102_leaving_restores_the_look_and_the_bar_is_gone(browser: Browser) -> None:
    browser.client.set_cookie("aids", "cross.caption")
    page = use(use(use(with_bar(browser), "larger"), "scheme-blue"), "plain")
    browser.get("/accessibility?elder=1")
    page = browser.get("/privacy")
    assert page.soup.select("#tools")
    page = use(page, "leave")
    assert page.path == "/privacy"
    assert look(page) == ["text-2", "scheme-original"]
    assert page.soup.select("link[rel=stylesheet]")
    assert not page.soup.select("#tools")
    assert [name for name in (*CHOICES, "aids") if browser.cookie(name)] == []


@pytest.mark.parametrize("path", ["/privacy", "/help", "/reports/categories", "/accessibility"])
def test_r103_long_articles_get_the_eye_care_ground(browser: Browser, path: str) -> None:
    with_bar(browser)
    page = use(browser.get("/accessibility"), "eye")
    assert "eye" in look(page)
    page = browser.get(path)
    assert "eye" in look(page)
    assert page.soup.select("main.article, main .article")


def test_r103_the_eye_care_ground_and_a_scheme_take_turns(browser: Browser) -> None:
    page = use(use(with_bar(browser), "scheme-black"), "eye")
    assert {"eye", "scheme-original"} <= set(look(page))
    page = use(page, "scheme-yellow")
    assert "eye" not in look(page)
    page = use(use(page, "eye"), "eye")
    assert "eye" not in look(page)


def test_r104_every_page_but_the_first_says_where_one_is(seen: list[Seen]) -> None:
    silent = []
    for page in seen:
        for steps, leads in (page.usual.way, page.plain.way, page.elder.way):
            if page.path != "/" and (steps < 2 or not leads):
                silent.append(page.name)
    assert not silent


def test_r104_a_page_without_it_is_found(app: Flask) -> None:
    from_rules = app.jinja_env.get_template("errors/error.html").environment
    with app.test_request_context("/somewhere"):
        html = from_rules.from_string(
            "{% extends 'errors/error.html' %}{% block breadcrumb %}{% endblock %}"
        ).render(heading="x", text="y", **_context(app))
    browser = Browser(app)
    response = browser.client.get("/help")
    response.set_data(html)
    page = Page(browser, "/somewhere", "http://localhost/somewhere", response)
    with pytest.raises(PageFault, match="nothing says where one is"):
        page.check()


def _context(app: Flask) -> Mapping[str, object]:
    context: dict[str, object] = {}
    app.update_template_context(context)
    return context


def test_r104_what_a_page_belongs_to_is_named(browser: Browser) -> None:
    page = browser.get("/no/such/page", status=404)
    assert len(page.soup.select("nav.breadcrumb li")) == 2
    page = browser.get("/me/no-such-thing", status=404)
    assert [a["href"] for a in page.soup.select("nav.breadcrumb a")] == ["/", "/me"]
    assert page.soup.select("nav.breadcrumb [aria-current=page]")


def test_elder_mode_has_one_switch_on_every_page(seen: list[Seen]) -> None:
    without = []
    for page in seen:
        for view, wanted in ((page.usual, "1"), (page.plain, "1"), (page.elder, "0")):
            if view.switches != [[wanted]]:
                without.append((page.name, wanted, view.switches))
    assert not without


def test_the_bar_stands_only_where_somebody_uses_a_tool(browser: Browser) -> None:
    page = browser.get("/help")
    assert not page.soup.select("#tools")
    assert page.soup.select_one("a[href^='/accessibility']")
    assert use(browser.get("/accessibility"), "larger").soup.select("#tools") == []
    assert browser.get("/help").soup.select("#tools a.tool-leave")


@pytest.mark.parametrize("aids", ["cross", "caption", "cross.caption"])
def test_r098_r099_an_aid_in_use_keeps_its_script_on_every_page(
    browser: Browser, aids: str
) -> None:
    assert "js/aids.js" not in browser.get("/help").html
    browser.client.set_cookie("aids", aids)
    page = browser.get("/help")
    assert "js/aids.js" in page.html
    assert page.soup.select(".aids[hidden][data-cross][data-caption]")


def test_r100_r101_without_a_script_there_are_no_buttons_of_the_aids(browser: Browser) -> None:
    for page in (browser.get("/accessibility"), with_bar(browser)):
        (box,) = page.soup.select(".aids")
        assert box.has_attr("hidden")
        assert not box.find_all(True)
        assert box["data-back"]
        assert box["data-forward"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_narrow_bars_words_begin_the_long_ones(browser: Browser, language: str) -> None:
    """Who speaks to the computer says what is seen (WCAG 2.5.3)."""
    page = with_bar(browser.in_language(language))
    for link in page.soup.select("#tools a[aria-label]"):
        assert words(link).casefold() in str(link["aria-label"]).casefold()


OUTSIDE = ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/\t/evil"]


@pytest.mark.parametrize("back", OUTSIDE)
@pytest.mark.parametrize("more", [{}, {"go": "1"}, {"go": "1", "leave": "1"}])
def test_the_way_back_stays_on_this_site(
    browser: Browser, back: str, more: Mapping[str, str]
) -> None:
    page = browser.get("/accessibility", query_string={"back": back, "text": "3", **more})
    assert "evil" not in str(page.links())
    assert "evil" not in page.url.split("?")[0]
    assert page.path == ("/" if more else "/accessibility")


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_that_does_not_exist_changes_nothing(browser: Browser, name: str) -> None:
    browser.get(f"/accessibility?{name}=7")
    assert browser.cookie(name) is None
    browser.client.set_cookie(name, '"><script>')
    assert look(browser.get("/help")) == ["text-2", "scheme-original"]


def test_choosing_on_another_page_is_not_possible_by_accident(browser: Browser) -> None:
    browser.get("/help?text=6&scheme=black&leave=1&plain=1")
    assert look(browser.get("/help")) == ["text-2", "scheme-original"]
    assert browser.cookie("plain") is None


def test_after_a_refused_form_the_tools_lead_to_a_page_that_opens(browser: Browser) -> None:
    browser.client.set_cookie("bar", "1")
    page = browser.get("/sign-in").form().fill(phone="1").send(status=422)
    assert use(page, "larger").path == "/sign-in"


def test_the_cookies_say_how_to_draw_and_are_out_of_a_scripts_reach(browser: Browser) -> None:
    response = browser.client.get("/accessibility?scheme=black&go=1&back=/help")
    assert response.status_code == 303
    (cookie,) = response.headers.getlist("Set-Cookie")
    assert cookie.startswith("scheme=black;")
    for part in ("HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=31536000"):
        assert part in cookie


def test_the_foot_names_who_stands_behind_the_site(browser: Browser) -> None:
    footer = browser.get("/help").soup.select_one("footer")
    assert footer is not None
    about = browser.app.extensions["gongzhi_instance"].city.footer
    for part in (about.icp, about.police, about.site_id, about.phone, about.sponsor["zh_Hans"]):
        assert part
        assert part in words(footer)
    assert {"/help", "/privacy", "/accessibility", "tel:12345"} <= {
        str(a["href"]) for a in footer.select("a[href]")
    }


def test_r168_the_slogan_stands_in_the_banner_in_both_scripts(browser: Browser) -> None:
    for code, line in (("zh_Hans", "管好城市为人民"), ("zh_Hant", "管好城市為人民")):
        banner = browser.get(f"/help?lang={code}").soup.select_one(".banner")
        assert banner is not None
        assert line in words(banner)


def test_no_link_opens_a_new_window(seen: list[Seen]) -> None:
    """WeChat's browser has one window."""
    assert [page.name for page in seen if page.usual.elsewhere] == []


def test_the_page_one_is_on_is_marked_and_so_is_its_section(browser: Browser) -> None:
    page = browser.get("/reports/")
    assert [words(a) for a in page.soup.select(".main-nav [aria-current=page]")] == [
        words(a) for a in page.soup.select(".main-nav a[href='/reports/']")
    ]
    page = browser.get("/reports/categories")
    assert [a["href"] for a in page.soup.select(".main-nav [aria-current=true]")] == ["/reports/"]
