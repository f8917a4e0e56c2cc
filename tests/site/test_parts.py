"""The parts of the pages: their macros, and the page that shows every one in every state."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask, render_template_string

from portal.accounts.rules import RESIDENT, roles
from portal.kernel.config import CHECKOUT
from portal.kernel.db import Database
from portal.kernel.i18n import LANGUAGES
from portal.site import display, parts
from portal.site.unruly import balanced, breakable
from tests.make.accounts import person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.pages import Browser, Page

TEMPLATES = CHECKOUT / "portal/site/templates"
HOSTILE = "\u202e<b>evil</b>\U00020bb7"
Draw = Callable[..., BeautifulSoup]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the engines."""
    return sqlite_url


@pytest.fixture
def clerk(browser: Browser, database: Database) -> Browser:
    """Somebody at a desk."""
    with database.write() as session:
        who = staff(session, "street_desk", area=small_tree(session)["370283001"])
    sign_in_as(browser, who)
    return browser


@pytest.fixture
def draw(app: Flask) -> Iterator[Draw]:
    """Draw some markup with a macro: ``draw("table", "table((…))", plain=True)``."""

    def drawn(file: str, call: str, *, plain: bool = False, **values: Any) -> BeautifulSoup:
        names = ", ".join(re.findall(r"{%-? macro ([a-z]\w*)", source(file)))
        text = f'{{% from "ui/{file}.html" import {names} with context %}}{call}'
        # the mode is the reader's: the context processor would overrule a variable
        cookie = {"Cookie": "plain=1"} if plain else {}
        with app.test_request_context("/help", headers=cookie):
            app.preprocess_request()
            return BeautifulSoup(render_template_string(text, **values), "html.parser")

    return drawn


def source(file: str) -> str:
    return (TEMPLATES / f"ui/{file}.html").read_text("utf-8")


def only(soup: BeautifulSoup, selector: str) -> Tag:
    (found,) = soup.select(selector)
    return found


class TestWhoMayLook:
    def test_only_staff_see_the_parts(self, app: Flask, database: Database) -> None:
        with database.write() as session:
            resident = person(session)
            clerk = staff(session, "grid_lead", area=small_tree(session)["370283001"])
        for url in ("/parts/", "/parts/forms"):
            assert Browser(app).get(url).path == "/sign-in"
            for who, status in ((resident, 403), (clerk, 200)):
                browser = Browser(app)
                sign_in_as(browser, who)
                browser.get(url, status=status)

    def test_every_staff_role_may_look_and_no_resident(self) -> None:
        for role in roles().values():
            assert ("parts:read" in role.permissions) == role.staff, role.code
        assert not roles()[RESIDENT].staff

    def test_there_is_no_other_section(self, clerk: Browser) -> None:
        clerk.get("/parts/nothing", status=404)


class TestThePage:
    @pytest.mark.parametrize("section", ["", *parts.SECTIONS])
    def test_every_section_is_a_good_page(self, clerk: Browser, section: str) -> None:
        for way in (*(f"lang={language}" for language in LANGUAGES), "plain=1", "elder=1"):
            page = clerk.get(f"/parts/{section}?{way}", status=200)
            assert page.soup.select("main h2") or not section

    def test_every_part_of_the_folder_is_shown(self, clerk: Browser) -> None:
        shown = {
            words.get_text()
            for section in parts.SECTIONS
            for words in clerk.get(f"/parts/{section}").soup.select(".part-file")
        }
        assert shown == {f"ui/{path.name}" for path in (TEMPLATES / "ui").glob("*.html")}

    def test_every_macro_is_drawn_somewhere(self) -> None:
        pages = [*(TEMPLATES / "site/parts").iterdir(), TEMPLATES / "base.html"]
        own = list((TEMPLATES / "ui").glob("*.html"))
        drawn = "".join(path.read_text("utf-8") for path in (*pages, *own))
        forms = {"form_open", "form_close", "post_button"}  # they send something
        for path in own:
            for name in set(re.findall(r"{%-? macro ([a-z]\w*)", path.read_text("utf-8"))) - forms:
                assert re.search(rf"(?<!macro )\b{name}\(", drawn), f"{path.name}: {name}"

    def test_the_address_says_how_to_look_and_nothing_is_kept(self, clerk: Browser) -> None:
        page = clerk.get("/parts/forms?scheme=black&elder=1&text=3")
        classes = html_classes(page)
        assert {"scheme-black", "elder", "text-3"} <= classes
        assert not {"scheme-black", "elder"} & html_classes(clerk.get("/parts/forms"))
        assert clerk.cookie("scheme") is None
        assert not clerk.get("/parts/states?plain=1").soup.select("link[rel=stylesheet], main svg")

    def test_other_pages_do_not_look_as_their_address_says(self, clerk: Browser) -> None:
        assert "scheme-black" not in html_classes(clerk.get("/help?scheme=black"))

    def test_every_way_to_look_has_a_link_that_keeps_the_others(self, clerk: Browser) -> None:
        page = clerk.get("/parts/lists?elder=1&sort=settled")
        links = [link for link in page.links() if "elder=1" in link and "sort=settled" in link]
        for value in display.CHOICES["scheme"].values:
            assert [link for link in links if f"scheme={value}" in link], value
        for language in LANGUAGES:
            assert [link for link in links if f"lang={language}" in link], language

    def test_the_table_is_sorted_by_its_links(self, clerk: Browser) -> None:
        page = clerk.get("/parts/lists")
        assert numbers(page, 1) == sorted(numbers(page, 1), reverse=True)
        page = page.click(f"{parts_words('column_reported')} ▼")
        assert numbers(page, 1) == sorted(numbers(page, 1))
        page = clerk.get("/parts/lists?sort=-settled")
        assert numbers(page, 2) == sorted(numbers(page, 2), reverse=True)

    def test_the_sentences_are_there_in_every_language(self) -> None:
        with parts.FILE.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        assert rows
        codes = [row["code"] for row in rows]
        assert len(codes) == len(set(codes))
        for row in rows:
            assert all(row[language].strip() for language in LANGUAGES), row
        used = "".join(
            path.read_text("utf-8")
            for path in [*(TEMPLATES / "site/parts").iterdir(), Path(parts.__file__)]
        )
        prefixes = ("section_", "part_", "state_")
        unused = {c for c in codes if f'"{c}"' not in used and not c.startswith(prefixes)}
        assert not unused


