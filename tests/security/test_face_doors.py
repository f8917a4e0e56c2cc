"""What links may set and where they lead; what is packed, kept and shared of an answer."""

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.kernel.config import CHECKOUT
from portal.kernel.db import Database
from portal.site import assets
from portal.site.display import CHOICES
from tests.security.town import EAST, Town, build_town

GZIP = {"Accept-Encoding": "gzip"}
# nothing else may be set by somebody who only reads
HARMLESS = {"session", "draft", "lang", "place", "offered", "aids", *CHOICES}
WAYS_OUT = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t//evil.example",
    "/\n/evil.example",
    "/%0d%0aSet-Cookie:%20x=1",
    "/\r\nSet-Cookie: x=1",
    "http:evil.example",
    "https://evil.example/places/mine",
    "//evil.example\\@localhost/",
    "javascript:alert(1)//",
    "data:text/html,x",
    "\u2028//evil.example",
    "//\u3002evil.example",
    "/help\x00//evil.example",
)


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Nothing here differs between the engines."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'test.db')}"


@pytest.fixture
def town(app: Flask, database: Database) -> Town:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return build_town(app, database)


def answers(town: Town, query: str = "", **options: Any) -> Iterator[tuple[str, TestResponse]]:
    """Every page that can be read, by somebody who may and by a passer-by."""
    for rule in town.app.url_map.iter_rules():
        if rule.endpoint != "static" and "GET" in (rule.methods or ()):
            for client in (town.client_for(rule), town.clients["nobody"]):
                url = f"{town.address(rule)}{query}"
                yield url, client.get(url, buffered=True, **options)


def test_no_display_link_leads_away_or_writes_a_header(app: Flask) -> None:
    faults = []
    for goal in WAYS_OUT:
        for more in ({"go": "1"}, {"go": "1", "leave": "1"}, {"go": "1", "elder": "1"}, {}):
            query = {"back": goal, **more}
            response = app.test_client().get("/accessibility", query_string=query)
            target = urlsplit(response.headers.get("Location", "/"))
            if target.netloc or target.scheme or target.path.startswith(("//", "/\\")):
                faults.append(f"{goal!r} {more}: leads to {target}")
            if any("x=1" in line for line in response.headers.getlist("Set-Cookie")):
                faults.append(f"{goal!r} {more}: set a cookie of its own")
            if "evil.example" in response.text.replace("%0d%0a", ""):
                links = [part.split('"')[0] for part in response.text.split('href="')[1:]]
                faults += [f"{goal!r}: {link}" for link in links if link.startswith((goal, "//"))]
    assert not faults, "\n".join(faults)


