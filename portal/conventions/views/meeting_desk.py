"""Meetings on the committee's desk: planned, invited to, attended, written down."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.queries import PersonRow, people_by_ids
from portal.areas.queries import areas_by_ids, places_to_choose
from portal.conventions.forms.meetings import (
    AdditionForm,
    MinutesForm,
    NamesForm,
    PlanForm,
    ResolutionForm,
    typed_plan,
)
from portal.conventions.forms.texts import ReasonForm, SureForm
from portal.conventions.labels.meetings import ATTENDANCE_WAYS
from portal.conventions.queries.meetings import (
    PAGE,
    MeetingRow,
    agenda_of,
    coming_meetings,
    listed_at,
    past_meetings,
    present_at,
)
from portal.conventions.rules.meetings import MeetingState
from portal.conventions.service.meetings import (
    MANAGE,
    call_off,
    change_meeting,
    invite,
    meeting_here,
    plan_meeting,
    room_codes,
    strike_out,
    type_names,
)
from portal.conventions.service.minutes import (
    add_to_minutes,
    publish_minutes,
    resolve,
    strike_resolution,
)
from portal.conventions.views.blueprint import bp
from portal.conventions.views.meetings import WORDS, meeting_parts
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.i18n import ngettext
from portal.kernel.ids import clean_number
from portal.kernel.moving_codes import STEP_SECONDS
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading

FOLDER = "conventions/meetings/desk"
SAVED = _l("Saved.")
OUT = _l("Struck out.")
PUBLISHED = _l("Published. The minutes do not change any more.")


def _here(number: str) -> MeetingRow:
    return meeting_here(reading(), current_actor(), number)


def _address(number: str) -> str:
    return url_for("conventions.desk_meeting", number=number)


@bp.get("/desk/meetings/")
@requires(MANAGE)
def desk_meetings() -> ResponseReturnValue:
    """The meetings of my places."""
    places, at = current_actor().places_for(MANAGE), now()
    after = clean_number(request.args.get("after", "")[:20]) or ""
    coming = [] if after else coming_meetings(reading(), places, public=False, now=at)
    found = past_meetings(reading(), places, public=False, now=at, after=after)
    past = found[:PAGE]
    return render_template(
        f"{FOLDER}/list.html", coming=coming, past=past,
        areas=areas_by_ids(reading(), {row.area_id for row in (*coming, *past)}),
        following=past[-1].number if len(found) > PAGE else None, **WORDS,
    )  # fmt: skip


@bp.route("/desk/meetings/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_meeting_new() -> ResponseReturnValue:
    """Plan a meeting."""
    form = PlanForm()

    def act(session: Session) -> str:
        wish = form.wish(instance().city.zone)
        return _address(plan_meeting(session, current_actor(), wish, now=now()))

    found = places_to_choose(reading(), current_actor().places_for(MANAGE), level="community")
    return answer(form, f"{FOLDER}/plan.html", act, thanks=SAVED, row=None, to_choose=found)


@bp.route("/desk/meetings/<number>/change", methods=["GET", "POST"])
@requires(MANAGE)
def desk_meeting_change(number: str) -> ResponseReturnValue:
    """Plan a meeting otherwise, as long as nobody was invited."""
    row, zone = _here(number), instance().city.zone
    code = areas_by_ids(reading(), {row.area_id})[row.area_id].code
    form = PlanForm(data=typed_plan(row, code, agenda_of(reading(), row.id), zone))

    def act(session: Session) -> str:
        change_meeting(session, current_actor(), row.number, form.wish(zone, code), now=now())
        return _address(row.number)

    return answer(form, f"{FOLDER}/plan.html", act, thanks=SAVED, row=row)


@bp.get("/desk/meetings/<number>")
@requires(MANAGE)
def desk_meeting(number: str) -> ResponseReturnValue:
    """One of them, with everything that can be done now."""
    row = _here(number)
    return render_template(
        f"{FOLDER}/one.html", row=row, begun=row.starts_at <= now(),
        area=areas_by_ids(reading(), {row.area_id})[row.area_id],
        listed=listed_at(reading(), row.id), writable=_writable(row), sure=SureForm(),
        **meeting_parts(row), **WORDS,
    )  # fmt: skip


def _writable(row: MeetingRow) -> bool:
    return row.state is MeetingState.INVITED and not row.published


@bp.route("/desk/meetings/<number>/invite", methods=["GET", "POST"])
@requires(MANAGE)
def desk_meeting_invite(number: str) -> ResponseReturnValue:
    """Announce a meeting to everybody."""
    row = _here(number)
    act = partial(_invite, row.number)
    agenda = agenda_of(reading(), row.id)
    return answer(SureForm(), f"{FOLDER}/invite.html", act, row=row, agenda=agenda, **WORDS)


def _invite(number: str, session: Session) -> str:
    told = invite(session, current_actor(), number, now=now())
    flash(_told(told), "success")
    return _address(number)


def _told(told: int) -> str:
    return str(
        ngettext("Done. %(num)s person is told by message.",
                 "Done. %(num)s people are told by message.", told)
    )  # fmt: skip


@bp.route("/desk/meetings/<number>/call-off", methods=["GET", "POST"])
@requires(MANAGE)
def desk_meeting_call_off(number: str) -> ResponseReturnValue:
    """Call a meeting off, with a reason."""
    row, form = _here(number), ReasonForm()
    act = partial(_call_off, row.number, form)
    return answer(form, f"{FOLDER}/call_off.html", act, row=row, **WORDS)


def _call_off(number: str, form: ReasonForm, session: Session) -> str:
    told = call_off(session, current_actor(), number, form.reason.data or "", now=now())
    flash(_told(told), "success")
    return _address(number)


@bp.get("/desk/meetings/<number>/screen")
@requires(MANAGE)
def desk_meeting_screen(number: str) -> ResponseReturnValue:
    """The code that people scan; the page renews itself while it is open."""
    row = _here(number)
    code, _paper = room_codes(reading(), row.id, now())
    page = render_template(
        f"{FOLDER}/screen.html", row=row, qr=qr_svg(_link(row, code)), every=STEP_SECONDS // 2,
        listed=listed_at(reading(), row.id),
    )  # fmt: skip
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _link(row: MeetingRow, code: str) -> str:
    return instance().config.origin + url_for(
        "conventions.come_to_meeting", number=row.number, code=code
    )


@bp.get("/desk/meetings/<number>/code")
@requires(MANAGE)
def desk_meeting_code(number: str) -> ResponseReturnValue:
    """The code on paper for a room without a screen, and the list to be signed."""
    row = _here(number)
    _screen, code = room_codes(reading(), row.id, now())
    link = _link(row, code)
    return render_template(f"{FOLDER}/code.html", row=row, link=link, qr=qr_svg(link))


@bp.route("/desk/meetings/<number>/list", methods=["GET", "POST"])
@requires(MANAGE)
def desk_meeting_list(number: str) -> ResponseReturnValue:
    """Who was there: type the list that was signed."""
    row, form = _here(number), NamesForm()
    act = partial(_type, row.number, form)
    return answer(form, f"{FOLDER}/names.html", act, **_present(row))


def _present(row: MeetingRow) -> dict[str, Any]:
    rows = present_at(reading(), row.id)
    known = people_by_ids(reading(), {one.person_id for one in rows if one.person_id})
    names = {one.id: one.name or _name(known, one.person_id) for one in rows}
    return {
        "row": row, "rows": rows, "names": names, "ways": ATTENDANCE_WAYS, "sure": SureForm(),
        "writable": _writable(row),
    }  # fmt: skip


def _name(known: dict[UUID, PersonRow], person_id: UUID | None) -> str:
    found = known.get(person_id) if person_id else None
    return found.display_name if found is not None else ""


def _type(number: str, form: NamesForm, session: Session) -> str:
    new, old = type_names(session, current_actor(), number, form.typed(), now=now())
    flash(str(ngettext("Written down: %(num)s name.", "Written down: %(num)s names.", new)),
          "success")  # fmt: skip
    if old:
        words = ngettext("%(num)s was on the list already.", "%(num)s were on the list already.",
                         old)  # fmt: skip
        flash(str(words), "warning")
    return url_for("conventions.desk_meeting_list", number=number)


@bp.post("/desk/meetings/<number>/list/<uuid:line>/out")
@requires(MANAGE)
def desk_meeting_out(number: str, line: UUID) -> ResponseReturnValue:
    """Strike somebody out of the list."""
    row = _here(number)

    def act(session: Session) -> str:
        strike_out(session, current_actor(), row.number, line)
        return url_for("conventions.desk_meeting_list", number=row.number)

    return answer(SureForm(), f"{FOLDER}/out.html", act, thanks=OUT, row=row)


@bp.route("/desk/meetings/<number>/resolutions/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_meeting_resolve(number: str) -> ResponseReturnValue:
    """Write down a resolution."""
    row, form = _here(number), ResolutionForm()
    form.offer(agenda_of(reading(), row.id))

    def act(session: Session) -> str:
        resolve(session, current_actor(), row.number, form.wish(), form.chosen(), now=now())
        return _address(row.number)

    return answer(form, f"{FOLDER}/resolution.html", act, thanks=SAVED, row=row)


@bp.post("/desk/meetings/<number>/resolutions/<resolution>/out")
@requires(MANAGE)
def desk_meeting_strike(number: str, resolution: str) -> ResponseReturnValue:
    """Strike a resolution that was written down wrongly."""
    row = _here(number)

    def act(session: Session) -> str:
        strike_resolution(session, current_actor(), row.number, resolution)
        return _address(row.number)

    return answer(SureForm(), f"{FOLDER}/strike.html", act, thanks=OUT, row=row)


@bp.route("/desk/meetings/<number>/minutes", methods=["GET", "POST"])
@requires(MANAGE)
def desk_meeting_minutes(number: str) -> ResponseReturnValue:
    """Publish the minutes."""
    row = _here(number)
    listed = listed_at(reading(), row.id)
    form = MinutesForm(data={"present": listed or None})
    act = partial(_publish, row.number, form)
    return answer(
        form, f"{FOLDER}/minutes.html", act, thanks=PUBLISHED, row=row, listed=listed,
        **meeting_parts(row),
    )  # fmt: skip


def _publish(number: str, form: MinutesForm, session: Session) -> str:
    publish_minutes(
        session, current_actor(), number, form.present.data, form.women.data,
        form.minutes.data or "", now=now(),
    )  # fmt: skip
    return _address(number)


@bp.route("/desk/meetings/<number>/addition", methods=["GET", "POST"])
@requires(MANAGE)
def desk_meeting_addition(number: str) -> ResponseReturnValue:
    """Put something right in published minutes."""
    row, form = _here(number), AdditionForm()

    def act(session: Session) -> str:
        add_to_minutes(session, current_actor(), row.number, form.words.data or "", now=now())
        return _address(row.number)

    return answer(form, f"{FOLDER}/addition.html", act, thanks=SAVED, row=row)
