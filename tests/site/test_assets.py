"""Static files travel light: joined, named by content, compressed; pages compressed and padded."""

import gzip
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, Response, send_file, stream_with_context
from flask.testing import FlaskClient

from portal.accounts.access import public
from portal.kernel.city import load_city
from portal.kernel.config import CHECKOUT, DEFAULT_CITY
from portal.kernel.instance import Instance, open_for
from portal.site.app import create_app
from portal.site.assets import asset, asset_bundle, squeezed
from portal.site.compression import LEAST, MOST_PADDING, packed

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is sent does not depend on the engine."""
    return sqlite_url


def address(app: Flask, name: str) -> str:
    with app.test_request_context():
        return asset_bundle(name) if "/" not in name else asset(name)


def test_one_sheet_holds_what_every_page_needs_and_the_citys_colours(app: Flask) -> None:
    sheet = app.test_client().get(address(app, "site")).get_data(as_text=True)
    for sign in ("--ink:", ".button", ".footer", "@media print{"):
        assert sign in sheet
    look = load_city(DEFAULT_CITY).look
    assert (
        f":root{{--brand:{look.colour};--brand-deep:{look.deep};--brand-soft:{look.soft}}}" in sheet
    )
    assert "/*" not in sheet


def test_another_city_has_another_sheet(app: Flask, instance: Instance, tmp_path: Path) -> None:
    own = DEFAULT_CITY.read_text("utf-8").replace("#0b5c61", "#7a1f3d")
    file = tmp_path / "own.toml"
    file.write_text(own, "utf-8")
    city = replace(load_city(file), folder=DEFAULT_CITY.parent)
    other = create_app(replace(instance, city=city), open_for(instance))
    assert address(other, "site") != address(app, "site")
    assert "--brand:#7a1f3d" in other.test_client().get(address(other, "site")).get_data(True)


def test_a_file_named_by_its_content_is_kept_for_a_year(app: Flask) -> None:
    client = app.test_client()
    for name in ("site", "css/base.css", "js/site.js", "img/mark.svg"):
        url = address(app, name)
        assert "immutable" in client.get(url).headers["Cache-Control"]
        bare = url.partition("?")[0]
        for other in (bare, f"{bare}?v=0123456789"):
            kept = client.get(other).headers["Cache-Control"]
            assert "immutable" not in kept
            assert "max-age=86400" in kept


def test_text_is_sent_compressed_to_whoever_takes_it(app: Flask) -> None:
    client = app.test_client()
    url = address(app, "site")
    plain, small = client.get(url), client.get(url, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert plain.headers["Vary"] == small.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != small.headers["ETag"]
    assert "Set-Cookie" not in plain.headers
    refused = client.get(url, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_the_portals_own_scripts_are_small_in_total() -> None:
    scripts = sorted((CHECKOUT / "static" / "js").glob("*.js"))
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in scripts}
    assert len(sizes) > 5
    assert sum(sizes.values()) <= 15_000, sizes


def test_what_the_browser_has_is_not_sent_again(app: Flask) -> None:
    client = app.test_client()
    url = address(app, "site")
    known = client.get(url, headers=GZIP).headers["ETag"]
    again = client.get(url, headers={**GZIP, "If-None-Match": known})
    assert again.status_code == 304
    assert again.data == b""


def test_the_citys_emblem_is_served_from_beside_its_file(
    instance: Instance, tmp_path: Path
) -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0"/></svg>'
    (tmp_path / "emblem.svg").write_text(drawing)
    (tmp_path / "secret.svg").write_text(drawing)
    city = load_city(DEFAULT_CITY)
    city = replace(city, folder=tmp_path, look=replace(city.look, emblem="city/emblem.svg"))
    other = create_app(replace(instance, city=city), open_for(instance))
    response = other.test_client().get(address(other, "city/emblem.svg"))
    assert response.get_data(as_text=True) == drawing
    assert response.mimetype == "image/svg+xml"
    assert other.test_client().get("/static/city/secret.svg").status_code == 404


@pytest.mark.parametrize(
    "path", ["css/none.css", "../pyproject.toml", "css/../../pyproject.toml", "city/x.toml", "css"]
)
def test_nothing_else_is_served(app: Flask, path: str) -> None:
    assert app.test_client().get(f"/static/{path}").status_code == 404


def test_squeezing_changes_no_rule() -> None:
    assert squeezed("/* a */\na {\n  b: c;\n\n  d: e /* f */;\n}\n") == "a {\nb: c;\nd: e ;\n}"


@pytest.fixture
def trial(app: Flask, tmp_path: Path) -> FlaskClient:
    """Pages of all kinds that compression meets."""
    long = "<p>" + "word " * LEAST
    (tmp_path / "private.html").write_text(long)

    @app.get("/long")
    @public
    def show_long() -> str:
        return long

    @app.get("/short")
    @public
    def show_short() -> str:
        return "<p>short"

    @app.get("/missing")
    @public
    def show_missing() -> tuple[str, int]:
        return long, 404

    @app.get("/stream")
    @public
    def show_stream() -> Response:
        return Response(stream_with_context(iter([long])), mimetype="text/html")

    @app.get("/file")
    @public
    def show_file() -> Response:
        return send_file(tmp_path / "private.html")

    @app.get("/download")
    @public
    def show_download() -> Response:
        return Response(long, headers={"Content-Disposition": "attachment"}, mimetype="text/html")

    return app.test_client()


def test_a_page_is_compressed_for_whoever_takes_it(trial: FlaskClient) -> None:
    plain, small = trial.get("/long"), trial.get("/long", headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) / 10
    assert gzip.decompress(small.data) == plain.data
    for response in (plain, small):
        assert "Accept-Encoding" in response.headers["Vary"]
        assert "Cookie" in response.headers["Vary"]


@pytest.mark.parametrize("path", ["/short", "/missing", "/stream", "/file", "/download"])
def test_what_is_no_whole_page_is_sent_as_it_is(trial: FlaskClient, path: str) -> None:
    response = trial.get(path, headers=GZIP, buffered=True)
    assert "Content-Encoding" not in response.headers
    assert response.data.startswith(b"<p>")


def test_a_head_says_nothing_of_a_length_that_is_drawn_anew_each_time(trial: FlaskClient) -> None:
    assert "Content-Encoding" not in trial.head("/long", headers=GZIP).headers


def test_the_length_of_a_page_is_blurred() -> None:
    body = b"the same secret " * 200
    lengths = {len(packed(body)) for _ in range(300)}
    assert len(lengths) > MOST_PADDING / 2
    assert max(lengths) - min(lengths) < MOST_PADDING
    for _ in range(5):
        assert zlib.decompress(packed(body), 31) == gzip.decompress(packed(body)) == body