def html_classes(page: Page) -> set[str]:
    return set(only(page.soup, "html").get_attribute_list("class"))


def numbers(page: Page, column: int) -> list[int]:
    rows = page.soup.select(".table-tall tbody tr")
    return [int(row.select("th, td")[column].get_text()) for row in rows]


ROWS = '[("东", 3, "3"), ("西", 12, "12")]'
EVENTS = [{"at": parts.LAST, "title": "x", "text": "y", "photos": ["/a.jpg"]}]
DRAWN: Mapping[str, tuple[str, str, list[str]]] = {
    # what is drawn, and the words that must be there in plain text
    "photo": ("photos", 'photo("/a.jpg", "A lamp")', ["A lamp"]),
    "photo_pair": ("photos", 'photo_pair("/a", "/b", "was", "is")', ["was", "is"]),
    "bars": ("figure", f'bars({ROWS}, "Kinds")', ["Kinds", "东", "12"]),
    "line": ("figure", f'line({ROWS}, "Weeks")', ["Weeks", "西", "3"]),
    "ranges": ("figure", 'ranges([("东", (0.8, 0.9, 0.95), "90%")], "Shares")', ["东", "90%"]),
    "sparkline": ("figure", 'sparkline([1, 2], "rising")', ["rising"]),
    "status": ("status", 'status("Settled", "done")', ["Settled"]),
    "empty": ("empty", 'empty("Nothing", "Go", "/x")', ["Nothing", "Go"]),
    "callout": ("callout", 'callout("Call", "us", "phone")', ["Call", "us"]),
    "timeline": ("timeline", "timeline(events)", ["x", "y"]),
    "button": ("button", 'button("Send", icon="camera")', ["Send"]),
    "code": ("sheet", 'code("<svg></svg>"|safe, "https://city.example/r/1")', ["city.example/r/1"]),
    "poster": ("poster", 'poster("Tell us", "/x", "<svg></svg>"|safe, icon="leaf")', ["Tell us"]),
}


