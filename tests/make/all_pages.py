"""Every page of the portal once: its address with values that show something, and who opens it.

A page without values in its address is found by itself: it is opened by somebody who may. A new
page that needs values or a special visitor gets a line here; the test says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from portal.accounts.access import Access
from portal.site.parts import SECTIONS
from tests.make import (
    adoption_pages,
    benefit_pages,
    company_pages,
    day_pages,
    deduction_pages,
    door_pages,
    hours_pages,
    shift_pages,
    sign_up_pages,
)
from tests.make.demo import Demo
from tests.make.routes import with_permission
from tests.make.visitors import ASKER, HALF, JOINER, MOVER, SCANNER, SENDER, WRITER

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
    **company_pages.NO_PAGE,
    **deduction_pages.NO_PAGE,
    **shift_pages.NO_PAGE,
    **sign_up_pages.NO_PAGE,
    **adoption_pages.NO_PAGE,
    **hours_pages.NO_PAGE,
    **door_pages.NO_PAGE,
    "credit.deduction_assessment": "a document to download",
    "credit.admin_assessment": "a document to download",
    "credit.retaliation_csv": "a table to download",
    "credit.log_key": "a line for programs",
    "credit.log_checkpoint": "a file for programs",
    "credit.log_tile": "a file for programs",
    "credit.numbered_checkpoint": "a file for programs",
    "credit.numbered_tile": "a file for programs",
    "accounts.my_data_file": "a file to download",
    "credit.ledger_json": "a file to download",
    "credit.my_proof": "a file to download",
    "credit.my_details": "a file to download",
    "credit.check_tool": "a file to download",
    "credit.matter_photo": "a picture",
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
WHO = {
    **company_pages.WHO,
    **door_pages.WHO,
    **deduction_pages.WHO,
    **benefit_pages.WHO,
    **shift_pages.WHO,
    **sign_up_pages.WHO,
    **adoption_pages.WHO,
    **hours_pages.WHO,
    **day_pages.WHO,
    "accounts.enter_code": ASKER,
    "accounts.my_phone_code": MOVER,
    "accounts.give_factor": HALF,
    "accounts.enrol_factor": SCANNER,
    "accounts.start_factor": "street_desk",
    "reports.place": WRITER,
    "reports.place_list": WRITER,
    "reports.place_map": WRITER,
    "reports.place_point": WRITER,
    "credit.guardian": "child",
    "credit.stop_guardian": "child",
    "credit.end_guardian": "resident",
    "credit.answer_as_guardian": "resident",
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
    "credit.desk_correction": "city_centre",
    "credit.desk_corrections": "city_centre",
    "credit.desk_honour": "community_committee",
    "credit.desk_honours": "community_committee",
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
    **company_pages.CASES,
    **door_pages.CASES,
    **deduction_pages.CASES,
    **benefit_pages.CASES,
    **shift_pages.CASES,
    **sign_up_pages.CASES,
    **adoption_pages.CASES,
    **hours_pages.CASES,
    **day_pages.CASES,
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
    "credit.confirm_deductions": "switch",
    "credit.end_deductions": "switch",
    "credit.end_guardian": "agreed",
    "accounts.person": "verifier",
    "places.organisation": "unit",
    "credit.desk_honour": "honour_new",
    "credit.my_honour": "honour_asked",
    "credit.learn_one": "quiz",
    "credit.learned": "quiz",
    "credit.desk_quiz": "quiz",
    "places.end_organisation": "unit",
    "credit.my_entry": "award",
    "credit.ask_about_entry": "award",
    "credit.desk_correction": "asked_correction",
    "credit.my_receipt": "award",
    "credit.my_matter": "deduction",
    "credit.print_matter": "deduction",
    "credit.object_to_matter": "deduction",
    "credit.state_on_matter": "deduction",
    "credit.withdraw_from_matter": "deduction_disputed",
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
    "notice_id": "notice",
    "draw": "draw",
    "run": "run",
    "sampled": "sampled",
    "wish": "wish",
    "day": "digest",
    "token": "follower",
}
# where two things stand in one address
PAIRS = {
    **shift_pages.PAIRS,
    **sign_up_pages.PAIRS,
    **adoption_pages.PAIRS,
    **day_pages.PAIRS,
    **door_pages.PAIRS,
    ("reports.desk_cover", "number"): "photographed",
    ("credit.answer_by_link", "token"): "honour_link",
    ("reports.desk_cover", "code"): "photo",
    ("reports.confirm_following", "token"): "unconfirmed",
    ("reports.pass_page", "token"): "helper_link",
    ("credit.answer_as_guardian", "token"): "guardian_token",
    ("reports.desk_import_columns", "run"): "run_unread",
    ("reports.desk_map_end", "code"): "column_map",
}
FIXED = {
    "site.paper_form": "follow",
    "credit.rule": "shift",
    "credit.revise_rule": "shift",
}
# what follows the address
QUERY = {
    "reports.join_draft": "?number={shown}",
    "credit.learned": "?v=1&a=0.1.0.02.0.1",
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
    ("import-unread", "city_centre", "/desk/import/{run_unread}"),
    ("home-signed-in", "resident", "/"),
    ("follow-place", "", "/reports/follow?area={street}"),
    ("follow-kind-signed-in", "resident", "/reports/follow?category=litter"),
    ("follow-case-signed-in", "resident", "/reports/{shown}/follow"),
    ("case-followed", "resident", "/reports/{liked}"),
    ("guardian-of-two", "resident", "/credit/guardian"),
    ("me-of-staff", "street_desk", "/me"),
    ("honour-asked-desk", "street_desk", "/desk/honours/{honour_asked}"),
    *deduction_pages.MORE,
    *shift_pages.MORE,
    ("seat-kept", "resident", "/volunteers/mine/{kept_seat}"),
    *door_pages.MORE,
    ("ledger-own", "resident", "/credit/"),
    ("matter-disputed", "resident", "/credit/matters/{deduction_disputed}"),
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
    more = [Stop(one[0], one[1], one[2].format(**demo.things), *one[3:]) for one in MORE]
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
    thing = CASES.get(endpoint) if name in {"number", "code", "premises"} else None
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
