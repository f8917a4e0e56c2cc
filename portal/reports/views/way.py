"""Why a case went where it went; what the desk knows of it; receipts of units that support it."""

from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.kernel.words import say
from portal.organisations.queries import organisations, organisations_by_ids
from portal.organisations.rules import HANDLING_KINDS
from portal.reports.forms.routing import AttributesForm, ReceiptForm
from portal.reports.labels.routing import (
    BASES,
    BASES_HIDDEN,
    condition_words,
)
from portal.reports.queries.routing import known_of
from portal.reports.rules.desk import CLERK
from portal.reports.rules.routing import CaseKey, RoadClass
from portal.reports.service.attributes import UNITS, set_attributes
from portal.reports.service.co_units import confirm_receipt
from portal.reports.service.desk import DeskCase
from portal.reports.service.loop import case_as_seen
from portal.reports.service.routing import way_of
from portal.reports.service.way import legs_of, times_passed_on
from portal.reports.views.blueprint import bp
from portal.reports.views.desk_case import case_here, case_words
from portal.reports.views.desk_queue import case_url
from portal.reports.views.public import visible


@bp.get("/reports/<number>/way")
@public
def public_way(number: str) -> ResponseReturnValue:
    """Why a case went where it went, for anybody: of a person or a shop not even the unit (P5)."""
    page, _ = visible(number)
    found = legs_of(reading(), page.case)
    ids = {leg.unit_id for leg in found if leg.unit_id} if not page.protected else set()
    return render_template(
        "reports/public/way.html",
        page=page,
        case=page.case,
        legs=found,
        passed_on=times_passed_on(found),
        units=organisations_by_ids(reading(), ids),
        bases=BASES_HIDDEN if page.protected else BASES,
    )


@bp.get("/desk/cases/<number>/way")
@requires(Permission.DESK_OPEN)
def desk_way(number: str) -> ResponseReturnValue:
    """The same with everything: what the list says now, who may not have it, and why."""
    page = case_here(number)
    return render_template("reports/desk/way.html", **_whole_way(page), **case_words(page))


def _whole_way(page: DeskCase) -> dict[str, Any]:
    """Where it went, where the list sends it now, and who may not have it."""
    found, way = legs_of(reading(), page.case), way_of(reading(), page.case, now())
    ids = {leg.unit_id for leg in found if leg.unit_id} | set(way.refused) | set(way.route.co)
    units = organisations_by_ids(reading(), ids)
    return {
        "legs": found,
        "passed_on": times_passed_on(found),
        "way": way,
        "known": _known(page),
        "refused": [(units[key], say(code)) for key, code in way.refused.items() if key in units],
        "bases": BASES,
        "condition_words": condition_words,
        "may_enter": CLERK in page.held,
        "way_units": units,
    }


def _known(page: DeskCase) -> list[tuple[str, str]]:
    """(words, value) of what was entered about the case."""
    values = known_of(reading(), [page.case])[page.case.id]
    units = {unit.code: unit for unit in organisations(reading())} if values else {}
    found = []
    for key in CaseKey:
        value = values.get(key)
        if value is not None:
            found.append((say(key), _value_words(key, value, units)))
    return found


def _value_words(key: CaseKey, value: str, units: Any) -> str:
    if key in UNITS:
        return in_words(units[value].names) if value in units else value
    return say(RoadClass(value)) if value in set(RoadClass) else value


@bp.route("/desk/cases/<number>/known", methods=["GET", "POST"])
@requires(CLERK)
def desk_known(number: str) -> ResponseReturnValue:
    """Enter the size, the road, a permit, or whom a complaint is about: it decides who gets it."""
    page = case_here(number)
    if CLERK not in page.held:
        raise Forbidden
    form = _known_form(page)
    return answer(
        form,
        "reports/desk/known.html",
        partial(_keep, page, form),
        thanks=_l("Saved. See below who is named now."),
        back=_way_url(page),
        **case_words(page),
    )


def _known_form(page: DeskCase) -> AttributesForm:
    values = known_of(reading(), [page.case])[page.case.id]
    form = AttributesForm(data={key.value: value for key, value in values.items()})
    form.look_at(page.case.version)
    form.offer(unit for unit in organisations(reading()) if unit.kind in HANDLING_KINDS)
    return form


def _keep(page: DeskCase, form: AttributesForm, session: Session) -> str:
    actor = current_actor()
    case = case_as_seen(session, page.case.number, actor, seen=form.seen)
    set_attributes(session, case, form.values(), actor=actor, now=now())
    return _way_url(page)


def _way_url(page: DeskCase) -> str:
    return url_for("reports.desk_way", number=page.case.number)


@bp.route("/desk/cases/<number>/receipt", methods=["GET", "POST"])
@requires(Permission.REPORT_HANDLE)
def desk_receipt(number: str) -> ResponseReturnValue:
    """A unit that supports the lead confirms that it has read the case (R188)."""
    page, form = case_here(number), ReceiptForm()
    if page.who.co_unit_id is None:
        raise Forbidden
    form.look_at(page.case.version)
    return answer(
        form,
        "reports/desk/receipt.html",
        partial(_confirm, page, form),
        thanks=_l("Thank you. The desk and the leading unit can see it."),
        back=case_url(page.case.number),
        **case_words(page),
    )


def _confirm(page: DeskCase, form: ReceiptForm, session: Session) -> str:
    actor = current_actor()
    case = case_as_seen(session, page.case.number, actor)
    confirm_receipt(session, case, actor=actor, words=form.text("words"), now=now())
    return case_url(page.case.number)
