"""Feeds: the public list for programs, with its filters, and nothing that the list keeps."""

import json
import xml.etree.ElementTree as ET
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.kernel.db import Database
from portal.reports.rules.codes import State
from portal.site import feeds
from tests.make import reports as make
from tests.site.test_open311 import NOW, Town

ATOM, GEOJSON = "/feeds/reports.atom", "/feeds/reports.geojson"
NS = {"a": "http://www.w3.org/2005/Atom"}
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"q": "路灯"},
    {"category": "fumes"},
    {"group": "utilities"},
    {"state": "fed_back"},
    {"area": "370283001001"},
    {"area": "370283002"},
    {"bbox": "119.87,36.66,119.88,36.67"},
    {"q": "没有"},
)


@pytest.fixture
def town(app: Flask, database: Database) -> Town:
    return Town(app, database)


def get(town: Town, url: str, headers: Any = None, **arguments: str) -> TestResponse:
    answer = town.client.get(url, query_string=arguments, headers=headers)
    assert answer.status_code in {200, 304}, answer.text
    return answer


def atom(town: Town, **arguments: str) -> ET.Element:
    answer = get(town, ATOM, **arguments)
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.data)


def geo(town: Town, **arguments: str) -> Any:
    answer = get(town, GEOJSON, **arguments)
    assert answer.headers["Content-Type"] == "application/geo+json; charset=utf-8"
    return json.loads(answer.data)


def in_atom(root: ET.Element) -> list[str]:
    return [str(one.text).rpartition("/")[2] for one in root.findall("a:entry/a:id", NS)]


def text(element: ET.Element, path: str) -> str:
    found = element.find(path, NS)
    assert found is not None
    assert found.text
    return found.text


def test_feeds_hold_what_the_list_holds_under_every_filter(town: Town) -> None:
    for filters in FILTERS:
        page = town.client.get("/reports/", query_string=filters).text
        listed = [n for n in (town.lamp, town.shop, town.hazard) if f"/reports/{n}" in page]
        assert sorted(in_atom(atom(town, **filters))) == sorted(listed), filters
        features = geo(town, **filters)["features"]
        assert sorted(one["id"] for one in features) == sorted(listed), filters
        assert town.hidden not in page
        # the list tells readers of feeds where the same list is for them
        assert f'href="{ATOM}' in page


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_atom_feed_is_whole(town: Town) -> None:
    root = atom(town, lang="en")
    for name in ("id", "title", "updated", "author/a:name"):
        assert text(root, f"a:{name}")
    assert [link.get("rel") for link in root.findall("a:link", NS)] == ["self", "alternate"]
    lamp = next(e for e in root.findall("a:entry", NS) if town.lamp in text(e, "a:id"))
    assert text(lamp, "a:title") == "Street lamp out or broken"
    assert text(lamp, "a:published") == "2026-11-23T10:00:00+08:00"
    assert text(lamp, "a:updated") == "2026-11-23T15:00:00+08:00"
    assert "路灯<坏>了 & 很暗" in text(lamp, "a:summary")
    for stamp in root.iter(f"{{{NS['a']}}}updated"):
        assert datetime.fromisoformat(str(stamp.text)).tzinfo is not None
    assert text(root, "a:updated") == max(
        text(entry, "a:updated") for entry in root.findall("a:entry", NS)
    )
    # an empty feed is a feed
    assert text(atom(town, q="没有"), "a:updated") == "2020-01-01T08:00:00+08:00"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_P5_feeds_keep_words_photo_spot_and_day_of_matters_about_a_shop(town: Town) -> None:
    for url in (ATOM, GEOJSON):
        answer = get(town, url, category="fumes")
        assert town.shop in answer.text
        secrets = ("张记", "朝阳路", "119.87", "36.66", "东阁环卫所", "11-23", "photos", "G01")
        assert [word for word in secrets if word in answer.text] == []
        # the header would tell the hour of the last step
        assert answer.headers["Last-Modified"] == "Sat, 31 Oct 2026 16:00:00 GMT"
    (shop,) = geo(town, category="fumes")["features"]
    assert shop["geometry"]["coordinates"] == [119.9, 36.675]  # the label of the community
    assert shop["properties"]["reported"] == shop["properties"]["updated"] == "2026-11"
    (hazard,) = geo(town, category="safety_hazard")["features"]
    assert hazard["properties"]["reported"] == "2026-11-23"
    assert hazard["geometry"]["coordinates"] == [119.875, 36.663]  # the middle of a square
    (lamp,) = geo(town, category="street_lamp")["features"]
    assert lamp["geometry"]["coordinates"] == [119.87531, 36.66347]
    assert lamp["properties"]["reported"] == "2026-11-23T10:00:00+08:00"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_feed_that_did_not_change_is_not_sent_again(town: Town) -> None:
    for url in (ATOM, GEOJSON):
        first = get(town, url)
        known = {"If-None-Match": first.headers["ETag"]}
        again = get(town, url, headers=known)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Cache-Control"] == "public, max-age=300"
    with town.database.write() as session:
        make.listed(session, town.tree, state=State.ACCEPTED, at=NOW)
    for url in (ATOM, GEOJSON):
        assert get(town, url, headers=known).status_code == 200


def test_feeds_go_on_with_before_and_refuse_what_the_list_refuses(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "SIZE", 2)
    whole: list[str] = []
    url: str | None = GEOJSON
    while url:
        page = json.loads(town.client.get(url).data)
        whole += [one["id"] for one in page["features"]]
        url = page["next"] and page["next"].removeprefix("http://127.0.0.1:8000")
    assert sorted(whole) == sorted([town.lamp, town.shop, town.hazard])
    root = atom(town)
    following = next(link for link in root.findall("a:link", NS) if link.get("rel") == "next")
    assert "before=" in str(following.get("href"))
    for bad in ({"area": "xyz!"}, {"bbox": "1"}, {"category": "none"}, {"before": "none"}):
        assert town.client.get(ATOM, query_string=bad).status_code == 422
    assert town.client.get(f"{GEOJSON}?q={'x' * 5000}").status_code == 414
