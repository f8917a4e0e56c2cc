"""Service contracts at the desk: how much each is about, and which one a case is about (R048)."""

from datetime import timedelta
from functools import partial
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.areas.queries import areas_by_codes
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Forbidden
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.organisations.queries import organisations
from portal.reports.forms.contracts import NONE, ContractForm
from portal.reports.labels.categories import GROUPS
from portal.reports.queries.contracts import (
    ContractCount,
    contract_counts,
    contracts,
    contracts_at,
    link_of,
)
from portal.reports.queries.public import kinds
from portal.reports.rules.categories import FunctionGroup
from portal.reports.rules.contracts import Contract
from portal.reports.rules.desk import CLERK
from portal.reports.service.contracts import change_contract
from portal.reports.service.desk import DeskCase
from portal.reports.service.loop import case_as_seen
from portal.reports.views.blueprint import bp
from portal.reports.views.desk_case import case_here, case_words
from portal.reports.views.desk_queue import case_url

COUNTED = timedelta(days=90)


@bp.get("/desk/contracts")
@requires(Permission.FIGURES_READ)
def desk_contracts() -> ResponseReturnValue:
    """Every contract, and the matters about its work of the last 90 days."""
    session, moment = reading(), now()
    scopes = current_actor().places_for(Permission.FIGURES_READ)
    counts = contract_counts(session, scopes, moment - COUNTED, moment)
    rows = contracts(session)
    return render_template(
        "reports/desk/contracts.html",
        rows=[(row, counts.get(row.code, ContractCount())) for row in rows],
        on=city_day(moment, instance().city.zone),
        days=COUNTED.days,
        places=areas_by_codes(session, {row.area_code for row in rows if row.area_code}),
        units={unit.code: unit for unit in organisations(session)},
        work_words=work_words(),
    )


def work_words() -> Any:
    """The kind of work of a contract in words."""
    known = kinds(reading())

    def said(row: Contract) -> str:
        if row.category is not None:
            kind = known.get(row.category)
            return in_words(kind.names) if kind else row.category
        return str(GROUPS[FunctionGroup(row.group)]) if row.group else ""

    return said


@bp.route("/desk/cases/<number>/contract", methods=["GET", "POST"])
@requires(CLERK)
def desk_contract(number: str) -> ResponseReturnValue:
    """Say which contract a case is about, with a reason."""
    page, form = case_here(number), ContractForm()
    if CLERK not in page.held:
        raise Forbidden
    form.look_at(page.case.version)
    form.offer(*_choices(page))
    return answer(
        form,
        "reports/desk/contract.html",
        partial(_change, page, form),
        thanks=_l("Saved."),
        back=case_url(page.case.number),
        **case_words(page),
    )


def _choices(page: DeskCase) -> tuple[list[tuple[str, str]], str | None]:
    """What was valid at the place when it was found, and what holds now."""
    session = reading()
    day = city_day(page.case.found_at, instance().city.zone)
    link, said = link_of(session, page.case), work_words()
    units = {unit.code: unit for unit in organisations(session)}
    named = []
    for row in contracts_at(session, page.case.place_path, day):
        firm = units.get(row.contractor)
        name = in_words(firm.names) if firm else row.contractor
        named.append(
            (
                row.code,
                _("%(work)s: %(firm)s, %(number)s", work=said(row), firm=name, number=row.number),
            )
        )
    if link is None:
        return named, None
    return named, link.contract.code if link.contract else NONE


def _change(page: DeskCase, form: ContractForm, session: Session) -> str:
    actor, number = current_actor(), page.case.number
    case = case_as_seen(session, number, actor, seen=form.seen)
    change_contract(
        session, case, code=form.code, reason=form.text("words"), actor=actor, now=now()
    )
    return case_url(number)