def test_a_long_address_does_not_swell_the_page_that_repeats_it(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("bar", "1")
    usual = len(client.get("/reports/").data)
    for path in ("/reports/", "/help", "/places/mine", "/parts/", "/nowhere/" + "x" * 3_000):
        swollen = len(client.get(f"{path}?x={'y' * 3_900}").data)
        assert swollen < usual + 40_000, path


def test_reading_sets_no_cookie_but_how_to_draw(town: Town) -> None:
    query = "?lang=en&elder=1&text=3&plain=1&bar=1&code=370283001&point=119.9,36.7&session=x"
    found: set[str] = set()
    for url, response in answers(town, query):
        for line in response.headers.getlist("Set-Cookie"):
            name, _, rest = line.partition("=")
            assert name in HARMLESS, url
            assert "HttpOnly" in rest, url
            assert "SameSite=Lax" in rest, url
            assert "Domain" not in rest, url
            found.add(name)
    assert {"lang", "elder", "place"} <= found


def test_only_a_page_keeps_the_language_of_its_address(town: Town) -> None:
    """Browsers ask anew for the worker, in the language of some day, behind the reader's back."""
    client = town.clients["nobody"]
    client.set_cookie("lang", "en")
    files = ("/sw.js", "/manifest.webmanifest", "/static/css/site.css", "/static/img/mark.svg",
             "/reports/map.geojson", "/reports/offline/token", "/robots.txt",
             f"/reports/photos/{town.things['photo']}")  # fmt: skip
    for path in files:
        cookies = client.get(f"{path}?lang=zh_Hant", buffered=True).headers.getlist("Set-Cookie")
        assert not [line for line in cookies if line.startswith("lang=")], path
    assert 'lang="en"' in client.get("/help").text
    client.get("/help?lang=zh_Hant")
    assert 'lang="zh-Hant"' in client.get("/help").text


def test_what_others_may_keep_carries_nobody_s_cookie(town: Town) -> None:
    """A cache between us and two readers hands on all that it kept."""
    shared = []
    urls = ("/static/css/site.css", "/static/js/worker.js", "/static/fonts/no")
    extra = [(url, town.clients["owner"].get(f"{url}?lang=en", buffered=True)) for url in urls]
    for url, response in [*answers(town, "?lang=en&elder=1"), *extra]:
        caching = response.headers.get("Cache-Control", "")
        if "public" in caching or ("max-age" in caching and "private" not in caching):
            shared.append(url)
            assert "Set-Cookie" not in response.headers, url
    assert shared


def test_no_page_is_kept_because_its_address_looks_like_a_file_s(town: Town) -> None:
    """Caches go by endings: whoever lures somebody signed in to one reads her page there."""
    client = town.clients["owner"]
    for path in ("/static/me.css", "/static/css/no.css", "/me/x.css", "/me%2Fx.css", "/me;x.css",
                 "/static/../me", "/sw.js/x.css", "/desk/x.png", "/reports/photos/no"):  # fmt: skip
        response = client.get(path, headers=GZIP, buffered=True)
        assert response.headers["Cache-Control"] in {"no-store", "private, no-store"}, path
        assert "Cookie" in response.headers["Vary"], path


def test_the_worker_and_the_manifest_are_the_same_whoever_asks(town: Town) -> None:
    for path in ("/sw.js?lang=en", "/manifest.webmanifest?lang=en", "/reports/offline/shell"):
        bodies = set()
        for name in ("nobody", "neighbour"):
            response = town.clients[name].get(path)
            assert response.status_code == 200
            bodies.add(response.data if "shell" not in path else b"")
            assert "钱邻居" not in response.text or name == "neighbour"
        assert len(bodies) == 1, path


def test_the_worker_asks_as_nobody_and_keeps_one_page() -> None:
    script = (CHECKOUT / "static/js/worker.js").read_text("utf-8")
    assert script.count("fetch(file") == 1
    assert 'fetch(file, { credentials: "omit" })' in script
    # two things are kept: the files that the page names, and the page
    assert script.count(".put(") == 2
    assert "importScripts" not in script


def test_nothing_typed_gets_into_the_worker(app: Flask) -> None:
    for lang in ("en", "';alert(1)//", "</script>", "zh_Hans\n", "__proto__"):
        text = app.test_client().get("/sw.js", query_string={"lang": lang, "PAGE": "x"}).text
        head = text.split("// Keeps two pages")[0]
        assert "alert" not in head
        assert "</" not in head
        assert head.count("const ") == 5


def test_packing_changes_nothing_but_the_length(town: Town) -> None:
    packed, faults = 0, []
    for url, response in answers(town, headers=GZIP):
        fault = _misfit(response)
        packed += "Content-Encoding" in response.headers
        faults += [f"{url}: {fault}"] if fault else []
    assert not faults, "\n".join(faults)
    assert packed > 30


def _misfit(response: TestResponse) -> str | None:
    headers = response.headers
    length = headers.get("Content-Length")
    if length is not None and int(length) != len(response.data):
        return f"{length} announced, {len(response.data)} sent"
    if "Content-Encoding" not in headers:
        return None
    if response.mimetype != "text/html" or response.status_code != 200:
        return f"{response.mimetype} {response.status_code} is packed"
    if "Accept-Encoding" not in headers.get("Vary", ""):
        return "a reader without gzip may get it from a cache"
    if "ETag" in headers or "Accept-Ranges" in headers:
        return "parts of it could be asked for"
    return None if b"</html>" in gzip.decompress(response.data) else "broken"


def test_a_part_of_a_packed_page_cannot_be_had(town: Town) -> None:
    """The length of chosen parts would undo the blur of the whole."""
    client = town.clients["owner"]
    for extra in ({"Range": "bytes=0-99"}, {"Range": "bytes=-5", "If-Range": '"x"'}):
        response = client.get("/me", headers={**GZIP, **extra})
        assert response.status_code == 200
        assert "Content-Range" not in response.headers
    lengths = {len(client.get("/me", headers=GZIP).data) for _ in range(12)}
    assert len(lengths) > 1


ODD_FILES = (
    "../pyproject.toml", "..%2Fpyproject.toml", "%2e%2e/%2e%2e/etc/passwd", "css/../../README.md",
    "css/..%5C..%5Cx", "/etc/passwd", "%2Fetc/passwd", "css", "css/", "css/%00.css", "city/",
    "city/emblem.svg", "city/pingdu.toml", "city/..%2Fpingdu.toml", "css/site.css/..", "x" * 4_000,
    "css/site.css%00.png", "fonts/", ".", "..", "css/tokens.css/../../../portal/site/app.py",
)  # fmt: skip


def test_no_file_but_the_shown_ones_is_served(app: Flask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for name in ODD_FILES:
        response = app.test_client().get(f"/static/{name}", buffered=True)
        assert response.status_code in {301, 308, 400, 404}, name
        target = response.headers.get("Location", "/static/")
        assert target.startswith("/static/"), name


def test_addresses_made_up_by_the_thousand_fill_no_memory(app: Flask) -> None:
    client = app.test_client()
    names = ("css/site.css", "js/site.js", "img/mark.svg", "img/icon-192.png", "css/none.css")
    for name in names:
        client.get(f"/static/{name}", buffered=True)
    kept = (assets._read, assets._fingerprint, assets._joined)
    before = [one.cache_info().currsize for one in kept]
    for at in range(200):
        for name in names:
            response = client.get(f"/static/{name}?v={at}", buffered=True)
            assert "immutable" not in response.headers["Cache-Control"]
    assert [one.cache_info().currsize for one in kept] == before


def test_a_drawing_opened_by_itself_runs_nothing(app: Flask) -> None:
    client = app.test_client()
    for name in ("img/pictograms.svg", "img/mark.svg"):
        response = client.get(f"/static/{name}")
        assert response.mimetype == "image/svg+xml"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    drawn = (CHECKOUT / "static/img/pictograms.svg").read_text("utf-8").casefold()
    unwanted = ("<script", "onload", "javascript:", "foreignobject", "<image", "@import", "<style")
    assert not [word for word in unwanted if word in drawn]


PLACES = (
    "370283001", "370283", "370283001M1", "999999999", "", "37028300_", "%", "3702830011",
    "٣٧٠٢٨٣٠٠١", '"><script>', "370283001; Path=/x", "370283001\r\nX: y", "9" * 4_000,
)  # fmt: skip


def test_no_place_cookie_breaks_or_fills_the_first_page(town: Town) -> None:
    for typed in PLACES:
        client = town.app.test_client()
        chosen = client.get("/places/mine", query_string={"code": typed})
        assert chosen.status_code in {200, 303, 404}, typed
        assert chosen.headers.get("Location", "/#near") == "/#near", typed
        kept = [line for line in chosen.headers.getlist("Set-Cookie") if line[:6] == "place="]
        assert bool(kept) == (typed in {EAST, ""}), typed
        client.set_cookie("place", typed)
        page = client.get("/")
        assert page.status_code == 200, typed
        assert '"><script>' not in page.text


POINTS = ("nan,nan", "inf,-inf", "1e400,1", "119.9", "119.9,36.7,1", ",", "119.9;36.7", "0x1p3,1",
          "1_1_9.9,3_6.7", "１１９.9,36.7", "9" * 3_000 + ",1", "119.9,36.7\x00")  # fmt: skip


def test_no_made_up_position_is_a_place_or_a_crash(town: Town) -> None:
    for typed in POINTS:
        response = town.app.test_client().get("/places/mine", query_string={"point": typed})
        assert response.status_code in {200, 303}, typed
        cookies = response.headers.getlist("Set-Cookie")
        kept = [line for line in cookies if line.startswith("place=")]
        # some spell real numbers in odd letters: then it is a real place
        assert all(line.startswith(f"place={EAST}") for line in kept), typed


def test_a_position_is_told_to_an_address_to_a_hundred_metres() -> None:
    """Histories and the logs of proxies keep addresses; forms that are posted leave none."""
    script = (CHECKOUT / "static/js/report.js").read_text("utf-8")
    assert 'form.method === "get" ? 3 : 6' in script


def test_the_parts_are_shown_to_staff_only_and_keep_nothing(town: Town) -> None:
    look = "?scheme=black&text=6&plain=1&elder=1&eye=1&sort=%3Cscript%3E&x=%22onload%3D"
    for path in ("/parts/", "/parts/forms", "/parts/lists", "/parts/frame"):
        for name, status in {"nobody": 303, "owner": 403, "neighbour": 403}.items():
            assert town.clients[name].get(path + look).status_code == status, (path, name)
        response = town.clients["auditor"].get(path + look)
        assert response.status_code == 200
        names = {line.split("=")[0] for line in response.headers.getlist("Set-Cookie")}
        assert not names & {"scheme", "text", "plain", "elder", "eye"}, path
    assert town.clients["auditor"].get("/parts/..%2Fhome").status_code == 404
    assert town.clients["auditor"].get("/parts/index").status_code == 404
