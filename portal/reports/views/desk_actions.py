"""The steps of the table as pages: each asks only what the step needs."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Forbidden
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.uploads import KeptPhotos
from portal.kernel.web import instance, reading
from portal.kernel.words import Words
from portal.reports.forms.desk import (
    KEEP,
    SHOW,
    StepForm,
    moderate_form,
    offer_categories,
    offer_units,
    step_form,
)
from portal.reports.queries.case import CaseRow
from portal.reports.queries.desk import category_names
from portal.reports.rules.codes import Event, Review
from portal.reports.rules.transitions import TRANSITIONS
from portal.reports.service.desk import DeskCase
from portal.reports.service.handling import (
    close_case,
    dispatch_case,
    handle_case,
    reclassify_case,
    send_back_case,
    take_step,
    units_of,
)
from portal.reports.service.loop import case_as_seen, may_see
from portal.reports.service.moderation import (
    Decision,
    about_photo,
    about_text,
    moderate_case,
)
from portal.reports.views.blueprint import bp
from portal.reports.views.desk_case import case_here, case_words

# (session, case) → the case after the step
Change = Callable[[Any, CaseRow], CaseRow]
_DONE: dict[Event, Words] = {
    Event.ACCEPT: _l("Accepted. The reporter is told."),
    Event.REFUSE: _l("Not accepted. The reporter is told why."),
    Event.DISPATCH: _l("Dispatched. The unit and the reporter are told."),
    Event.CLOSE: _l("Closed. The reporter is asked to rate it."),
    Event.SEND_BACK: _l("Sent back. The unit is told."),
}
_SAVED = _l("Done.")


def _converse(
    page: DeskCase, event: Event, form: StepForm, change: Change, template: str = "step"
) -> ResponseReturnValue:
    """Show a step's form, or take the step on the case as its page showed it."""
    if not TRANSITIONS[event].who & page.held:
        raise Forbidden
    back = url_for("reports.desk_case", number=page.case.number)
    if request.method == "GET" and event not in page.steps:
        return redirect(back)
    form.look_at(page.case.version)
    return answer(
        form,
        f"reports/desk/{template}.html",
        lambda writer: _changed(writer, page, form, change, back),
        thanks=_DONE.get(event, _SAVED),
        event=event,
        back=back,
        **case_words(page),
    )


def _changed(writer: Any, page: DeskCase, form: StepForm, change: Change, back: str) -> str:
    actor = current_actor()
    moved = change(writer, case_as_seen(writer, page.case.number, actor, seen=form.seen))
    # a unit that returns a case may not open it any more
    return back if may_see(actor, moved) else url_for("reports.desk")


def _simple(number: str, event: Event) -> ResponseReturnValue:
    """A step that takes a reason or words at most."""
    page, form = case_here(number), step_form(event)()
    return _converse(
        page,
        event,
        form,
        lambda writer, case: take_step(
            writer,
            case,
            event,
            actor=current_actor(),
            now=now(),
            reason=form.chosen_reason,
            words=form.text("words"),
        ),
    )


@bp.route("/desk/cases/<number>/accept", methods=["GET", "POST"])
@requires(Permission.REPORT_ACCEPT)
def desk_accept(number: str) -> ResponseReturnValue:
    """受理."""
    return _simple(number, Event.ACCEPT)


@bp.route("/desk/cases/<number>/refuse", methods=["GET", "POST"])
@requires(Permission.REPORT_ACCEPT)
def desk_refuse(number: str) -> ResponseReturnValue:
    """不予受理."""
    return _simple(number, Event.REFUSE)


@bp.route("/desk/cases/<number>/file", methods=["GET", "POST"])
@requires(Permission.DESK_OPEN)
def desk_file(number: str) -> ResponseReturnValue:
    """立案: verified on site, or plain enough."""
    return _simple(number, Event.FILE)


@bp.route("/desk/cases/<number>/refuse-filing", methods=["GET", "POST"])
@requires(Permission.REPORT_ACCEPT)
def desk_refuse_filing(number: str) -> ResponseReturnValue:
    """不予立案."""
    return _simple(number, Event.REFUSE_FILING)


@bp.route("/desk/cases/<number>/return", methods=["GET", "POST"])
@requires(Permission.REPORT_HANDLE)
def desk_return(number: str) -> ResponseReturnValue:
    """退回."""
    return _simple(number, Event.RETURN)


@bp.route("/desk/cases/<number>/respond", methods=["GET", "POST"])
@requires(Permission.DESK_OPEN)
def desk_respond(number: str) -> ResponseReturnValue:
    """The first response (R287)."""
    return _simple(number, Event.RESPOND)


@bp.route("/desk/cases/<number>/void", methods=["GET", "POST"])
@requires(Permission.REPORT_VOID)
def desk_void(number: str) -> ResponseReturnValue:
    """作废."""
    return _simple(number, Event.VOID)


@bp.route("/desk/cases/<number>/note", methods=["GET", "POST"])
@requires(Permission.DESK_OPEN)
def desk_note(number: str) -> ResponseReturnValue:
    """Words for staff only."""
    return _simple(number, Event.NOTE)


