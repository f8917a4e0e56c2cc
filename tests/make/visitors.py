"""Who looks at the pages of ``tests.make.all_pages``: roles, and people in the middle of a step."""

from dataclasses import asdict, replace
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from portal.accounts.models import Person, SecondFactor
from portal.accounts.queries import actor_for
from portal.accounts.rules import NOBODY
from portal.accounts.service.factors import begin_enrolment
from portal.kernel.clock import now
from portal.kernel.ids import hash_token, new_token
from portal.reports.queries.case import case_by_number
from portal.reports.service.drafts import DraftRow, find_draft, save_draft
from portal.reports.service.intake import file_draft
from portal.reports.service.joining import Joiner, join_from_draft
from portal.reports.views.draft_session import COOKIE_PATH, DRAFT_COOKIE, RECEIPT_COOKIE
from tests.make.accounts import session_cookie, sign_in_as
from tests.make.demo import PLACE, Demo
from tests.make.intake import answers
from tests.pages import Browser

# somebody who has done the step before
ASKER, MOVER, HALF, SCANNER, WRITER, SENDER, JOINER = (
    "asker",
    "mover",
    "half",
    "scanner",
    "writer",
    "sender",
    "joiner",
)


class Visitors:
    """The people behind ``Stop.who``: their cookies, as (name, value, path)."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self._known: dict[str, list[tuple[str, str, str]]] = {"": []}

    def before(self, app: Flask) -> "Visitors":
        """The same people at another portal with the same data."""
        others = Visitors(replace(self.demo, app=app))
        others._known = self._known
        return others

    def cookies(self, who: str) -> list[tuple[str, str, str]]:
        if who not in self._known:
            self._known[who] = self._make(who)
        return self._known[who]

    def client(self, who: str, **choices: str) -> FlaskClient:
        """A test client that is this visitor, with display cookies."""
        client = self.demo.app.test_client()
        for name, value, path in self.cookies(who):
            client.set_cookie(name, value, path=path)
        for name, value in choices.items():
            client.set_cookie(name, value)
        return client

    def _make(self, who: str) -> list[tuple[str, str, str]]:
        special = {
            ASKER: self._asker,
            MOVER: self._mover,
            HALF: self._half,
            SCANNER: self._scanner,
            WRITER: self._writer,
            SENDER: self._sender,
            JOINER: self._joiner,
        }
        if who in special:
            return special[who]()
        name, value = session_cookie(self.demo.app, self.demo.people[who])
        return [(name, value, "/")]

    def _session(self, client: FlaskClient) -> list[tuple[str, str, str]]:
        name = self.demo.app.config["SESSION_COOKIE_NAME"]
        found = client.get_cookie(name)
        assert found is not None
        return [(name, found.value, "/")]

    def _asker(self) -> list[tuple[str, str, str]]:
        """Somebody to whom a code was sent."""
        browser = Browser(self.demo.app, check=False)
        browser.get("/sign-in").form().fill(phone="13800001271").send(status=200)
        return self._session(browser.client)

    def _mover(self) -> list[tuple[str, str, str]]:
        """A resident who is changing her number."""
        browser = Browser(self.demo.app, check=False)
        sign_in_as(browser, self.demo.people["shop_owner"])
        browser.get("/me/phone").form().fill(phone="13800001272").send(status=200)
        return self._session(browser.client)

    def _scanner(self) -> list[tuple[str, str, str]]:
        """Staff who set up the second step."""
        person = self.demo.people["auditor"]
        with self.demo.database.write() as session:
            begin_enrolment(session, actor_for(session, person.id, now()), now=now())
        return self._of_half(person)

    def _half(self) -> list[tuple[str, str, str]]:
        """Staff who have the second step and did not give it yet."""
        person = self.demo.people["evaluator"]
        with self.demo.database.write() as session:
            begin_enrolment(session, actor_for(session, person.id, now()), now=now())
            # the row was made a line ago
            session.flush()
            session.get_one(SecondFactor, person.id).confirmed_at = now() - timedelta(days=1)
        return self._of_half(person)

    def _of_half(self, person: Person) -> list[tuple[str, str, str]]:
        name, value = session_cookie(self.demo.app, person, second_factor=False)
        return [(name, value, "/")]

    def _writer(self) -> list[tuple[str, str, str]]:
        """Somebody with every answer given but not sent."""
        return [(DRAFT_COOKIE, self._draft(), COOKIE_PATH)]

    def _sender(self) -> list[tuple[str, str, str]]:
        """Somebody who has just sent a report."""
        token = self._draft()
        with self.demo.database.write() as session:
            draft = find_draft(session, token, None, now())
            assert draft is not None
            file_draft(session, draft, draft.version, actor=NOBODY, address="127.0.0.1", now=now())
        return [(RECEIPT_COOKIE, token, COOKIE_PATH)]

    def _joiner(self) -> list[tuple[str, str, str]]:
        """Somebody who has just followed a matter instead of reporting it again."""
        token = self._draft()
        with self.demo.database.write() as session:
            draft = find_draft(session, token, None, now())
            case = case_by_number(session, self.demo.things["shown"])
            assert draft is not None
            assert case is not None
            joiner = Joiner(NOBODY, token, "127.0.0.1", "zh_Hans")
            seen, moment = draft.version, now()
            join_from_draft(session, draft, seen, case, joiner, add=True, now=moment)
        return [(RECEIPT_COOKIE, token, COOKIE_PATH)]

    def _draft(self) -> str:
        token = new_token()
        given = asdict(answers(area_code=PLACE))
        with self.demo.database.write() as session:
            blank = DraftRow(hash_token(token))
            save_draft(session, blank, 0, given, person_id=None, now=now())
        return token
