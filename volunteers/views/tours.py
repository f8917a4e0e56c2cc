"""Inspection groups: the tour at the desk, the sheets of its members, the published report."""

from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires, signed_in
from portal.kernel.clock import city_day, local, now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from volunteers.forms.teams import ReportForm, SheetForm, TourForm
from volunteers.queries.activities import ActivityRow
from volunteers.queries.tours import (
    judged_by,
    means_of,
    own_scores,
    remarks_of,
    report_of,
    stops_of,
)
from volunteers.rules.tours import Stop, as_lines, axes
from volunteers.service.tours import (
    group_to_manage,
    judge_stop,
    plan_tour,
    publish_report,
    stop_to_judge,
)
from volunteers.views.blueprint import bp
from volunteers.views.desk_activities import MANAGE, SAVED


def _mine(number: str) -> ActivityRow:
    return group_to_manage(reading(), current_actor(), clean_number(number) or "")


@bp.route("/desk/volunteers/<number>/tour", methods=["GET", "POST"])
@requires(MANAGE)
def desk_tour(number: str) -> ResponseReturnValue:
    """The stops of a tour, and what its members found so far."""
    row, zone = _mine(number), instance().city.zone
    stops = stops_of(reading(), row.id)
    typed = as_lines([Stop(local(one.at, zone).time(), one.place) for one in stops])
    day = city_day(stops[0].at, zone) if stops else None
    form = TourForm(data={"day": day, "stops": typed})
    act = partial(_plan, row.number, form)
    return answer(form, "volunteers/desk/tour.html", act, thanks=SAVED, **_about(row))


def _about(row: ActivityRow) -> dict[str, Any]:
    session = reading()
    return {
        "row": row,
        "stops": stops_of(session, row.id),
        "means": means_of(session, row.id),
        "remarks": remarks_of(session, row.id),
        "report": report_of(session, row.id),
        "axes": axes(),
    }


def _plan(number: str, form: TourForm, session: Session) -> str:
    actor, text = current_actor(), form.stops.data or ""
    plan_tour(session, actor, number, day=form.day.data, text=text, now=now())
    return url_for("volunteers.desk_tour", number=number)


@bp.route("/desk/volunteers/<number>/report", methods=["GET", "POST"])
@requires(MANAGE)
def tour_report(number: str) -> ResponseReturnValue:
    """Write and publish the report of a tour."""
    row, form = _mine(number), ReportForm()
    act = partial(_publish, row.number, form)
    thanks = _l("The report is published.")
    return answer(form, "volunteers/desk/report.html", act, thanks=thanks, **_about(row))


def _publish(number: str, form: ReportForm, session: Session) -> str:
    publish_report(session, current_actor(), number, words=form.words.data or "", now=now())
    return url_for("volunteers.show_activity", number=number)


@bp.get("/volunteers/activities/<number>/sheets")
@signed_in
def tour_sheets(number: str) -> ResponseReturnValue:
    """The stops of a group to its members, and which of them one has judged."""
    row, _stop = stop_to_judge(reading(), current_actor(), clean_number(number) or "", 1)
    person = current_actor().person_id
    done = judged_by(reading(), row.id, person) if person else set()
    return render_template(
        "volunteers/tour/sheets.html", row=row, stops=stops_of(reading(), row.id), done=done,
        report=report_of(reading(), row.id), now=now(),
    )  # fmt: skip


@bp.route("/volunteers/activities/<number>/sheets/<int:stop>", methods=["GET", "POST"])
@signed_in
def tour_sheet(number: str, stop: int) -> ResponseReturnValue:
    """Judge one stop."""
    row, one = stop_to_judge(reading(), current_actor(), clean_number(number) or "", stop)
    person = current_actor().person_id
    form = SheetForm(data=own_scores(reading(), one.id, person) if person else {})
    act = partial(_judge, row.number, stop, form)
    thanks = _l("Thank you. You can change it until the report is published.")
    return answer(
        form, "volunteers/tour/sheet.html", act, thanks=thanks, row=row, stop=one, axes=axes()
    )


def _judge(number: str, stop: int, form: SheetForm, session: Session) -> str:
    remark = form.remark.data or ""
    judge_stop(session, current_actor(), number, stop, form.scores(), remark=remark, now=now())
    return url_for("volunteers.tour_sheets", number=number)