@bp.route("/desk/cases/<number>/dispatch", methods=["GET", "POST"])
@requires(Permission.REPORT_DISPATCH)
def desk_dispatch(number: str) -> ResponseReturnValue:
    """派遣."""
    page, form = case_here(number), step_form(Event.DISPATCH)()
    offer_units(form, units_of(reading(), page.case, now()))

    def change(writer: Any, case: CaseRow) -> CaseRow:
        unit, words = _unit_in(form), form.text("words")
        return dispatch_case(
            writer, case, actor=current_actor(), now=now(), unit_id=unit, words=words
        )

    return _converse(page, Event.DISPATCH, form, change)


def _unit_in(form: StepForm) -> UUID | None:
    """The chosen unit; what is no key is as good as nothing."""
    try:
        return UUID(form.text("unit") or "")
    except ValueError:
        return None


@bp.route("/desk/cases/<number>/handle", methods=["GET", "POST"])
@requires(Permission.REPORT_HANDLE)
def desk_handle(number: str) -> ResponseReturnValue:
    """处置, with an after-photo."""
    page, form = case_here(number), step_form(Event.HANDLE)()

    def change(writer: Any, case: CaseRow) -> CaseRow:
        words, photos = form.text("words"), _photos_in(form)
        return handle_case(
            writer, case, actor=current_actor(), now=now(), words=words, photos=photos
        )

    return _converse(page, Event.HANDLE, form, change)


def _photos_in(form: StepForm) -> KeptPhotos:
    kept = form.photos.data
    return kept if isinstance(kept, KeptPhotos) else KeptPhotos()


@bp.route("/desk/cases/<number>/close", methods=["GET", "POST"])
@requires(Permission.DESK_OPEN)
def desk_close(number: str) -> ResponseReturnValue:
    """核查 and 结案, by somebody who neither handled nor dispatched it."""
    page, form = case_here(number), step_form(Event.CLOSE)()

    def change(writer: Any, case: CaseRow) -> CaseRow:
        return close_case(writer, case, actor=current_actor(), now=now(), words=form.text("words"))

    return _converse(page, Event.CLOSE, form, change)


@bp.route("/desk/cases/<number>/send-back", methods=["GET", "POST"])
@requires(Permission.DESK_OPEN)
def desk_send_back(number: str) -> ResponseReturnValue:
    """返工."""
    page, form = case_here(number), step_form(Event.SEND_BACK)()

    def change(writer: Any, case: CaseRow) -> CaseRow:
        reason, words = form.chosen_reason, form.text("words")
        return send_back_case(
            writer, case, actor=current_actor(), now=now(), reason=reason, words=words
        )

    return _converse(page, Event.SEND_BACK, form, change)


@bp.route("/desk/cases/<number>/reclassify", methods=["GET", "POST"])
@requires(Permission.DESK_OPEN)
def desk_reclassify(number: str) -> ResponseReturnValue:
    """The right kind of problem, with its time limit."""
    page, form = case_here(number), step_form(Event.RECLASSIFY)()
    offer_categories(form, category_names(reading(), city_day(now(), instance().city.zone)))
    if request.method == "GET":
        form.category.data = page.case.category_code

    def change(writer: Any, case: CaseRow) -> CaseRow:
        code, words = form.text("category") or "", form.text("words")
        return reclassify_case(
            writer, case, actor=current_actor(), now=now(), category_code=code, words=words
        )

    return _converse(page, Event.RECLASSIFY, form, change)


@bp.route("/desk/cases/<number>/moderate", methods=["GET", "POST"])
@requires(Permission.REPORT_MODERATE)
def desk_moderate(number: str) -> ResponseReturnValue:
    """The check of words and photos before the public sees them."""
    page = case_here(number)
    form = moderate_form(*page.to_check)()

    def change(writer: Any, case: CaseRow) -> CaseRow:
        decisions, words = _decisions(page, form), form.text("words")
        reason = form.chosen_reason
        return moderate_case(
            writer, case, decisions, actor=current_actor(), now=now(), reason=reason, words=words
        )

    return _converse(page, Event.MODERATE, form, change, "moderate")


def _decisions(page: DeskCase, form: StepForm) -> list[Decision]:
    """What was decided now: an answer that stood before is no decision."""
    texts, photos = page.to_check
    found = []
    for text in texts:
        name, public = f"text_{text.id.hex}", form.text(f"public_{text.id.hex}")
        show, seen = _choice(form, name)
        edited = show and public is not None and public != text.public_text
        if show is not None and (edited or _is_new(show, seen)):
            found.append(about_text(text.id, show=show, seen=seen, public_text=public))
    for photo in photos:
        show, seen = _choice(form, f"photo_{photo.id.hex}")
        if show is not None and _is_new(show, seen):
            found.append(about_photo(photo.id, show=show, seen=seen))
    return found


def _choice(form: StepForm, name: str) -> tuple[bool | None, Review]:
    """Show (True), keep (False) or undecided (None), and what the reader had before her."""
    seen = form.text(f"seen_{name}")
    review = Review(seen) if seen in set(Review) else Review.PENDING
    return {SHOW: True, KEEP: False}.get(form.text(name) or ""), review


def _is_new(show: bool, seen: Review) -> bool:
    return seen is not (Review.APPROVED if show else Review.WITHHELD)
