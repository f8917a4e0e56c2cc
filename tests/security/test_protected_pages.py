"""Law P5 on everything the public is shown: a matter about a person or a shop has no face there.

Its words and photos are stored here as if a careless check had let them through; every page, card,
pin and feed must still keep them inside, in each mode, language and place of a reader.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.kernel import clock
from portal.kernel.clock import local
from portal.kernel.db import Database
from portal.reports.labels.public import took_words
from portal.reports.models import Case
from portal.reports.rules.codes import (
    PhotoKind,
    Precision,
    Review,
    State,
    Target,
    TextKind,
)
from portal.reports.service.search import index_case
from tests.make import accounts, reports
from tests.make.areas import small_tree
from tests.make.organisations import unit

COMMUNITY, GRID = "370283001001", "370283001001G01"
WORDS, PLACE_WORDS = "老王家烧烤摊天天冒烟", "三单元楼下"
KNOWN = "路面坑洼积水"  # of the matter that may be shown: it proves that the pages are looked at
SPOT, SPELT = (119.913577, 36.687931), ["119.9135", "36.6879"]
MODES: tuple[dict[str, str], ...] = (
    {},
    {"plain": "1"},
    {"elder": "1", "bar": "1", "text": "6"},
    {"place": COMMUNITY, "lang": "en"},
    {"place": "370283001", "plain": "1", "lang": "zh_Hant"},
)


@dataclass
class Street:
    """Two settled matters of one grid: one about a shop, one about the road."""

    app: Flask
    numbers: dict[str, str] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)
    days: dict[str, datetime] = field(default_factory=dict)

    def clients(self) -> Iterator[tuple[dict[str, str], FlaskClient]]:
        for cookies in MODES:
            client = self.app.test_client()
            for name, value in cookies.items():
                client.set_cookie(name, value)
            yield cookies, client

    def in_languages(self, say: Callable[[], str]) -> list[str]:
        found = []
        for language in ("zh_Hans", "zh_Hant", "en"):
            with self.app.test_request_context(f"/?lang={language}"):
                found.append(say())
        return found

    def told(self, which: str) -> set[str]:
        """How pages write the days of a matter: each step was taken an hour after the last."""
        first, zone = self.days[which], self.app.extensions["gongzhi_instance"].city.zone
        day = self.app.jinja_env.filters["short_day"]
        found = set()
        for at in (first, first + timedelta(hours=5)):
            found |= {local(at, zone).date().isoformat(), *self.in_languages(partial(day, at))}
        return found

    @property
    def took(self) -> list[str]:
        """How pages say how long a matter took."""
        return [said for days in (0, 1) for said in self.in_languages(partial(took_words, days))]


@pytest.fixture
def street(app: Flask, database: Database) -> Street:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    made = Street(app)
    with database.write() as session:
        _fill(session, made)
    return made


def _fill(session: Session, street: Street) -> None:
    tree = small_tree(session)
    cleaners = unit(session, "SECRET", "密语环卫队", area=tree["370283"])
    for code, precision in (("noise", Precision.COMMUNITY), ("bbq", Precision.ROAD)):
        reports.category(
            session, code, target=Target.PERSON_OR_SHOP, precision=precision, name="扰民类"
        )
    reports.category(session, "road", name="道路破损")
    for name, days, words in (("noise", 100, WORDS), ("bbq", 100, WORDS), ("road", 3, KNOWN)):
        at = clock.now() - timedelta(days=days)
        case = reports.case(
            session, tree[GRID], state=State.CLOSED, unit=cleaners, at=at, category_code=name,
            words=None, listed=True,
        )  # fmt: skip
        case.lon, case.lat = SPOT if name != "road" else (119.85, 36.65)
        street.numbers[name], street.days[name] = case.number, at
        street.codes[name] = _let_through(session, case, words)


def _let_through(session: Session, case: Case, words: str) -> list[str]:
    for kind, said in ((TextKind.DESCRIPTION, words), (TextKind.PLACE, PLACE_WORDS),
                       (TextKind.ANSWER, words), (TextKind.ADDITION, words)):  # fmt: skip
        reports.text(session, case, said, kind=kind, review=Review.APPROVED)
    blobs = session.info["instance"].blobs
    key = blobs.put(b"\xff\xd8\xff\xe0 not looked at here", "jpg")
    kinds = (PhotoKind.BEFORE, PhotoKind.AFTER)
    found = [
        reports.photo(session, case, kind=kind, review=Review.APPROVED, blob_key=key).code
        for kind in kinds
    ]
    index_case(session, case)
    return found


def pages(street: Street) -> list[str]:
    """Where the two matters may be met."""
    found = [
        "/", "/reports/", "/reports/map", f"/reports/?area={COMMUNITY}", "/reports/?state=fed_back",
        f"/reports/map?area={COMMUNITY}", "/reports/map?area=370283001", "/reports/map.geojson",
        f"/reports/map.geojson?area={COMMUNITY}", "/reports/?category=noise", "/places/",
        "/reports/?category=bbq", "/places/370283", "/places/370283001", f"/places/{COMMUNITY}",
        f"/places/{GRID}", "/places/mine", "/data/", "/help", "/reports/map?category=bbq",
    ]  # fmt: skip
    for number in street.numbers.values():
        found += [f"/reports/{number}", f"/reports/{number}/print", f"/track?number={number}",
                  f"/help/paper/rate?page=/reports/{number}/rate"]  # fmt: skip
    return found


def test_no_page_in_no_mode_shows_words_photos_spot_or_unit_of_a_protected_matter(
    street: Street,
) -> None:
    marks = [WORDS, WORDS[:6], PLACE_WORDS, *street.codes["noise"], *street.codes["bbq"]]
    marks += SPELT
    faults, seen = [], ""
    for cookies, client in street.clients():
        for url in pages(street):
            answer = client.get(url, buffered=True)
            assert answer.status_code < 500, url
            text = answer.text.replace("<wbr>", "")
            seen += text
            # of the road its own page may say where it is
            wanted = marks if street.numbers["road"] not in url else marks[:2]
            faults += [f"{cookies} {url}: {mark}" for mark in wanted if mark in text]
            if street.numbers["noise"] in url or street.numbers["bbq"] in url:
                faults += [f"{cookies} {url}: unit"] * ("密语环卫队" in text)
                faults += [f"{cookies} {url}: grid"] * ("第一网格" in text)
    assert not faults, "\n".join(faults)
    # what may be shown was shown, on the very same pages
    for mark in (KNOWN, *street.codes["road"], *street.numbers.values(), "密语环卫队"):
        assert mark in seen, mark


def test_its_day_is_told_by_the_month_alone(street: Street) -> None:
    faults, seen, timed = [], "", False
    for cookies, client in street.clients():
        for url in pages(street):
            text = client.get(url, buffered=True).text.replace("<wbr>", "")
            seen += text
            for which in ("noise", "bbq"):
                faults += [f"{cookies} {url}: {day}" for day in street.told(which) if day in text]
            cards = [part.split("</article>")[0] for part in text.split("<article")[1:]]
            for card in cards:
                said = [words for words in street.took if words in card]
                timed |= bool(said)
                if said and street.numbers["road"] not in card and "/reports/" in card:
                    faults.append(f"{cookies} {url}: {said}")
    assert not faults, "\n".join(faults)
    assert timed
    assert any(day in seen for day in street.told("road"))


def test_it_is_found_by_its_kind_and_place_and_not_by_what_was_said(street: Street) -> None:
    client = street.app.test_client()

    def found(**query: str) -> set[str]:
        text = client.get("/reports/", query_string=query).text.split("<main")[-1]
        return {name for name, number in street.numbers.items() if number in text}

    assert found(q="扰民类") == {"noise", "bbq"}
    assert found(area=COMMUNITY) == {"noise", "bbq", "road"}
    assert found(q=KNOWN) == {"road"}
    assert found(area=GRID) == {"road"}, "a grid would lead to a door"
    for words in (WORDS, WORDS[:2], "烧烤", "燒烤攤", "老王", "冒烟", PLACE_WORDS, "第一网格"):
        assert found(q=words) <= {"road"}, words


def test_no_window_of_the_map_leads_to_its_spot(street: Street) -> None:
    client = street.app.test_client()
    lon, lat = SPOT
    for size in (0.0005, 0.003, 0.01):
        box = f"{lon - size},{lat - size},{lon + size},{lat + size}"
        for url in (f"/reports/map.geojson?bbox={box}", f"/reports/?bbox={box}",
                    f"/reports/map?bbox={box}"):  # fmt: skip
            text = client.get(url).text
            for which in ("noise", "bbq"):
                assert street.numbers[which] not in text, (url, which)
    for feature in client.get("/reports/map.geojson").get_json()["features"]:
        said = feature["properties"]
        if said.get("number") in {street.numbers["noise"], street.numbers["bbq"]}:
            assert set(said) == {"count", "number", "url", "state", "open", "kind"}


def test_its_photos_open_for_nobody_in_any_size(street: Street, database: Database) -> None:
    with database.write() as session:
        neighbour = accounts.person(session)
    client = street.app.test_client()
    accounts.sign_in_as(client, neighbour)
    for reader in (street.app.test_client(), client):
        for code in (*street.codes["noise"], *street.codes["bbq"]):
            for url in (f"/reports/photos/{code}", f"/reports/photos/{code}/small"):
                answer = reader.get(url, buffered=True)
                assert answer.status_code == 404
                assert "public" not in answer.headers["Cache-Control"]


def test_a_grid_counts_and_draws_what_is_public_to_the_spot_only(street: Street) -> None:
    client = street.app.test_client()
    page = client.get(f"/places/{GRID}").text
    assert street.numbers["road"] in page
    assert street.numbers["noise"] not in page
    assert street.numbers["bbq"] not in page
    client.set_cookie("place", GRID)
    home = client.get("/").text
    assert "own-place" not in home, "a grid is nobody's own place"
