"""The installable site: its manifest, and a worker that keeps nothing personal."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from portal.kernel.config import CHECKOUT
from portal.kernel.i18n import LANGUAGES
from portal.kernel.instance import Instance
from portal.site.app import create_app
from tests.pages import Browser

STATIC = CHECKOUT / "static"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manifest_names_the_city_in_each_language(app: Flask, language: str) -> None:
    response = app.test_client().get(f"/manifest.webmanifest?lang={language}")
    assert response.mimetype == "application/manifest+json"
    found = json.loads(response.get_data(as_text=True))
    city = app.extensions["gongzhi_instance"].city
    assert city.names[language] in found["name"]
    assert found["theme_color"] == city.look.colour
    assert {icon["purpose"] for icon in found["icons"]} == {"any", "maskable"}
    for icon in found["icons"]:
        name = icon["src"].removeprefix("/static/").partition("?")[0]
        with Image.open(STATIC / name) as image:
            assert icon["sizes"] == f"{image.width}x{image.height}"
    for url in (found["start_url"], *(one["url"] for one in found["shortcuts"])):
        assert app.test_client().get(url).status_code == 200


def test_pages_name_the_manifest_and_plain_text_does_not(app: Flask) -> None:
    browser = Browser(app)
    assert browser.get("/help", status=200).soup.select_one("link[rel=manifest]")
    browser.client.set_cookie("plain", "1")
    assert not browser.get("/help", status=200).soup.select_one("link[rel=manifest]")


def test_the_worker_is_served_for_the_whole_site_and_asked_for_again_each_time(
    app: Flask,
) -> None:
    response = app.test_client().get("/sw.js?lang=en")
    assert response.mimetype == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    policy = response.headers["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert "manifest-src 'self'" in policy
    script = response.get_data(as_text=True)
    assert '"/reports/offline/shell?lang=en"' in script
    assert script == app.test_client().get("/sw.js?lang=en").get_data(as_text=True)
    assert script != app.test_client().get("/sw.js?lang=zh_Hans").get_data(as_text=True)


def test_a_city_that_wants_no_worker_sends_one_that_takes_its_leave(
    app: Flask, instance: Instance
) -> None:
    city = replace(instance.city, raw={**instance.city.raw, "offline": False})
    off = create_app(replace(instance, city=city), app.extensions["gongzhi_database"])
    script = off.test_client().get("/sw.js").get_data(as_text=True)
    assert 'const VERSION = "";' in script
    assert "unregister" in script
    assert "caches.delete" in script
    page = Browser(off).get("/reports/new", status=200)
    (script_tag,) = page.soup.select("script[data-worker]")
    assert script_tag["data-worker"] == ""


def test_our_own_script_for_the_report_is_small() -> None:
    files: list[Path] = [STATIC / f"js/{name}.js" for name in ("report", "worker")]
    assert sum(file.stat().st_size for file in files) < 20_000
