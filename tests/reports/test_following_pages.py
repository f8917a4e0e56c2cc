"""Following as pages: with an account and without, by the links of messages, by a mail program."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from portal.kernel.clock import now
from portal.kernel.db import Base, Database
from portal.kernel.delivery import Letter
from portal.kernel.delivery_couriers import MailCourier
from portal.kernel.ids import new_id
from portal.kernel.outbox import Channel
from portal.reports.models import Case
from portal.reports.rules.codes import Event, Target
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.service.following.digests import send_digests
from tests.make import accounts, following, reports
from tests.make.accounts import sign_in_as
from tests.make.following import posted, token_in
from tests.make.intake import COMMUNITY, filed, visitor
from tests.make.neighbours import tree
from tests.pages import Browser

STREET = COMMUNITY[:9]
MAIL = "wang@example.com"
# the next day's round at whatever time the test runs: what can still be undone waits ten minutes
LATER = timedelta(days=1, minutes=15)


@pytest.fixture
def matter(city: Database) -> Case:
    with city.write() as session:
        return reports.listed(session, tree(session), at=now() - timedelta(hours=3))


def _path(address: str) -> str:
    return re.sub(r"^https?://[^/]+", "", address)


def _rows(database: Database) -> list[str]:
    with database.read() as session:
        tables = Base.metadata.sorted_tables
        return [repr(row) for table in tables for row in session.execute(select(table))]


def test_somebody_without_account_confirms_reads_and_stops_by_links_alone(
    app: Flask, city: Database, matter: Case
) -> None:
    typer = visitor(app)
    page = typer.get(f"/reports/{matter.number}").click("Follow this matter", status=200)
    wrong = page.form().fill(to="12345").send(status=422)
    assert "mobile number" in " ".join(wrong.errors)
    page = wrong.form().fill(to="138 0000 1266").send(status=200)
    assert "a link is on its way" in " ".join(page.notices)
    link = posted(city)[-1][2]["link"]
    # a GET decides nothing: mail programs look ahead
    receiver = visitor(app)
    page = receiver.get(_path(link), status=200)
    assert posted(city)[-1][0] == "follow.confirm"
    page = page.form().send("Yes, follow", status=200)
    assert page.h1 == "What you follow"
    assert "no-store" in page.response.headers["Cache-Control"]
    assert "13800001266" not in page.html
    assert receiver.get(_path(link), status=200).h1 == "What you follow"
    # the same answer to whoever asks again
    again = typer.get(f"/reports/{matter.number}/follow").form().fill(to="13800001266")
    assert "a link is on its way" in " ".join(again.send(status=200).notices)
    assert posted(city)[-1][0] == "follow.already"
    with city.write() as session:
        reports.walk(session, session.merge(matter), (Event.ACCEPT,), at=now() - timedelta(hours=1))
    assert send_digests(city, now() + LATER) == 1
    facts = posted(city, "follow.digest")[0][2]
    assert matter.number in receiver.get(_path(facts["own"]), status=200).html
    # not even where the answer to a double click is kept: no link lies readable in the database
    assert not [row for row in _rows(city) for at in (facts["own"], link) if token_in(at) in row]
    page = receiver.get(_path(facts["stop"]), status=200)
    assert len(page.soup.select("main form button")) == 1
    assert page.form().send("Stop", status=200).h1 == "No more messages are sent"
    assert "any more" in receiver.get(_path(facts["stop"]), status=404).h1
    assert send_digests(city, now() + 2 * LATER) == 0


def test_a_mail_program_stops_with_one_post_and_nobody_s_cookie(app: Flask, city: Database) -> None:
    page = visitor(app).get(f"/reports/?area={STREET}").click("Follow this", status=200)
    page.form().fill(to=MAIL).send(status=200)
    _, to, facts = posted(city)[-1]
    assert to == MAIL
    receiver = visitor(app)
    receiver.get(_path(facts["link"])).form().send(status=200)
    with city.write() as session:
        reports.listed(session, tree(session), at=now())
    assert send_digests(city, now() + LATER) == 1
    address = _path(posted(city, "follow.digest")[0][2]["one_click"])
    assert app.test_client().get(address).status_code == 303
    form = {"List-Unsubscribe": "One-Click"}
    assert app.test_client().post("/f/nothing/one-click", data=form).status_code == 404
    assert app.test_client().post(address, data=form).status_code == 200
    assert app.test_client().post(address, data=form).status_code == 404
    assert send_digests(city, now() + 2 * LATER) == 0


def test_a_mail_names_the_address_that_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[EmailMessage] = []

    class Server:
        def __enter__(self) -> "Server":
            return self

        def __exit__(self, *_error: object) -> None: ...

        def send_message(self, mail: EmailMessage) -> None:
            sent.append(mail)

    monkeypatch.setattr("portal.kernel.delivery_couriers._smtp", lambda *_a, **_k: Server())
    courier = MailCourier("smtp://localhost?from=city@example.com", "平度")
    address = "https://city.example.com/f/abc/one-click"
    letter = Letter(new_id(), Channel.MAIL, MAIL, "follow.digest", "…", now(), unsubscribe=address)
    courier.send(letter)
    assert sent[0]["List-Unsubscribe"] == f"<{address}>"
    assert sent[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_somebody_signed_in_follows_at_once_reads_changes_and_stops(
    app: Flask, city: Database, matter: Case
) -> None:
    with city.write() as session:
        me, other = accounts.person(session), accounts.person(session)
    mine, theirs = visitor(app), visitor(app)
    sign_in_as(mine, me)
    sign_in_as(theirs, other)
    page = mine.get(f"/places/{STREET}").click("Follow this place", status=200)
    assert page.form().send("Follow", status=200).h1 == "What I follow"
    mine.get(f"/reports/{matter.number}/follow").form().fill(way="sms", when="once").send(
        status=200
    )
    assert "You follow this matter" in mine.get(f"/reports/{matter.number}").text
    assert "You follow this matter" not in theirs.get(f"/reports/{matter.number}").text
    assert "news of" not in mine.get("/me").text
    number = filed(city).number
    with city.write() as session:
        fresh = reports.listed(session, tree(session), at=now())
    page = mine.get("/me").click("There is news of 1 matter that you follow", status=200)
    assert fresh.number in page.html
    # what is not checked is nobody's news
    assert number not in page.html
    page = page.form("/me/following/read").send("Mark as read", status=200)
    assert fresh.number not in page.html
    assert "There is news" not in mine.get("/me").text
    # the way is changed, and what another follows is not there
    page = mine.get("/me/following").click("Change how I am told", status=200)
    change = page.path
    assert "at each step" in mine.get("/me/following").text
    page.form().fill(way="app").send("Save", status=200)
    assert "at each step" not in mine.get("/me/following").text
    assert theirs.get(change, status=404)
    page = mine.get(f"/reports/{matter.number}").form(button="Stop following")
    assert page.send("Stop following", status=200).h1 == "What I follow"
    assert f"/reports/{matter.number}" not in mine.get("/me/following").html
    mine.get(f"/reports/{matter.number}/follow").form().send(status=200)
    page = mine.get("/me/following").form("/me/following/stop", button="everything")
    assert "You follow nothing yet" in page.send(status=200).text


def test_what_is_no_public_list_cannot_be_followed(reader: Browser, city: Database) -> None:
    hidden = filed(city).number
    for query in ("area=370283999", "category=nothing", "category=behaviour"):
        reader.get(f"/reports/follow?{query}", status=404)
    reader.get(f"/reports/{hidden}/follow", status=404)
    assert reader.get("/reports/follow", status=200).h1 == "Follow a place or a kind of problem"


def test_P5_of_a_followed_matter_that_was_hidden_since_only_its_number_is_told(
    app: Flask, city: Database, matter: Case
) -> None:
    """Sorted anew as somebody's conduct it is nobody's to read, not even by its kind."""
    with city.write() as session:
        reader = accounts.person(session, "钱邻居")
        token = following.confirmed(session, following.of_case(matter), at=now())
        following.own(session, reader, following.of_case(matter), at=now())
        kind = reports.category(session, BEHAVIOUR, target=Target.PERSON_OR_SHOP, name="不文明行为")
        # the row is read with its kind
        session.flush()
        hidden = session.merge(matter)
        hidden.category_code, hidden.listed = kind.code, False
    mine = visitor(app)
    sign_in_as(mine.client, reader)
    paths = [f"/f/{token}", f"/f/{token}/stop"]
    pages = [*(visitor(app).get(path, status=200) for path in paths), mine.get("/me/following")]
    for page in pages:
        assert matter.number in page.html
        assert kind.name_zh_Hans not in page.html
        assert kind.name_en not in page.html
