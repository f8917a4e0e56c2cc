"""Every page of the portal once: its address with values that show something, and who opens it.

A page without values in its address is found by itself: it is opened by somebody who may. A new
page that needs values or a special visitor gets a line here; the test says so.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from portal.accounts.access import Access
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
from portal.site.parts import SECTIONS
from tests.make import door_pages
from tests.make.accounts import session_cookie, sign_in_as
from tests.make.demo import PLACE, Demo
from tests.make.intake import answers
from tests.make.routes import with_permission
from tests.pages import Browser

# what answers a GET with something else than a page of its own
NO_PAGE = {
    "static": "files",
    "site.favicon": "a picture",
    "site.healthz": "one word for a machine",
    "site.readyz": "one word for a machine",
    "site.robots": "for robots",
    "site.worker": "a script",
    "site.manifest": "for the phone's system",
    "satisfaction.month_csv": "a table to download",
    "accounts.my_data_file": "a file to download",
    "reports.desk_photo": "a picture",
    "reports.desk_diary_photo": "a picture",
    "reports.desk_came_photo": "a picture",
    "reports.pass_photo": "a picture",
    "reports.short": "leads on to the matter",
    "reports.desk_link_made": "a secret, shown once in one browser",
    "feeds.atom": "a feed",
    "feeds.geojson": "data of the map",
    "metrics.show": "numbers for a machine",
    "open311.discovery": "for programs",
    "open311.discovery_bare": "for programs",
    "open311.no_such_method": "for programs",
    "open311.request": "for programs",
    "open311.requests": "for programs",
    "open311.service": "for programs",
    "open311.services": "for programs",
    "open311.token": "for programs",
    "openapi.show": "for programs",
    "reports.map_data": "data of the map",
    "reports.map_outlines": "data of the map",
    "reports.offline_token": "a token for a script",
    "reports.pending_photo": "a picture",
    "reports.photo": "a picture",
    "reports.thumbnail": "a picture",
    "reports.uncovered_photo": "a picture",
    "reports.place_map_picture": "a picture",
    "reports.open_link": "leads on to the case",
    "reports.file_receipt": "the receipt of one browser; looked at in tests/reports/test_filing.py",
    "reports.filed_paper": "a picture",
    "reports.joined": "the receipt of one browser; 'joined' below is the same page",
    "reports.opened": "leads on to the case",
    "reports.one_click_page": "leads on to the page that stops messages",
    "accounts.start": "leads on",
    "reports.reopen": "leads on to the rating",
}
# somebody who has done the step before; see Visitors
ASKER, MOVER, HALF, SCANNER, WRITER, SENDER, JOINER = (
    "asker",
    "mover",
    "half",
    "scanner",
    "writer",
    "sender",
    "joiner",
)
WHO = {
    **door_pages.WHO,
    "accounts.enter_code": ASKER,
    "accounts.my_phone_code": MOVER,
    "accounts.give_factor": HALF,
    "accounts.enrol_factor": SCANNER,
    "accounts.start_factor": "street_desk",
    "reports.place": WRITER,
    "reports.place_list": WRITER,
    "reports.place_map": WRITER,
    "reports.place_point": WRITER,
    "reports.what": WRITER,
    "reports.details": WRITER,
    "reports.emergency": WRITER,
    "reports.contact": WRITER,
    "reports.check": WRITER,
    "reports.done": SENDER,
    "reports.join_draft": WRITER,
    "reports.still_there": "resident",
    "reports.add_photo": "resident",
    "reports.objection": "resident",
    "reports.rate": "resident",
    "reports.rated": "resident",
    "reports.urge": "resident",
    "reports.withdraw": "resident",
    "reports.reply": "resident",
    "reports.desk_respond": "grid_lead",
    "reports.desk_close": "verifier",
    "reports.desk_condition": "verifier",
    "reports.desk_delist": "verifier",
    "reports.desk_list_case": "verifier",
    "reports.desk_send_back": "verifier",
    "reports.desk_handle": "handling_unit",
    "reports.desk_return": "handling_unit",
    "reports.desk_receipt": "handling_unit",
    "reports.desk_grid": "grid_lead",
    "reports.desk_spot": "grid_lead",
    "reports.desk_diary_correct": "grid_lead",
    "reports.desk_helper": "handling_unit",
    "reports.desk_came": "handling_unit",
}
# which thing stands in the address; by endpoint first, else by the argument's name
CASES = {
    **door_pages.CASES,
    "reports.show": "rework",
    "reports.print_case": "closed",
    "reports.rate": "closed",
    "reports.rated": "rated",
    "reports.add_photo": "dispatched",
    "reports.urge": "dispatched",
    "reports.withdraw": "reported",
    "reports.objection": "photographed",
    "reports.desk_case": "dispatched",
    "reports.desk_decisions": "photographed",
    "reports.desk_batch": "batch",
    "reports.desk_accept": "reported",
    "reports.desk_condition": "listing",
    "reports.desk_delist": "listing",
    "reports.desk_refuse": "reported",
    "reports.desk_hand_over": "accepted",
    "reports.desk_take_back": "handed_over",
    "reports.desk_outside_answer": "handed_over",
    "reports.desk_forward": "forwarded",
    "reports.desk_helper": "dispatched",
    "reports.desk_came": "came",
    "reports.desk_reply": "reply",
    "reports.desk_file": "accepted",
    "reports.desk_refuse_filing": "accepted",
    "reports.desk_dispatch": "filed",
    "reports.desk_handle": "dispatched",
    "reports.desk_return": "dispatched",
    "reports.desk_close": "handled",
    "reports.desk_send_back": "handled",
    "reports.desk_respond": "filed",
    "reports.desk_void": "reported",
    "reports.reply": "asked",
    "reports.desk_ask": "fresh",
    "reports.desk_extend": "fresh",
    "reports.desk_suspend": "fresh",
    "reports.desk_resume": "asked",
    "reports.desk_grade": "fresh",
    "calendars.year": "calendar",
    "reports.public_way": "rework",
    "reports.desk_way": "dispatched",
    "reports.desk_known": "filed",
    "reports.desk_receipt": "supported",
    "reports.end_row": "row",
    "reports.end_admission": "admission",
    "reports.desk_grade_danger": "reported",
    "reports.desk_merge": "filed",
    "reports.desk_split": "merged",
    "reports.desk_split_off": "whole",
    "reports.desk_escalate": "unmet",
    "reports.desk_resolve": "disputed",
    "reports.desk_contract": "whole",
    "reports.too": "shown",
    "reports.still_there": "closed",
    "reports.follow_case": "shown",
    "reports.change_following": "followed",
    "accounts.person": "verifier",
    "places.organisation": "unit",
    "places.end_organisation": "unit",
}
CASES |= dict.fromkeys(
    (
        "reports.desk_grid_place",
        "reports.desk_grid_team",
        "reports.desk_grid_interval",
        "reports.desk_diary_new",
        "reports.desk_diary_month",
    ),
    "grid",
)
BY_NAME = {
    "entry": "entry",
    "number": "dispatched",
    "code": "place",
    "month": "month",
    "key": "permitted",
    "draw": "draw",
    "run": "run",
    "sampled": "sampled",
    "wish": "wish",
    "day": "digest",
    "token": "follower",
}
# where two things stand in one address
PAIRS = {
    ("reports.desk_cover", "number"): "photographed",
    ("reports.desk_cover", "code"): "photo",
    ("reports.confirm_following", "token"): "unconfirmed",
    ("reports.pass_page", "token"): "helper_link",
}
FIXED = {"site.paper_form": "follow"}
# what follows the address
QUERY = {
    "reports.join_draft": "?number={shown}",
    "reports.desk_spot": "?number={reported}",
    "reports.desk_check": "?action=accept&case={reported}&case={accepted}",
}
# addresses with a fixed set of values: each is a page of its own
SEVERAL = {"parts.section": ("section", SECTIONS)}
# further looks of pages that differ by their arguments: (name, who, address)
MORE = (
    ("pass-outside", "", "/l/{outside_link}"),
    ("list-searched", "", "/reports/?q=垃圾"),
    ("list-empty", "", "/reports/?q=没有这样的事"),
    ("case-closed", "", "/reports/{shown}"),
    ("joined", JOINER, "/reports/new/done"),
    ("case-own", "resident", "/reports/{closed}"),
    ("case-asked", "resident", "/reports/{asked}"),
    ("case-suspended", "", "/reports/{suspended}"),
    ("case-asked-desk", "street_desk", "/desk/cases/{asked}"),
    ("case-refused", "", "/reports/{not_accepted}"),
    ("street", "", "/places/{street}"),
    ("queue-all", "city_centre", "/desk/?task=all"),
    ("queue-unit", "handling_unit", "/desk/"),
    ("case-unit", "handling_unit", "/desk/cases/{dispatched}"),
    ("case-whole", "street_desk", "/desk/cases/{whole}"),
    ("case-part", "street_desk", "/desk/cases/{part}"),
    ("case-shared", "", "/reports/{whole}"),
    ("case-disputed", "city_centre", "/desk/cases/{disputed}"),
    ("case-verifier", "verifier", "/desk/cases/{handled}"),
    ("home-signed-in", "resident", "/"),
    ("follow-place", "", "/reports/follow?area={street}"),
    ("follow-kind-signed-in", "resident", "/reports/follow?category=litter"),
    ("follow-case-signed-in", "resident", "/reports/{shown}/follow"),
    ("case-followed", "resident", "/reports/{liked}"),
    ("me-of-staff", "street_desk", "/me"),
)
# who opens a page that some permission is needed for, when several may
PREFERRED = ("street_desk", "administrator", "grid_lead", "auditor", "evaluator", "city_centre")


@dataclass(frozen=True)
class Stop:
    """One page to look at."""

    name: str
    who: str
    path: str
    status: int = 200


ERRORS = (
    Stop("no-such-page", "", "/no-such-page", 404),
    Stop("forbidden", "resident", "/desk/", 403),
)


def all_pages(demo: Demo) -> list[Stop]:
    """Every address that answers a GET with a page, and further looks of some."""
    found = [stop for rule in rules(demo.app) for stop in _stops(demo, rule)]
    more = [Stop(name, who, path.format(**demo.things)) for name, who, path in MORE]
    return [*found, *more, *ERRORS]


def rules(app: Flask) -> Iterator[Rule]:
    """The rules of the map that show pages, in a fixed order."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGE:
            yield rule