class TestPlainText:
    @pytest.mark.parametrize("name", DRAWN)
    def test_words_stand_for_what_is_drawn(self, draw: Draw, name: str) -> None:
        file, call, words = DRAWN[name]
        assert draw(file, f"{{{{ {call} }}}}", events=EVENTS).select("svg, img")
        soup = draw(file, f"{{{{ {call} }}}}", plain=True, events=EVENTS)
        assert not soup.select("svg, img")
        assert all(word in soup.get_text() for word in words)

    def test_the_map_is_its_list(self, draw: Draw) -> None:
        call = (
            '{% call(part) map_part("Near", [("open", "Open")]) %}'
            '{% if part == "drawing" %}<svg></svg>{% else %}<ol></ol>{% endif %}{% endcall %}'
        )
        assert draw("map", call).select("figure svg")
        assert [tag.name for tag in draw("map", call, plain=True).find_all()] == [
            "div",
            "div",
            "ol",
        ]

    def test_photos_are_links(self, draw: Draw) -> None:
        soup = draw("photos", '{{ photo("/a.jpg", "A lamp", "/large") }}', plain=True)
        assert only(soup, "a")["href"] == "/large"

    def test_long_words_may_break_and_tags_stay_whole(self) -> None:
        long = "W" * 50
        page = f'<a href="/{long}" title="{long}">{long}</a><textarea>{long}</textarea>&amp;{long}'
        broken = breakable(page)
        assert broken.count("<wbr>") == 10
        assert broken.replace("<wbr>", "") == page
        assert f'href="/{long}"' in broken
        assert f"<textarea>{long}</textarea>" in broken
        assert breakable("字" * 100) == "字" * 100

    def test_every_page_in_plain_text_may_break(self, clerk: Browser) -> None:
        assert "<wbr>" in clerk.get("/parts/states?plain=1").html
        assert "<wbr>" not in clerk.get("/parts/states").html


SHOWN = {
    "words": "{{ name(x) }}{{ quote(x, x) }}",
    "card": '{% call card_list() %}{{ card(x, "/", x, (x, ), "/a.jpg", x) }}{% endcall %}',
    "tags": '{{ tags([(x, none), (x, "/")], x) }}',
    "table": "{{ table((x, x), [(x, x)], x) }}",
    "summary": '{{ summary([(x, x, "/")]) }}',
    "notice": "{{ notice(x, title=x) }}",
    "pick": '{% call pick_list() %}{{ pick_button("n", x, x, x) }}{% endcall %}',
    "figure": "{{ bars([(x, 1, x)], x) }}{{ line([(x, 1, x)], x) }}{{ sparkline([1], x) }}"
    "{{ ranges([(x, none, x)], x) }}",
    "photos": '{{ photo_pair("/a", none, x, x) }}',
    "steps": "{{ steps([x, x], 1) }}",
    "facts": '{{ facts([(x, x, "/")]) }}',
    "timeline": '{{ timeline([{"at": at, "title": x, "text": x, "photos": ["/a"]}]) }}',
    "poster": '{{ poster(x, "/", none, x) }}',
    "status": '{{ status(x, "new") }}',
    "callout": '{{ callout(x, x, none, x, "/") }}',
    "empty": '{{ empty(x, x, "/", title=x) }}',
}


class TestHostileWords:
    @pytest.mark.parametrize("plain", [False, True])
    @pytest.mark.parametrize("file", SHOWN)
    def test_markup_is_shown_and_never_obeyed(self, draw: Draw, file: str, plain: bool) -> None:
        soup = draw(file, SHOWN[file], plain=plain, x=HOSTILE, at=parts.LAST)
        assert not soup.select("b")
        alts = "".join(str(tag["alt"]) for tag in soup.select("[alt]"))
        assert HOSTILE in soup.get_text() + alts

    @pytest.mark.parametrize("file", ["words", "card", "tags", "pick"])
    def test_a_name_in_a_line_turns_nothing_around_it(self, draw: Draw, file: str) -> None:
        soup = draw(file, SHOWN[file], x=HOSTILE, at=parts.LAST)
        assert soup.select("bdi")

    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("plain", "plain"),
            ("\u202egnp", "\u202egnp\u202c"),
            ("\u2067a\u202eb", "\u2067a\u202eb\u202c\u2069"),
            ("a\u2069b", "ab"),
            ("\u2066a\u2069\u2069b", "\u2066a\u2069b"),
            ("\u2067\u202ea\u2069b", "\u2067\u202ea\u2069b"),
            ("\u202ea\u202cb\u202c", "\u202ea\u202cb\u202c"),
        ],
    )
    def test_a_name_closes_what_it_opens_and_nothing_else(self, written: str, shown: str) -> None:
        assert balanced(written) == shown

    def test_thousands_of_signs_take_no_longer_than_their_number(self) -> None:
        """Looking for each in what is due takes minutes for these."""
        deep = "\u2066" + "\u202a" * 100_000
        # of the processor: a busy machine is no slow function
        started = process_time()
        assert balanced(deep + "\u2069" * 100_000) == f"{deep}\u2069"
        nested = "\u202a" * 50_000 + "\u2066\u2069" * 50_000
        assert balanced(nested) == nested + "\u202c" * 50_000
        assert process_time() - started < 2

    def test_a_name_in_a_bdi_is_balanced(self, draw: Draw) -> None:
        soup = draw("words", "{{ name(x) }}", x="\u2067x")
        assert only(soup, "bdi").get_text() == "\u2067x\u2069"


