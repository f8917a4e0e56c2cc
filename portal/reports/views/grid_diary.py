"""The diary of a grid on a phone: write, correct, look at, and print a month of it."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.queries import PersonRow, people_by_ids
from portal.accounts.rules import Permission
from portal.areas.queries import AreaRow, area_by_code
from portal.kernel.clock import city_day, city_month, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.reports.forms.grid import MOST_PHOTOS, EntryForm
from portal.reports.labels.case import STATE_KINDS, STATES
from portal.reports.queries.categories import categories_on
from portal.reports.queries.diary import EntryRow, versions_of
from portal.reports.rules.grid import MOST_PLACE_WORDS, MOST_WORDS
from portal.reports.service.diary import (
    Entered,
    correct_entry,
    entry_here,
    entry_photo_file,
    month_here,
    own_entry,
    write_entry,
)
from portal.reports.service.grid_team import grid_here
from portal.reports.views.blueprint import bp
from portal.reports.views.grid_team import ENTRY_WORDS
from portal.satisfaction.labels import month_words

WORK = Permission.GRID_WORK
_FORM = "reports/desk/diary_entry_form.html"
_LIMITS = {"longest": MOST_WORDS, "longest_place": MOST_PLACE_WORDS, "most": MOST_PHOTOS}
_LONGEST_NUMBER = 40


@bp.route("/desk/grid/<code>/diary/new", methods=["GET", "POST"])
@requires(WORK)
def desk_diary_new(code: str) -> ResponseReturnValue:
    """Write what was seen, talked over or done; report what was found in the same step."""
    area = grid_here(reading(), code, current_actor(), WORK)
    form = _form()
    if not form.is_submitted():
        kind, number = request.args.get("kind", ""), request.args.get("number", "")
        form.start(kind, number[:_LONGEST_NUMBER], now(), instance().city.zone)
    page = {"area": area, "entry": None, **_LIMITS}
    thanks = _l("Written into the diary.")
    return answer(form, _FORM, lambda session: _write(session, area, form), thanks=thanks, **page)


def _form() -> EntryForm:
    form = EntryForm()
    form.offer(categories_on(reading(), city_day(now(), instance().city.zone)))
    return form


def _write(session: Session, area: AreaRow, form: EntryForm) -> str:
    written = form.written(instance().city.zone)
    made = write_entry(session, area.code, written, actor=current_actor(), now=now())
    return _entry_url(made)


def _entry_url(made: Entered) -> str:
    return url_for("reports.desk_diary_entry", entry=made.code)


@bp.get("/desk/diary/<entry>")
@requires(WORK)
def desk_diary_entry(entry: str) -> ResponseReturnValue:
    """One entry with everything it was before a correction."""
    row = entry_here(reading(), entry, current_actor())
    newest, *before = versions = versions_of(reading(), row, current_actor())
    return render_template(
        "reports/desk/diary_entry.html",
        area=area_by_code(reading(), row.area_code),
        entry=newest,
        before=before,
        # photos stay with the first
        photos=versions[-1].photos,
        writers=_writers(versions),
        may_correct=newest.actor_id == current_actor().person_id,
        **_case_words(),
    )


def _writers(entries: Iterable[EntryRow]) -> Mapping[UUID, PersonRow]:
    return people_by_ids(reading(), {one.actor_id for one in entries if one.actor_id})


def _case_words() -> dict[str, Any]:
    return {"states": STATES, "kinds": STATE_KINDS, **ENTRY_WORDS}


@bp.route("/desk/diary/<entry>/correct", methods=["GET", "POST"])
@requires(WORK)
def desk_diary_correct(entry: str) -> ResponseReturnValue:
    """Say it rightly; what stood there before stays readable."""
    row = own_entry(reading(), entry, current_actor())
    form = _form()
    if not form.is_submitted():
        form.show(row, instance().city.zone)
    page = {"area": area_by_code(reading(), row.area_code), "entry": row, **_LIMITS}
    thanks = _l("Corrected. What stood there before can still be read.")
    return answer(form, _FORM, lambda session: _correct(session, row, form), thanks=thanks, **page)


def _correct(session: Session, row: EntryRow, form: EntryForm) -> str:
    written = form.written(instance().city.zone)
    made = correct_entry(session, row.code, written, actor=current_actor(), now=now())
    return _entry_url(made)


@bp.get("/desk/grid/<code>/diary")
@requires(WORK)
def desk_diary_month(code: str) -> ResponseReturnValue:
    """A month of the diary, to print and to file."""
    month = request.args.get("month") or city_month(now(), instance().city.zone)
    found = month_here(reading(), code, month, current_actor())
    return render_template(
        "reports/desk/diary_month.html",
        area=found.area,
        month=month,
        month_name=month_words(month),
        entries=found.entries,
        counts=found.counts,
        writers=_writers(found.entries),
        **_case_words(),
    )


@bp.get("/desk/diary/photos/<code>")
@requires(Permission.DESK_OPEN)
def desk_diary_photo(code: str) -> ResponseReturnValue:
    """A photo of the diary, for staff."""
    small = request.args.get("size") == "small"
    key = entry_photo_file(reading(), code, current_actor(), small=small)
    try:
        content = instance().blobs.open(key)
    except KeyError as error:
        raise Missing from error
    response = send_file(BytesIO(content), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    return response
