"""Splitting off parts of a case that needs several units."""

from collections.abc import Mapping
from functools import partial

from flask import redirect, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Forbidden
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.organisations.queries import OrganisationRow, units_for
from portal.organisations.rules import HANDLING_KINDS
from portal.reports.forms.parts import PartsForm, parts_form
from portal.reports.queries.desk import category_names
from portal.reports.rules.codes import Event
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.service.desk import DeskCase
from portal.reports.service.loop import case_as_seen
from portal.reports.service.parts import split_off
from portal.reports.views.blueprint import bp
from portal.reports.views.desk_case import case_here, case_words
from portal.reports.views.desk_queue import case_url


@bp.route("/desk/cases/<number>/split-off", methods=["GET", "POST"])
@requires(Permission.REPORT_DISPATCH)
def desk_split_off(number: str) -> ResponseReturnValue:
    """Split off up to three parts at once, each for its unit."""
    page = case_here(number)
    if Permission.REPORT_DISPATCH not in page.held:
        raise Forbidden
    if request.method == "GET" and Event.SPLIT_OFF not in page.steps:
        return redirect(case_url(page.case.number))
    return _converse(page)


def _converse(page: DeskCase) -> ResponseReturnValue:
    """Show the form, or split off what it holds."""
    form = parts_form()()
    form.offer(_kinds(), _units(page))
    form.look_at(page.case.version)
    return answer(
        form,
        "reports/desk/split_off.html",
        partial(_split_off, page, form),
        thanks=_l("Split off. Each unit is told."),
        back=case_url(page.case.number),
        **case_words(page),
    )


def _kinds() -> dict[str, Mapping[str, str]]:
    known = category_names(reading(), city_day(now(), instance().city.zone))
    return {code: names for code, names in known.items() if code != BEHAVIOUR}


def _units(page: DeskCase) -> list[OrganisationRow]:
    """All that serve the place: whether one may have a kind of matter is asked of each part."""
    on = city_day(now(), instance().city.zone)
    return units_for(reading(), page.case.place_path, HANDLING_KINDS, on)


def _split_off(page: DeskCase, form: PartsForm, session: Session) -> str:
    actor, number = current_actor(), page.case.number
    case = case_as_seen(session, number, actor, seen=form.seen)
    split_off(session, case, form.parts, actor=actor, now=now())
    return case_url(number)