class TestTheTable:
    CALL = '{{ table(("Place", "All"), rows, "By place", sort, (1, )) }}'
    SORT: Mapping[str, Any] = {"column": 1, "direction": "descending", "links": {1: "?sort=all"}}

    def test_it_says_which_column_orders_it(self, draw: Draw) -> None:
        soup = draw("table", self.CALL, rows=[("East", 3)], sort=self.SORT)
        place, all_ = soup.select("thead th")
        assert (place.get("aria-sort"), all_["aria-sort"]) == (None, "descending")
        assert only(soup, "thead a")["href"] == "?sort=all"
        assert only(soup, "tbody td")["class"] == ["number"]

    def test_its_box_can_be_reached_and_is_named(self, draw: Draw) -> None:
        box = only(draw("table", self.CALL, rows=[]), ".table-box")
        assert (box["tabindex"], box["role"], box["aria-label"]) == ("0", "region", "By place")

    def test_only_a_long_one_scrolls_beneath_its_head(self, draw: Draw) -> None:
        assert draw("table", self.CALL, rows=[("East", 3)] * 13).select(".table-tall")
        assert not draw("table", self.CALL, rows=[("East", 3)] * 12).select(".table-tall")


class TestFigures:
    @pytest.mark.parametrize("rows", ["[]", '[("a", 0, "0")]', '[("a", 1, "1")]', ROWS])
    @pytest.mark.parametrize("kind", ["bars", "line"])
    def test_none_one_and_many_values_can_be_drawn(self, draw: Draw, kind: str, rows: str) -> None:
        soup = draw("figure", f'{{{{ {kind}({rows}, "Kinds") }}}}')
        assert "Kinds" in soup.get_text()
        assert len(soup.select("tbody tr")) == rows.count("(")
        assert "nan" not in str(soup)

    def test_the_longest_bar_is_full_and_none_is_longer(self, draw: Draw) -> None:
        soup = draw("figure", f'{{{{ bars({ROWS}, "Kinds") }}}}')
        assert [bar["width"] for bar in soup.select(".bar")] == ["25.0%", "100.0%"]

    def test_a_drawing_is_silent_and_its_numbers_are_a_table(self, draw: Draw) -> None:
        soup = draw("figure", f'{{{{ line({ROWS}, "Weeks") }}}}')
        assert only(soup, ".chart")["aria-hidden"] == "true"
        assert only(soup, "table caption").get_text() == "Weeks"


class TestFillingIn:
    def test_choices_name_their_hint_and_error(self, clerk: Browser) -> None:
        page = clerk.get("/parts/errors")
        group = only(page.soup, "fieldset#contact")
        for target in str(group["aria-describedby"]).split():
            assert page.soup.find(id=target), target
        summary = [str(a["href"]) for a in page.soup.select(".error-summary a")]
        assert summary
        assert all(page.soup.find(id=href.removeprefix("#")) for href in summary)

    def test_an_upload_has_one_label_in_our_language(self, clerk: Browser) -> None:
        page = clerk.get("/parts/forms")
        control = only(page.soup, "input[type=file]")
        assert only(page.soup, f"label[for={control['id']}]").get_text() == parts_words("photo")
        # `required` is for the style sheet alone: a photo may be left out
        assert (control.has_attr("required"), control["aria-required"]) == (True, "false")
        plain = only(clerk.get("/parts/forms?plain=1").soup, "input[type=file]")
        assert not plain.has_attr("required")

    def test_every_form_with_an_upload_may_be_sent_without_one(self) -> None:
        files = {
            str(path).partition("/templates/")[2]: path.read_text("utf-8")
            for path in (CHECKOUT / "portal").rglob("*.html")
        }
        for name, text in files.items():
            asks = "{{ upload(" in text or "{{ door_photos(" in text
            base = re.match(r'{% extends "(.+?)"', text)
            # parts that pages take in stand in their forms; a page may stand in that of its base
            if asks and base:
                whole = text + files[base[1]]
                assert "form_open(" in whole or "novalidate" in whole, name


def parts_words(code: str) -> str:
    with parts.FILE.open(encoding="utf-8", newline="") as file:
        return next(r["zh_Hans"] for r in csv.DictReader(file, delimiter="\t") if r["code"] == code)


class TestSheets:
    def test_a_sheet_leads_back_to_its_page_and_names_a_telephone(self, draw: Draw) -> None:
        way_back = '"<svg></svg>"|safe, "https://city.example/help"'
        soup = draw("sheet", f'{{% call sheet("Form", {way_back}) %}}x{{% endcall %}}')
        assert only(soup, "h1").get_text() == "Form"
        assert soup.select(".code svg")
        assert "city.example/help" in soup.get_text()
        assert soup.select("a[href^='tel:']")
