"""Public notices: on every page while they stand, told to those who follow the place (R025)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.areas.queries.notices import notices_at
from portal.areas.rules import Keeper, NoticeLevel, NoticeRefusal
from portal.areas.service.notices import take_down_notice
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.outbox import OutboxMessage, OutboxState
from portal.reports.rules.following import Subject
from portal.reports.service.following import notices as telling
from portal.reports.service.following.notices import tell_notices
from tests.make import following
from tests.make.accounts import sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.notices import EVERYWHERE, WORDS
from tests.make.notices import put_up as put_up_at
from tests.make.reports import NOW
from tests.pages import Browser, Page

CITY, STREET, OTHER = "370283", "370283001", "370283002"
COMMUNITY = "370283001001"
NIGHT = NOW.replace(hour=17)  # one in the morning in Shanghai
MINUTE = timedelta(minutes=1)


def put_up(session: Session, code: str = CITY, **more: Any) -> UUID:
    return put_up_at(session, code, **({"now": NOW} | more))


@pytest.fixture
def tree(database: Database) -> dict[str, Area]:
    with database.write() as session:
        return small_tree(session)


def everything(page: Page) -> str:
    """All words of a page, those above its content too."""
    return str(page.soup.get_text(" ", strip=True))


def test_r025_a_notice_stands_on_every_page_with_whom_to_call_until_it_is_taken_down(
    app: Flask, browser: Browser, database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        who = staff(session, "street_desk", area=tree[STREET])
    sign_in_as(browser, who)
    assert "Heavy rain" not in everything(browser.get("/help?lang=en", status=200))
    page = browser.get("/admin/notices/new?lang=en", status=200)
    page.form().fill(
        place=STREET, level="orange", words_zh_hans=WORDS["zh_Hans"], words_en=WORDS["en"],
        issuer="平度市气象台", lasts="6",
    ).send("Put it up", status=200)  # fmt: skip
    for path in ("/help?lang=en", "/?lang=en", "/reports/?lang=en", "/notices/?lang=en"):
        standing = browser.get(path, status=200)
        assert everything(standing).count("Heavy rain: stay inside.") == 1, path
        calls = {str(link["href"]) for link in standing.soup.select(".notice a")}
        assert {"tel:110", "tel:119", "tel:120"} <= calls
    assert WORDS["zh_Hans"] in everything(browser.get("/help?lang=zh-Hans", status=200))
    # what a device keeps for a time without network would show it when it is long over
    shell = Browser(app, check=False).get("/reports/offline/shell?lang=en", status=200)
    assert "Heavy rain" not in everything(shell)
    down = browser.get("/admin/notices/?lang=en", status=200).click("Take it down", status=200)
    down.form().send("Take it down", status=200)
    assert "Heavy rain" not in everything(browser.get("/help?lang=en", status=200))
    over = browser.get("/notices/?lang=en", status=200).text
    assert "Over, of the last three months" in over
    assert "Heavy rain" in over


def test_what_was_typed_stays_when_something_is_wrong(
    browser: Browser, database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        who = staff(session, "street_desk", area=tree[STREET])
    sign_in_as(browser, who)
    page = browser.get("/admin/notices/new?lang=en", status=200)
    wrong = page.form().fill(level="red", words_zh_hans="水管爆裂", issuer="   ", tell=True)
    values = wrong.send("Put it up", status=422).form().values
    assert (values["words_zh_hans"].strip(), values["level"]) == ("水管爆裂", "red")
    assert values["tell"]


def test_a_notice_ends_by_itself_to_the_second(database: Database, tree: dict[str, Area]) -> None:
    with database.write() as session:
        put_up(session, level=NoticeLevel.BLUE)
        put_up(session, level=NoticeLevel.RED)
    last = NOW + timedelta(hours=6)
    with database.read() as session:
        assert notices_at(session, NOW - timedelta(seconds=1)) == []
        levels = [row.level for row in notices_at(session, NOW)]
        assert levels == [NoticeLevel.RED, NoticeLevel.BLUE], "the gravest first"
        assert len(notices_at(session, last - timedelta(seconds=1))) == 2
        assert notices_at(session, last) == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"words": {"en": "Rain"}}, NoticeRefusal.NO_WORDS),
        ({"issuer": " "}, NoticeRefusal.NO_ISSUER),
        ({"lasts": timedelta(minutes=9)}, NoticeRefusal.BAD_TIME),
        ({"lasts": timedelta(days=30, seconds=1)}, NoticeRefusal.BAD_TIME),
    ],
)
def test_a_notice_says_what_who_and_how_long(
    database: Database, tree: dict[str, Area], more: dict[str, Any], code: NoticeRefusal
) -> None:
    with database.write() as session, pytest.raises(Refused) as caught:
        put_up(session, **more)
    assert caught.value.code is code


def test_nobody_speaks_for_a_place_that_is_not_theirs(
    database: Database, tree: dict[str, Area]
) -> None:
    keeper = Keeper(None, (tree[STREET].path,))
    with database.write() as session:
        mine, theirs = put_up(session, STREET), put_up(session, OTHER)
    with database.write() as session:
        with pytest.raises(Forbidden):
            take_down_notice(session, keeper, theirs, now=NOW)
        take_down_notice(session, keeper, mine, now=NOW)
        with pytest.raises(Conflict):
            take_down_notice(session, keeper, mine, now=NOW + MINUTE)


def followers(database: Database, *codes: str) -> None:
    """One telephone for each place."""
    with database.write() as session:
        for at, code in enumerate(codes):
            following.confirmed(session, Subject(area=code), f"+86138000012{at:02}")


def test_r025_those_who_follow_the_place_or_what_is_around_it_are_told_once(
    database: Database, tree: dict[str, Area], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "BATCH", 2)
    followers(database, CITY, STREET, COMMUNITY, OTHER)
    with database.write() as session:
        put_up(session, STREET)
        put_up(session, STREET, tell=False)
    assert tell_notices(database, NOW) == 3
    assert tell_notices(database, NOW) == 0
    rows = following.posted(database, "follow.notice.orange")
    assert sorted(to for _, to, _ in rows) == [f"+86138000012{at:02}" for at in (0, 1, 2)]


def test_two_that_tell_at_once_tell_everybody_once(
    database: Database, tree: dict[str, Area], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "BATCH", 1)
    followers(database, CITY, STREET, COMMUNITY)
    with database.write() as session:
        put_up(session)
    start = Barrier(2)

    def act(_at: int) -> int:
        start.wait()
        return tell_notices(database, NOW)

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(act, range(2))) == 3
    assert len(following.posted(database, "follow.notice.orange")) == 3


def _due(database: Database, notice_id: UUID) -> list[datetime]:
    """When what still waits of a notice will be sent."""
    with database.read() as session:
        rows = select(OutboxMessage.due_at).where(
            OutboxMessage.subject == f"notice:{notice_id}",
            OutboxMessage.state == OutboxState.WAITING,
        )
        return list(session.scalars(rows))


def test_by_night_only_what_is_grave_is_told_and_what_is_taken_down_is_not(
    database: Database, tree: dict[str, Area]
) -> None:
    followers(database, CITY)
    with database.write() as session:
        grave = put_up(session, level=NoticeLevel.RED, now=NIGHT)
        mild = put_up(session, level=NoticeLevel.YELLOW, now=NIGHT)
    assert tell_notices(database, NIGHT) == 2
    assert _due(database, grave) == [NIGHT]
    (morning,) = _due(database, mild)
    assert morning > NIGHT + timedelta(hours=4)
    with database.write() as session:
        take_down_notice(session, EVERYWHERE, mild, now=NIGHT + MINUTE)
    assert _due(database, mild) == []