def _stops(demo: Demo, rule: Rule) -> list[Stop]:
    if rule.endpoint not in SEVERAL:
        return [_stop(demo, rule, rule.endpoint)]
    name, each = SEVERAL[rule.endpoint]
    return [_stop(demo, rule, f"{rule.endpoint}-{value}", **{name: value}) for value in each]


def _stop(demo: Demo, rule: Rule, title: str, **given: str) -> Stop:
    values = given or {name: _value(demo, rule.endpoint, name) for name in rule.arguments}
    path = str(demo.app.url_map.bind("localhost").build(rule.endpoint, values))
    path += QUERY.get(rule.endpoint, "").format(**demo.things)
    return Stop(title, _visitor(demo.app, rule.endpoint), path)


def _value(demo: Demo, endpoint: str, name: str) -> str:
    if (endpoint, name) in door_pages.VALUES:
        return door_pages.VALUES[endpoint, name]
    if endpoint in FIXED:
        return FIXED[endpoint]
    thing = CASES.get(endpoint) if name in {"number", "code"} else None
    thing = PAIRS.get((endpoint, name), thing)
    known = thing or BY_NAME.get(name)
    assert known, f"tests/make/all_pages.py: what stands for <{name}> in {endpoint}?"
    return demo.things[known]


def _visitor(app: Flask, endpoint: str) -> str:
    if endpoint in WHO:
        return WHO[endpoint]
    access: Access = vars(app.view_functions[endpoint])["access"]
    if access.public:
        return ""
    if access.permission is None:
        return "resident"
    holders = with_permission(access.permission)
    return next(role for role in (*PREFERRED, *sorted(holders)) if role in holders)


class Visitors:
    """The people behind ``Stop.who``: their cookies, as (name, value, path)."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self._known: dict[str, list[tuple[str, str, str]]] = {"": []}

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
