"""Pages of alliances: what each visitor reads and does, and what nobody reads."""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sql_event

from pledges.queries.elections import candidates_of, election_by_number
from pledges.rules.alliances import LinkKind
from pledges.rules.elections import ElectionKind
from pledges.service.alliance_help import ask_help
from pledges.service.alliance_lead import add_link, post_notice
from pledges.service.covenants import draft_covenant, publish_covenant
from pledges.service.elections import call_election, count_due, propose, vote
from portal.accounts.models import Person
from portal.kernel.db import Database
from portal.kernel.logs import scrub_text
from tests.make.accounts import sign_in_as
from tests.make.alliances import STREET, Road, alliance, road
from tests.make.pledges import NOW
from tests.pages import Browser

LINK, ASKED = "https://weixin.qq.com/g/AbCdEf123", "谁能借一把梯子"
DAY = timedelta(days=1)


@pytest.fixture
def made(app: Flask, database: Database) -> Road:
    """A led alliance of a road with a link, a notice, a request and a covenant."""
    found = road(database, led=True)
    head = found.owners[0]
    found.do(add_link, head, found.number, LinkKind.WECHAT, "商户群", LINK)
    found.do(post_notice, head, found.number, "例会", "周三下午开会")
    found.do(ask_help, found.owners[1], found.number, found.members[1], ASKED)
    texts = {"zh_Hans": "一起保持门前整洁。", "zh_Hant": "", "en": ""}
    found.do(draft_covenant, head, found.number, texts)
    found.do(publish_covenant, head, found.number)
    return found


def browser_of(app: Flask, who: Person | None) -> Browser:
    browser = Browser(app)
    if who is not None:
        sign_in_as(browser, who)
    return browser.in_language("en")


def test_r280_the_public_reads_shops_and_no_person_link_or_request(app: Flask, made: Road) -> None:
    page = browser_of(app, None).get("/pledges/alliances/", status=200)
    shown = page.click("胜利路门前五包联盟", status=200)
    assert "东阁早点铺" in shown.text
    assert "一起保持门前整洁。" in shown.text
    assert "Too little is known yet" in shown.text
    for secret in (LINK, "AbCdEf123", ASKED, "周三下午", "13900000"):
        assert secret not in page.html + shown.html


def test_only_members_read_what_goes_on(app: Flask, made: Road) -> None:
    where = f"/me/alliances/{made.number}"
    page = browser_of(app, made.owners[2]).get(where, status=200)
    for words in (LINK, ASKED, "周三下午开会", "东阁早点铺"):
        assert words in page.html
    browser_of(app, made.desk).get(where, status=404)
    desk = browser_of(app, made.desk).get(f"/desk/pledges/alliances/{made.number}", status=200)
    for secret in ("AbCdEf123", ASKED):
        assert secret not in desk.html


def test_what_is_the_heads_is_not_offered_to_others(app: Flask, made: Road) -> None:
    for page in ("notice", "links", "covenant/draft", "term"):
        where = f"/me/alliances/{made.number}/{page}"
        browser_of(app, made.owners[0]).get(where, status=200)
        browser_of(app, made.owners[1]).get(where, status=403)


def test_an_election_from_the_first_candidate_to_the_result(
    app: Flask, made: Road, lines: io.StringIO
) -> None:
    number = made.do(call_election, made.desk, made.number, ElectionKind.HEAD, 7, 365)
    where = f"/me/alliances/elections/{number}"
    page = browser_of(app, made.owners[1]).get(where, status=200)
    assert "Nobody is proposed yet." in page.text
    made.do(propose, made.owners[1], number, made.members[1])
    said = browser_of(app, made.owners[1]).get(where, status=200)
    assert "I do not stand" in said.text
    with made.database.read() as session:
        row = election_by_number(session, number)
        assert row is not None
        choice = candidates_of(session, row)[0].number
    for at in range(3):
        made.do(vote, made.owners[at], number, made.members[at], choice, now=NOW + 4 * DAY)
    count_due(made.database, NOW + 11 * DAY)
    result = browser_of(app, made.owners[4]).get(where, status=200)
    assert "A head was elected." in result.text
    assert "counted again just now, with the same result" in result.text
    # who voted stands nowhere, and nothing of it in the log
    assert choice not in lines.getvalue()


def test_no_link_of_a_group_is_in_a_log() -> None:
    for link in (LINK, "https://qm.qq.com/q/Ab1?x=2", "https://u.wechat.com/kKk"):
        found = scrub_text(f"POST failed for {link} at once")
        assert found == "POST failed for [group] at once"


@pytest.mark.parametrize(
    "page", ["/pledges/alliances/", "/me/alliances/", "/desk/pledges/alliances/"]
)
def test_a_list_asks_as_often_for_many_as_for_few(app: Flask, made: Road, page: str) -> None:
    who = made.desk if page.startswith("/desk") else made.owners[0]
    browser = browser_of(app, who)

    def asked() -> int:
        found: list[str] = []

        def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
            found.append(statement)

        sql_event.listen(made.database.reader, "before_cursor_execute", note)
        try:
            assert browser.client.get(page).status_code == 200
        finally:
            sql_event.remove(made.database.reader, "before_cursor_execute", note)
        return len(found)

    browser.get(page, status=200)
    few = asked()
    with made.database.write() as session:
        for at in range(8):
            alliance(session, made.tree[STREET], name_zh_hans=f"联盟{at}")
    assert asked() == few
