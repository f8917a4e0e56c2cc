"""What every page shares: languages, display, errors in words, health."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from portal.accounts.access import public
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.errors import Busy, Conflict, Forbidden, Missing, Refused
from portal.kernel.i18n import LANGUAGES
from portal.kernel.jobs import JobRun, registered
from portal.site import jobs, schema
from tests.pages import Browser, PageFault


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the engines."""
    return sqlite_url


OWN_PAGES = ["/", "/help", "/help/paper", "/accessibility"]


@pytest.mark.parametrize("url", OWN_PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_own_page_speaks_every_language(browser: Browser, url: str, language: str) -> None:
    page = browser.get(f"{url}?lang={language}", status=200)
    html = page.soup.find("html")
    assert html is not None
    assert html["lang"] == language.replace("_", "-")


def test_the_default_language_is_chinese_whatever_the_browser_says(browser: Browser) -> None:
    page = browser.get("/help", headers={"Accept-Language": "en-US"})
    assert 'lang="zh-Hans"' in page.html


def test_a_language_is_kept_and_its_link_keeps_the_rest_of_the_address(browser: Browser) -> None:
    page = browser.get("/accessibility?back=/help&lang=zh_Hans")
    links = [str(a["href"]) for a in page.soup.select(".languages a")]
    assert [link for link in links if "lang=en" in link and "back=" in link]
    page = page.click("English")
    assert 'lang="en"' in page.html
    chosen = page.soup.select_one(".languages a[aria-current]")
    assert chosen is not None
    assert chosen.get_text() == "English"
    assert 'lang="en"' in browser.get("/help").html


def test_an_address_too_long_for_three_links_is_not_kept_in_them(browser: Browser) -> None:
    page = browser.get(f"/help?q={'x' * 60_000}")
    links = [str(a["href"]) for a in page.soup.select(".languages a")]
    assert len(links) == len(LANGUAGES)
    assert set(links) == {f"/help?lang={language}" for language in LANGUAGES}
    assert "x" * 1_000 not in page.html


def test_an_unknown_language_changes_nothing(browser: Browser) -> None:
    assert 'lang="zh-Hans"' in browser.get("/help?lang=xx").html
    assert browser.cookie("lang") is None


def failing(app: Flask, error: BaseException) -> None:
    """A page that fails in a given way. (Before the first request, so that it may be added.)"""

    def fail() -> str:
        raise error

    app.add_url_rule("/fail", "fail", public(fail))
    app.config["PROPAGATE_EXCEPTIONS"] = False


def lost(kind: type[DBAPIError], words: str) -> DBAPIError:
    return kind("INSERT …", {}, Exception(words))


FAILURES: list[tuple[BaseException, int]] = [
    (Missing(), 404),
    (Forbidden(), 403),
    (Busy(), 503),
    (lost(OperationalError, "database or disk is full"), 503),
    (lost(IntegrityError, "UNIQUE constraint failed"), 409),
    (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"), 400),
    (OSError(28, "No space left on device"), 503),
    (OSError(5, "Input/output error"), 500),
    (ZeroDivisionError("a defect at 13800001201"), 500),
]


@pytest.mark.parametrize(("error", "status"), FAILURES, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("language", LANGUAGES)
def test_failures_get_words_and_a_telephone_number(
    app: Flask, error: BaseException, status: int, language: str
) -> None:
    failing(app, error)
    page = Browser(app).get(f"/fail?lang={language}", status=status)
    assert page.soup.select_one("main a.tel") is not None
    assert "13800001201" not in page.html
    assert page.response.headers.get("Retry-After") == ("30" if status == 503 else None)
    assert page.response.headers["Content-Security-Policy"]


class Why(StrEnum):
    """A code without registered words."""

    LATE = "too.late"


@pytest.mark.parametrize(("error", "status"), [(Refused(Why.LATE), 422), (Conflict(Why.LATE), 409)])
def test_a_refusal_without_a_form_gets_a_page(app: Flask, error: Refused, status: int) -> None:
    failing(app, error)
    assert "too.late" in Browser(app).get("/fail", status=status).text


def test_an_error_page_is_drawn_while_the_database_is_down(app: Flask) -> None:
    broken = lost(OperationalError, "server closed the connection")

    def no_reader() -> Any:
        raise broken

    app.extensions["gongzhi_database"].open_reader = no_reader
    failing(app, broken)
    Browser(app).get("/fail", status=503)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_does_not_exist_says_so(browser: Browser, language: str) -> None:
    page = browser.get(f"/nowhere/at-all?lang={language}", status=404)
    assert f'lang="{language.replace("_", "-")}"' in page.html


def test_the_wrong_method_gets_words_and_the_right_ones(browser: Browser) -> None:
    page = browser.post("/help", status=405)
    assert "GET" in page.response.headers["Allow"]


@pytest.mark.parametrize(
    "query", ["%ED%A0%80", "%00", "%FF%FE", "q=%ED%A0%80&back=%00", "lang=%ED%A0%80", "%F0%9F%98"]
)
@pytest.mark.parametrize("url", [*OWN_PAGES, "/nowhere"])
def test_odd_bytes_in_an_address_never_break_a_page(browser: Browser, url: str, query: str) -> None:
    assert browser.get(f"{url}?{query}").status in {200, 400, 404}
    assert browser.get(f"/{query}").status in {200, 400, 404}


def test_too_large_a_form_gets_words(browser: Browser) -> None:
    browser.app.add_url_rule("/eat", "eat", public(_eat), methods=["POST"])
    fits = {"words": "路" * 100_000}
    assert browser.client.post("/eat", data=fits).text == "100000"
    page = browser.post("/eat", {"words": "路" * 1_000_000}, status=413)
    assert page.soup.select_one("main a.tel") is not None
    parts = {f"f{n}": "x" for n in range(600)}
    many = browser.client.post("/eat", data=parts, content_type="multipart/form-data")
    assert many.status_code == 413


def _eat() -> str:
    return str(len(request.form["words"]))


def test_alive_needs_nothing(browser: Browser) -> None:
    assert browser.get("/healthz", status=200).html == "ok\n"


def test_ready_needs_the_jobs(browser: Browser, database: Database) -> None:
    page = browser.get("/readyz", status=503)
    assert "jobs" in page.html
    (job,) = [job for job in registered() if job.act is jobs.deliver_messages]
    with database.write() as session:
        session.add(JobRun(name=job.name, due_at=clock.now(), started_at=clock.now()))
    # what else it says depends on the day: a year that no calendar knows is near
    assert browser.get("/readyz", status=200).html.splitlines()[0] == "ready"
    with database.write() as session:
        session.get_one(JobRun, job.name).started_at = clock.now() - timedelta(hours=1)
    browser.get("/readyz", status=503)


def test_ready_needs_the_newest_migration(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "head", lambda: "9999")
    assert "migration" in browser.get("/readyz", status=503).html


def test_ready_needs_the_database(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise lost(OperationalError, "connection refused")

    monkeypatch.setattr(browser.app.extensions["gongzhi_database"], "ping", refuse)
    page = browser.get("/readyz", status=503)
    assert page.html == "the database cannot be reached\n"


def test_robots_and_the_mark_are_served(browser: Browser) -> None:
    assert "Disallow: /desk/" in browser.get("/robots.txt", status=200).html
    assert browser.get("/favicon.ico", status=200).response.mimetype == "image/svg+xml"


def test_p6_the_help_page_names_telephone_person_and_paper(browser: Browser) -> None:
    """Law P6: a telephone number, a way through another person, and paper, for every service."""
    page = browser.get("/help", status=200)
    assert page.soup.select("main a[href='tel:12345']")
    assert page.soup.find(id="person")
    assert page.soup.find(id="paper")
    assert page.soup.select("main a[href='/help/paper']")
    assert browser.get("/").soup.select("aside a[href='/reports/new/paper']")


def test_the_browser_for_tests_sees_what_is_wrong(app: Flask) -> None:
    bad = """<!doctype html><html><title>Other</title><p id="a"><p id="a">None
        <form method="post" action="/nowhere"><input name="x"></form>
        <img src="/nope.png"><a href="#gone">x</a><b style="x">%(name)s</b></html>"""
    app.add_url_rule("/bad", "bad", public(lambda: bad))
    with pytest.raises(PageFault) as fault:
        Browser(app).get("/bad")
    for words in (
        "0 h1", "the title", "no language", "id 'a' twice", "no label for x", "no alt",
        "nothing answers", "no token", "no idempotency key", "#gone", "inline style", "left over",
    ):  # fmt: skip
        assert words in str(fault.value), words
