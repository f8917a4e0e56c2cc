"""The calendars of working time: which years are known, and adding one."""

from functools import partial

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.calendars import (
    CalendarRow,
    calendar_rows,
    days_text,
    missing_years,
    set_year,
)
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.site.calendars.forms import YearForm
from portal.site.places.admin import keeper
from portal.site.places.words import days_in_words

bp = Blueprint("calendars", __name__, template_folder="../templates")


def _keeps_the_whole_city() -> bool:
    """Working time holds everywhere: who keeps a part of the city reads it and changes nothing."""
    return all(keeper().keeps(f"/{root}/") for root in instance().city.roots)


@bp.get("/admin/calendars/")
@requires(Permission.AREA_MANAGE)
def index() -> ResponseReturnValue:
    """Every calendar: its day, its week, and the years it knows."""
    return render_template(
        "calendars/index.html",
        may_change=_keeps_the_whole_city(),
        calendars=calendar_rows(reading()),
        missing=missing_years(reading(), now()),
        next_year=city_day(now(), instance().city.zone).year + 1,
        days_in_words=days_in_words,
    )


@bp.route("/admin/calendars/<code>/year", methods=["GET", "POST"])
@requires(Permission.AREA_MANAGE)
def year(code: str) -> ResponseReturnValue:
    """Add a year, or put one right: its days as lines of day and kind."""
    row = next((one for one in calendar_rows(reading()) if one.code == code), None)
    if row is None or not _keeps_the_whole_city():
        raise Missing
    form = YearForm(data=_shown(row))
    form.weekdays = row.weekdays
    act = partial(_set, form, code)
    return answer(form, "calendars/year.html", act, thanks=_l("Saved."), calendar=row)


def _shown(row: CalendarRow) -> dict[str, str]:
    """The year in the address as it is known, or the first that is not."""
    wanted = request.args.get("year", "")
    known = {str(year): source for year, source in row.years}
    if wanted not in known:
        return {"year": wanted[:4], "seen": str(row.token)}
    days = days_text(reading(), row.code, int(wanted))
    return {"year": wanted, "source": known[wanted], "days": days, "seen": str(row.token)}


def _set(form: YearForm, code: str, session: Session) -> str:
    set_year(
        session, code, form.number or 0, form.read, source=form.source.data,
        seen=form.seen.data or "", actor_id=current_actor().person_id, now=now(),
    )  # fmt: skip
    return url_for("calendars.index")
