"""Service companies at the desk: steps of their standing, spot checks, and how they are heard."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Forbidden, Missing
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.organisations.queries import organisations_by_ids
from portal.reports.forms.companies import CheckForm, SayForm, SettleForm, StepForm, axis_names
from portal.reports.queries.companies import (
    CheckRow,
    CompanyRow,
    ScoreRow,
    StepRow,
    checks_of,
    companies,
    hearing,
    open_cases_of,
    photos_of_check,
    scores,
    steps_of,
)
from portal.reports.rules.companies import (
    ADVERSE,
    NEXT,
    Matter,
    counts,
    why_not_say,
    why_not_settle,
)
from portal.reports.rules.company_personal import MOST_PHOTOS
from portal.reports.service.companies import (
    SUPERVISE,
    VERIFY,
    company_here,
    decide_step,
    limits_of,
    propose_step,
    say,
    sees,
    speaks_for,
    supervises,
)
from portal.reports.service.company_checks import Seen, checkable, record_check, settle_check
from portal.reports.service.company_photos import check_photo_file
from portal.reports.service.company_scores import settle_score
from portal.reports.views.blueprint import bp
from portal.reports.views.companies import contract_words, score_words
from portal.reports.views.photos import PRIVATE, file_response

Found = tuple[Matter, StepRow | CheckRow | ScoreRow]


@bp.get("/desk/companies")
@requires(Permission.REPORT_READ)
def desk_companies() -> ResponseReturnValue:
    """The companies of which I may know more than everybody: those I check, or speak for."""
    actor = current_actor()
    rows = [row for row in companies(reading()) if sees(actor, row)]
    return render_template("reports/desk/companies.html", rows=rows, **score_words())


@bp.get("/desk/companies/<code>")
@requires(Permission.REPORT_READ)
def desk_company(code: str) -> ResponseReturnValue:
    """One company: everything it is heard about, and what I can do."""
    row = company_here(reading(), code, current_actor())
    return render_template(
        "reports/desk/company.html",
        row=row,
        **_heard(row),
        **contract_words([row]),
        **score_words(),
    )


def _heard(row: CompanyRow) -> dict[str, Any]:
    """Everything a company is heard about, and what its reader can do."""
    session, unit_id, actor, moment = reading(), row.unit.id, current_actor(), now()
    today = city_day(moment, instance().city.zone)
    return {
        "steps": steps_of(session, unit_id),
        "checks": checks_of(session, unit_id),
        "scores": scores(session, [unit_id]),
        "open_cases": open_cases_of(session, unit_id),
        "may_step": supervises(actor, row.unit),
        "may_check": bool(checkable(actor, row, today)),
        "moment": moment,
    }


@bp.route("/desk/companies/<code>/step", methods=["GET", "POST"])
@requires(SUPERVISE)
def desk_company_step(code: str) -> ResponseReturnValue:
    """Propose how a company shall stand."""
    row, form = company_here(reading(), code, current_actor()), StepForm()
    if not supervises(current_actor(), row.unit):
        raise Forbidden
    form.offer(NEXT[row.unit.standing])
    return answer(
        form,
        "reports/desk/company_step.html",
        partial(_propose, row, form),
        thanks=_l("Proposed. The company is told, and somebody else decides."),
        row=row,
        days=limits_of(reading()).answer.days,
    )


def _propose(row: CompanyRow, form: StepForm, session: Session) -> str:
    number = propose_step(
        session, company_here(session, row.unit.code, current_actor()), form.chosen,
        reason=form.reason.data, basis=form.basis.data, actor=current_actor(), now=now(),
    )  # fmt: skip
    return url_for("reports.desk_hearing", number=number)


@bp.route("/desk/companies/<code>/check", methods=["GET", "POST"])
@requires(VERIFY)
def desk_company_check(code: str) -> ResponseReturnValue:
    """Write down a spot check."""
    row = company_here(reading(), code, current_actor())
    form = _check_form(row)
    return answer(
        form,
        "reports/desk/company_check.html",
        partial(_check, row, form),
        thanks=_l("Kept. The company is told and may answer."),
        row=row,
        axes=axis_names(),
        days=limits_of(reading()).answer.days,
        most=MOST_PHOTOS,
    )


def _check_form(row: CompanyRow) -> CheckForm:
    """The form with the contracts that the reader may check, and today."""
    form, today = CheckForm(), city_day(now(), instance().city.zone)
    known = checkable(current_actor(), row, today)
    if not known:
        raise Forbidden
    words = contract_words([row])["work_words"]
    form.offer([(one.code, f"{words(one)}, {one.number}") for one in known])
    if request.method == "GET":
        form.on.data = today
    return form


def _check(row: CompanyRow, form: CheckForm, session: Session) -> str:
    seen = Seen(
        form.contract.data,
        form.spot.data,
        form.on.data,
        form.marks,
        form.finding.data,
        form.photos.data,
    )
    number = record_check(session, row, seen, actor=current_actor(), now=now())
    return url_for("reports.desk_hearing", number=number)


@bp.route("/desk/companies/hearings/<number>", methods=["GET", "POST"])
@requires(Permission.REPORT_READ)
def desk_hearing(number: str) -> ResponseReturnValue:
    """What a company is heard about: it answers here, and somebody else settles it."""
    matter, row, of = _found(number)
    form = _form_for(matter, row, of)
    words = {
        "matter": matter, "hearing": row, "row": of, "moment": now(),
        "speaks": speaks_for(current_actor(), of.unit), "axes": axis_names(), **score_words(),
        "photos": photos_of_check(reading(), row.id) if matter is Matter.CHECK else [],
    }  # fmt: skip
    if form is not None:
        act = partial(_act, number, form)
        return answer(form, "reports/desk/company_hearing.html", act, thanks=_l("Saved."), **words)
    if request.method == "POST":
        raise Forbidden
    return render_template("reports/desk/company_hearing.html", form=None, **words)


@bp.get("/desk/companies/checks/photos/<code>")
@requires(Permission.REPORT_READ)
def desk_check_photo(code: str) -> ResponseReturnValue:
    """A photo of a spot check, for both sides."""
    small = request.args.get("size") == "small"
    key = check_photo_file(reading(), code[:40], current_actor(), small=small)
    return file_response(key, PRIVATE)


def _form_for(
    matter: Matter, row: StepRow | CheckRow | ScoreRow, of: CompanyRow
) -> SayForm | SettleForm | None:
    """What the reader may do now: answer for the company, or settle it; mostly nothing."""
    actor = current_actor()
    if speaks_for(actor, of.unit):
        return SayForm() if why_not_say(row, now()) is None else None
    if not (supervises(actor, of.unit) and _settles(matter, row)):
        return None
    form = SettleForm()
    form.offer(matter)
    return form


def _settles(matter: Matter, row: StepRow | CheckRow | ScoreRow) -> bool:
    """Whether the reader is offered to settle it now."""
    adverse = isinstance(row, StepRow) and row.after in ADVERSE
    by = current_actor().person_id
    objected = matter is not Matter.STEP
    return why_not_settle(row, by, now(), adverse=adverse, objected=objected) is None


def _found(number: str, session: Session | None = None) -> tuple[Matter, Any, CompanyRow]:
    read = session or reading()
    found: Found | None = hearing(read, clean_number(number) or "")
    if found is None:
        raise Missing
    unit = organisations_by_ids(read, [found[1].unit_id])[found[1].unit_id]
    return *found, company_here(read, unit.code, current_actor())


def _act(number: str, form: SayForm | SettleForm, session: Session) -> str:
    matter, row, of = _found(number, session)
    by: dict[str, Any] = {"words": form.words.data, "actor": current_actor(), "now": now()}
    if isinstance(form, SayForm):
        say(session, matter, of.unit, row, **by)
    elif matter is Matter.STEP:
        decide_step(session, of.unit, row, form.chosen, **by)
    elif matter is Matter.CHECK:
        settle_check(session, of.unit, row, form.chosen, **by)
    else:
        settle_score(session, of.unit, row, form.chosen, **by)
    return url_for("reports.desk_company", code=of.unit.code)


def hearing_state(row: StepRow | CheckRow | ScoreRow) -> str:
    """How far a hearing is. What had no objection in time stands; a step is decided."""
    if row.disputed:
        return str(_("disputed"))
    if row.outcome is not None:
        return str(_("settled"))
    waits = isinstance(row, StepRow) or not counts(row, now())
    return str(_("open") if waits else _("it stands"))


bp.app_template_filter("hearing_state")(hearing_state)
