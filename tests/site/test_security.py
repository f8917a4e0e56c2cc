"""Headers, cookies, and a form sent over TLS with what a browser sends."""

from dataclasses import replace

import pytest
from flask import Flask, render_template_string
from flask.typing import ResponseReturnValue
from wtforms import StringField

from portal.accounts.access import public
from portal.kernel.config import Config
from portal.kernel.db import Database
from portal.kernel.forms import Form
from portal.kernel.instance import Instance
from portal.kernel.pages import answer
from portal.site.app import create_app
from portal.site.security import content_security_policy
from tests.pages import Browser

PAGE = """{% extends "base.html" %}
{% from "ui/form.html" import form_open, form_close, error_summary with context %}
{% from "ui/field.html" import field with context %}
{% from "ui/button.html" import button %}
{% block title %}Trial{% endblock %}
{% block content %}<h1>Trial</h1>{{ error_summary(form) }}{{ form_open(form) }}
{{ field(form.words) }}{{ button("Send") }}{{ form_close() }}{% endblock %}"""


class TrialForm(Form):
    words = StringField("Words")


def with_form(app: Flask) -> list[str]:
    """Give the app a page with one form; what its action received."""
    seen: list[str] = []

    def trial() -> ResponseReturnValue:
        form = TrialForm()

        def act(_session: object) -> str:
            seen.append(str(form.words.data))
            return "/help"

        return answer(form, app.jinja_env.from_string(PAGE), act)

    app.add_url_rule("/trial", "trial", public(trial), methods=["GET", "POST"])
    return seen


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the engines."""
    return sqlite_url


@pytest.fixture
def secure(instance: Instance, database: Database) -> Flask:
    """The portal as it runs behind TLS."""
    config = replace(instance.config, origin="https://gongzhi.example.cn", trusted_proxies=1)
    app = create_app(replace(instance, config=config), database)
    app.config["TESTING"] = True
    return app


def test_every_response_carries_the_headers(browser: Browser) -> None:
    for url in ("/", "/nowhere", "/static/css/base.css", "/healthz", "/robots.txt"):
        headers = browser.get(url).response.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in headers, "only over TLS"


def test_scripts_run_by_a_nonce_that_is_never_used_twice(browser: Browser) -> None:
    nonces = set()
    for _ in range(2):
        page = browser.get("/")
        policy = page.response.headers["Content-Security-Policy"]
        (nonce,) = {str(script["nonce"]) for script in page.soup.select("script")}
        assert f"'nonce-{nonce}'" in policy
        assert "unsafe" not in policy
        nonces.add(nonce)
    assert len(nonces) == 2


def test_map_tiles_come_from_the_configured_hosts_only(config: Config) -> None:
    tiles = ({"url": "https://t{s}.tiles.example.cn/{z}/{x}/{y}.png"}, {"url": "https://a.cn/x"})
    policy = content_security_policy(replace(config, tiles=tiles), "n")
    assert "img-src 'self' data: blob: https://*.tiles.example.cn https://a.cn;" in policy
    assert "https" not in content_security_policy(config, "n")


def test_static_files_named_by_content_are_kept_and_pages_are_not(browser: Browser) -> None:
    page = browser.get("/")
    sheet = str(page.soup.select("link[rel=stylesheet]")[0]["href"])
    assert "immutable" in browser.get(sheet).response.headers["Cache-Control"]
    plain = sheet.partition("?")[0]
    assert "immutable" not in browser.get(plain).response.headers["Cache-Control"]
    assert page.response.headers["Cache-Control"] == "private, no-cache"


def test_cookies_are_as_strict_as_tls_allows(secure: Flask) -> None:
    with_form(secure)
    browser = Browser(secure, origin="https://gongzhi.example.cn")
    page = browser.get("/trial?lang=en")
    cookies = page.response.headers.getlist("Set-Cookie")
    (session,) = [c for c in cookies if c.startswith("__Host-session=")]
    for flag in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert flag in session
    assert "Domain" not in session
    (language,) = [c for c in cookies if c.startswith("lang=")]
    assert "Secure" in language
    assert "max-age=31536000" in page.response.headers["Strict-Transport-Security"]


def test_over_plain_http_the_cookie_has_a_plain_name(app: Flask) -> None:
    with_form(app)
    cookies = Browser(app).get("/trial").response.headers.getlist("Set-Cookie")
    (cookie,) = [cookie for cookie in cookies if cookie.startswith("session=")]
    assert "Secure" not in cookie
    assert "HttpOnly" in cookie


def test_a_form_over_tls_with_a_browser_s_headers_is_taken(secure: Flask) -> None:
    seen = with_form(secure)
    browser = Browser(secure, origin="https://gongzhi.example.cn")
    browser.headers = {
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "https",
        "Sec-Fetch-Mode": "navigate",
        "Upgrade-Insecure-Requests": "1",
        "User-Agent": "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/130.0",
    }
    page = browser.get("/trial").form().fill(words="路灯不亮").send("Send", status=200)
    assert page.path == "/help"
    assert seen == ["路灯不亮"]


def test_a_double_click_acts_once(app: Flask) -> None:
    seen = with_form(app)
    first, second = Browser(app).get("/trial").form().fill(words="once").send_twice("Send")
    assert first.path == second.path == "/help"
    assert seen == ["once"]


def test_a_form_without_its_token_is_shown_again_with_what_was_typed(app: Flask) -> None:
    seen = with_form(app)
    form = Browser(app).get("/trial").form().fill(words="kept")
    form.values["csrf_token"] = "stale"
    page = form.send("Send", status=422)
    assert page.errors
    assert page.form().values["words"] == "kept"
    assert seen == []
    page.form().send("Send", status=200)
    assert seen == ["kept"]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_on_another_site_reaches_no_view(app: Flask, site: str) -> None:
    seen = with_form(app)
    response = app.test_client().post("/trial", headers={"Sec-Fetch-Site": site})
    assert response.status_code == 403
    assert seen == []


def test_the_host_header_moves_no_link(secure: Flask) -> None:
    page = Browser(secure, origin="https://gongzhi.example.cn").get(
        "/help", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    )
    assert "evil" not in page.html


def test_only_as_many_proxies_are_believed_as_are_set(secure: Flask, app: Flask) -> None:
    def who() -> str:
        return render_template_string("{{ request.remote_addr }} {{ request.scheme }}")

    for portal, expected in ((secure, "203.0.113.7 https"), (app, "127.0.0.1 http")):
        portal.add_url_rule("/who", "who", public(who))
        sent = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7", "X-Forwarded-Proto": "https"}
        assert portal.test_client().get("/who", headers=sent).text == expected
