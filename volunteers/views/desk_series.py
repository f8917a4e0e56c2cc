"""Series of shifts at the desk: begun, made ahead, changed with a preview, ended."""

from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.areas.queries import area_by_id
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from volunteers.forms.activities import ReasonForm
from volunteers.forms.fields import PlainForm
from volunteers.forms.shifts import SeriesForm, plan_as_typed
from volunteers.labels.series import rule_in_words
from volunteers.queries.plans import SeriesRow, people_on
from volunteers.queries.shifts import shifts_of_series
from volunteers.rules.series import Touched
from volunteers.service.series import (
    change_series,
    end_series,
    make_series,
    preview_change,
    preview_end,
    series_to_manage,
    start_series,
)
from volunteers.views.blueprint import bp
from volunteers.views.desk_activities import MANAGE, SAVED, mine, words
from volunteers.views.desk_shifts import chosen_plan, own_templates
from volunteers.views.places import place_choices, places_of
from volunteers.views.previewing import previewed


@bp.route("/desk/volunteers/<number>/series/new", methods=["GET", "POST"])
@requires(MANAGE)
def new_series(number: str) -> ResponseReturnValue:
    """Begin a series; the shifts of the next eight weeks are made at once."""
    row = mine(number)
    place = area_by_id(reading(), row.area_id)
    form = SeriesForm(data={"often": "WEEKLY", "every": 1, **chosen_plan(place)})
    form.offer_places(place_choices(place))
    act = partial(_start, row.number, form)
    thanks = _l("The series has begun, and the shifts of the next weeks are planned.")
    return answer(
        form, "volunteers/desk/series_new.html", act, thanks=thanks, row=row,
        templates=own_templates(), **words(),
    )  # fmt: skip


def _start(number: str, form: SeriesForm, session: Session) -> str:
    made = start_series(session, current_actor(), number, form.plan(), form.series(), now=now())
    return url_for("volunteers.shift_series", number=made)


def _series(number: str) -> SeriesRow:
    return series_to_manage(reading(), current_actor(), clean_number(number) or "")


@bp.get("/desk/volunteers/series/<number>")
@requires(MANAGE)
def shift_series(number: str) -> ResponseReturnValue:
    """One series with its shifts."""
    row = _series(number)
    return render_template("volunteers/desk/series.html", form=PlainForm(), **_about(row))


def _about(row: SeriesRow) -> dict[str, Any]:
    moment = now()
    rows = [one for one in shifts_of_series(reading(), row.id) if not one.over(moment)]
    return {
        "row": row,
        "rows": rows,
        "places": places_of(rows),
        "people": people_on(reading(), [one.id for one in rows]),
        "often": rule_in_words(row.rule),
        **words(),
    }


@bp.post("/desk/volunteers/series/<number>/make")
@requires(MANAGE)
def make_shifts_of_series(number: str) -> ResponseReturnValue:
    """Make what is still missing now instead of waiting for the job."""
    row = _series(number)
    act = partial(_make, row)
    thanks = _l("Everything that can be planned now is planned.")
    return answer(PlainForm(), "volunteers/desk/series.html", act, thanks=thanks, **_about(row))


def _make(row: SeriesRow, session: Session) -> str:
    make_series(session, row.number, now=now())
    return url_for("volunteers.shift_series", number=row.number)


@bp.route("/desk/volunteers/series/<number>/edit", methods=["GET", "POST"])
@requires(MANAGE)
def edit_series(number: str) -> ResponseReturnValue:
    """Change a series; first it is shown which shifts and how many people that touches."""
    row = _series(number)
    place = area_by_id(reading(), row.plan.area_id)
    form = SeriesForm(data=_as_typed(row, place.code if place else ""))
    form.offer_places(place_choices(place))
    form.look_at(row.version)
    return previewed(
        form, "volunteers/desk/series_edit.html", partial(_look, row, form),
        partial(_change, row, form), thanks=SAVED, row=row, **words(),
    )  # fmt: skip


def _as_typed(row: SeriesRow, area: str) -> dict[str, Any]:
    days = "\n".join(day.isoformat() for day in sorted(row.exceptions))
    return {
        **plan_as_typed(row.plan.wish(area)), "first": row.first_on, "often": "RULE",
        "rule": row.rule, "every": 1, "exceptions": days, "skip_holidays": row.skip_holidays,
    }  # fmt: skip


def _look(row: SeriesRow, form: SeriesForm, session: Session) -> Touched:
    actor = current_actor()
    return preview_change(session, actor, row.number, form.plan(), form.series(), now=now())


def _change(row: SeriesRow, form: SeriesForm, session: Session) -> str:
    change_series(
        session, current_actor(), row.number, form.plan(), form.series(), seen=form.version,
        reason=form.reason.data or "", now=now(),
    )  # fmt: skip
    return url_for("volunteers.shift_series", number=row.number)


@bp.route("/desk/volunteers/series/<number>/end", methods=["GET", "POST"])
@requires(MANAGE)
def end_shift_series(number: str) -> ResponseReturnValue:
    """End a series: nothing with people on it is deleted."""
    row, form = _series(number), ReasonForm()
    form.look_at(row.version)
    found = preview_end(reading(), current_actor(), row.number, now=now())
    act = partial(_end, row, form)
    return answer(
        form, "volunteers/desk/series_end.html", act, thanks=_l("The series has ended."),
        row=row, found=found, **words(),
    )  # fmt: skip


def _end(row: SeriesRow, form: ReasonForm, session: Session) -> str:
    end_series(
        session, current_actor(), row.number, seen=form.version, reason=form.reason.data or "",
        now=now(),
    )  # fmt: skip
    return url_for("volunteers.shift_series", number=row.number)
