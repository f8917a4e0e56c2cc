"""The steps of the table as pages, from one table of their own: each asks only what it needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Forbidden, Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.uploads import KeptPhotos
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import Words
from portal.reports.forms.desk import (
    KEEP,
    SHOW,
    StepForm,
    moderate_form,
    offer_categories,
    offer_conditions,
    offer_units,
    read_count,
    read_day,
    read_key,
    read_keys,
)
from portal.reports.forms.disputes import offer_lead
from portal.reports.labels.routing import route_words
from portal.reports.queries.case import CaseRow, had_before
from portal.reports.queries.desk import category_names
from portal.reports.rules.codes import Event, Review
from portal.reports.rules.disputes import Resolution
from portal.reports.rules.transitions import TRANSITIONS
from portal.reports.service.clockwork import (
    ask_reporter,
    extend_case,
    grade_case,
    resume_case,
    suspend_case,
)
from portal.reports.service.desk import DeskCase
from portal.reports.service.disputes import escalate_case, resolve_case
from portal.reports.service.ends import settle_case
from portal.reports.service.handling import (
    close_case,
    dispatch_case,
    handle_case,
    reclassify_case,
    send_back_case,
    take_step,
)
from portal.reports.service.loop import case_as_seen, may_see
from portal.reports.service.merging import merge_case, split_case
from portal.reports.service.moderation import (
    Decision,
    about_photo,
    about_text,
    moderate_case,
)
from portal.reports.service.outside import HandOver, answer_case, hand_over_case, refuse_case
from portal.reports.service.routing import way_of
from portal.reports.service.severity import grade_danger
from portal.reports.views.blueprint import bp
from portal.reports.views.desk_case import case_here, case_words
from portal.reports.views.desk_queue import case_url, queue_url
from portal.reports.views.reply_choice import (
    count_reply,
    fill_words,
    form_with_replies,
    wants_words,
)

_DONE: Final[Mapping[Event, Words]] = {
    Event.ACCEPT: _l("Accepted. The reporter is told."),
    Event.REFUSE: _l("Not accepted. The reporter is told why."),
    Event.DISPATCH: _l("Dispatched. The unit and the reporter are told."),
    Event.CLOSE: _l("Closed. The reporter is asked to rate it."),
    Event.SEND_BACK: _l("Sent back. The unit is told."),
    Event.ASK: _l("Asked. The reporter is told, and the time stands still."),
    Event.EXTEND: _l("More time was given. The reporter is told why."),
    Event.SUSPEND: _l("Suspended. The reporter is told why and until when."),
    Event.RESUME: _l("The time is running again. The reporter is told."),
    Event.OUTSIDE_ANSWER: _l("Passed on. The reporter is told."),
    Event.MERGE: _l("Joined. Everybody who reported it is told."),
    Event.SPLIT: _l("Parted again. Everybody who reported it is told."),
    Event.ESCALATE: _l("The case is before the joint meeting."),
    Event.RESOLVE: _l("Entered. The unit is told, and cannot return the case."),
    Event.DOUBT: _l("Accepted. The reporter is told why."),
    Event.SETTLE: _l("Thank you. The reporter is asked whether it is solved."),
}
_SAVED = _l("Done.")


@dataclass(frozen=True)
class Taken:
    """A step that is being taken: by whom, when, on which page, with what in its form."""

    page: DeskCase
    form: StepForm
    event: Event

    @property
    def by(self) -> dict[str, Any]:
        return {"actor": current_actor(), "now": now()}

    @property
    def words(self) -> str | None:
        return self.form.text("words")


Change = Callable[[Session, CaseRow, Taken], CaseRow]


def _plain(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    """A step that takes a reason or words at most."""
    reason = taken.form.chosen_reason
    return take_step(session, case, taken.event, reason=reason, words=taken.words, **taken.by)


def _refuse(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    reason, body = taken.form.chosen_reason, taken.form.text("body")
    return refuse_case(session, case, reason=reason, words=taken.words, body=body, **taken.by)


def _hand_over(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    form = taken.form
    to = HandOver(form.text("body") or "", form.text("reference"), form.answer_by.data)
    return hand_over_case(session, case, to=to, words=taken.words, **taken.by)


def _answer(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    return answer_case(session, case, words=taken.words, **taken.by)


def _dispatch(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    unit_id = read_key(taken.form.text("unit"))
    co_units = read_keys(taken.form.co_units.data)
    return dispatch_case(
        session, case, unit_id=unit_id, co_unit_ids=co_units, words=taken.words, **taken.by
    )


def _handle(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    photos = taken.form.photos.data
    shown = photos if isinstance(photos, KeptPhotos) else KeptPhotos()
    return handle_case(session, case, words=taken.words, photos=shown, **taken.by)


def _settle(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    photos = taken.form.photos.data
    return settle_case(session, case, words=taken.words, photos=photos, **taken.by)


def _close(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    means = taken.form.chosen_means
    return close_case(session, case, means=means, words=taken.words, **taken.by)


def _send_back(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    reason = taken.form.chosen_reason
    return send_back_case(session, case, reason=reason, words=taken.words, **taken.by)


def _reclassify(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    code = taken.form.text("category") or ""
    return reclassify_case(session, case, category_code=code, words=taken.words, **taken.by)


def _ask(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    return ask_reporter(session, case, words=taken.words, **taken.by)


def _extend(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    days, reason = read_count(taken.form.text("days")), taken.form.chosen_reason
    return extend_case(session, case, reason=reason, words=taken.words, days=days, **taken.by)


def _suspend(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    until, reason = read_day(taken.form.text("until")), taken.form.chosen_reason
    return suspend_case(session, case, reason=reason, words=taken.words, until=until, **taken.by)


def _resume(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    return resume_case(session, case, words=taken.words, **taken.by)


def _grade(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    condition = taken.form.text("condition") or ""
    return grade_case(session, case, condition=condition, words=taken.words, **taken.by)


def _grade_danger(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    level = taken.form.chosen_reason
    return grade_danger(session, case, level=level, words=taken.words, **taken.by)


def _moderate(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    decisions, reason = _decisions(taken.page, taken.form), taken.form.chosen_reason
    return moderate_case(session, case, decisions, reason=reason, words=taken.words, **taken.by)


def _merge(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    number, agreed = taken.form.text("into"), bool(taken.form.text("agreed"))
    return merge_case(session, case, number=number, agreed=agreed, **taken.by)


def _split(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    reason = taken.form.chosen_reason
    return split_case(session, case, reason=reason, words=taken.words, **taken.by)


def _escalate(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    return escalate_case(session, case, words=taken.words, **taken.by)


def _resolve(session: Session, case: CaseRow, taken: Taken) -> CaseRow:
    form = taken.form
    held_on, number = read_day(form.text("held_on")), form.text("resolution") or ""
    resolution = Resolution(held_on, number, read_key(form.text("unit")), taken.words or "")
    return resolve_case(session, case, resolution=resolution, **taken.by)


# who may open the step's page anywhere; the table of transitions says who may take it here
STEPS: Final[Mapping[Event, tuple[Permission, Change]]] = {
    Event.ACCEPT: (Permission.REPORT_ACCEPT, _plain),
    Event.REFUSE: (Permission.REPORT_ACCEPT, _refuse),
    Event.FILE: (Permission.DESK_OPEN, _plain),
    Event.REFUSE_FILING: (Permission.REPORT_ACCEPT, _plain),
    Event.DISPATCH: (Permission.REPORT_DISPATCH, _dispatch),
    Event.RETURN: (Permission.REPORT_HANDLE, _plain),
    Event.RESPOND: (Permission.DESK_OPEN, _plain),
    Event.HANDLE: (Permission.REPORT_HANDLE, _handle),
    Event.CLOSE: (Permission.DESK_OPEN, _close),
    Event.SEND_BACK: (Permission.DESK_OPEN, _send_back),
    Event.RECLASSIFY: (Permission.DESK_OPEN, _reclassify),
    Event.GRADE_DANGER: (Permission.DESK_OPEN, _grade_danger),
    Event.MODERATE: (Permission.REPORT_MODERATE, _moderate),
    Event.VOID: (Permission.REPORT_VOID, _plain),
    Event.NOTE: (Permission.DESK_OPEN, _plain),
    Event.ASK: (Permission.DESK_OPEN, _ask),
    Event.EXTEND: (Permission.REPORT_DISPATCH, _extend),
    Event.SUSPEND: (Permission.REPORT_DISPATCH, _suspend),
    Event.RESUME: (Permission.REPORT_DISPATCH, _resume),
    Event.GRADE: (Permission.DESK_OPEN, _grade),
    Event.HAND_OVER: (Permission.DESK_OPEN, _hand_over),
    Event.TAKE_BACK: (Permission.REPORT_ACCEPT, _plain),
    Event.OUTSIDE_ANSWER: (Permission.REPORT_ACCEPT, _answer),
    Event.MERGE: (Permission.DESK_OPEN, _merge),
    Event.SPLIT: (Permission.DESK_OPEN, _split),
    Event.ESCALATE: (Permission.DISPUTE_SETTLE, _escalate),
    Event.RESOLVE: (Permission.DISPUTE_SETTLE, _resolve),
    Event.CONFIRM_SOLVED: (Permission.REPORT_ACCEPT, _plain),
    Event.DOUBT: (Permission.REPORT_ACCEPT, _plain),
    Event.SETTLE: (Permission.REPORT_SETTLE, _settle),
}


def _page_of(event: Event) -> Callable[[str], ResponseReturnValue]:
    """The page of a step."""

    def step(number: str) -> ResponseReturnValue:
        try:
            page = case_here(number)
        except Missing:
            return given_away(number)
        if not TRANSITIONS[event].who & page.held:
            raise Forbidden
        if request.method == "GET" and event not in page.steps:
            return redirect(case_url(page.case.number))
        return _converse(Taken(page, _form(page, event), event))

    return step


def _form(page: DeskCase, event: Event) -> StepForm:
    """The step's form with what can be chosen here."""
    if event is Event.MODERATE:
        return moderate_form(*page.to_check)()
    form = form_with_replies(page, event)
    if event is Event.DISPATCH:
        way = way_of(reading(), page.case, now())
        offer_units(form, way.units, way.route.unit_id, way.route.co)
        form.unit_hints = {str(way.route.unit_id): route_words(way.route)}
    if event is Event.RESOLVE:
        present = page.case.unit_id
        units = list(way_of(reading(), page.case, now()).units)
        offer_lead(form, units, str(present) if present else None)
    if event is Event.GRADE:
        offer_conditions(form, page.clock.conditions, page.case.condition or "")
    if event is Event.MERGE and request.method == "GET":
        form.into.data = request.args.get("into", "")[:40]
    if event is Event.RECLASSIFY:
        offer_categories(form, category_names(reading(), city_day(now(), instance().city.zone)))
        if request.method == "GET":
            # a proposal's link brings the proposed kind along
            form.category.data = request.args.get("kind") or page.case.category_code
    return form


def _converse(taken: Taken) -> ResponseReturnValue:
    """Show a step's form, or take the step on the case as its page showed it."""
    taken.form.look_at(taken.page.case.version)
    template = f"reports/desk/{'moderate' if taken.event is Event.MODERATE else 'step'}.html"
    back = case_url(taken.page.case.number)
    context: dict[str, Any] = {"event": taken.event, "back": back, **case_words(taken.page)}
    if wants_words(taken.form):
        return fill_words(taken.form, taken.page, template, **context)
    return answer(
        taken.form,
        template,
        lambda session: _changed(session, taken),
        thanks=_DONE.get(taken.event, _SAVED),
        **context,
    )


def _changed(session: Session, taken: Taken) -> str:
    actor, number = current_actor(), taken.page.case.number
    case = case_as_seen(session, number, actor, seen=taken.form.seen)
    moved = STEPS[taken.event][1](session, case, taken)
    count_reply(session, taken.form, case, taken.event)
    # a unit that returns a case may not open it any more
    return case_url(number) if may_see(actor, moved) else queue_url()


def given_away(number: str) -> ResponseReturnValue:
    """A case that the reader's unit had until a moment ago: say so, and keep what she typed."""
    known = clean_number(number)
    units = current_actor().organisations_for(Permission.REPORT_HANDLE)
    if known is None or not units or not had_before(reading(), known, units):
        raise Missing
    typed = request.form.get("words", "") if request.method == "POST" else ""
    status = 409 if request.method == "POST" else 403
    page = render_template(
        "reports/desk/given_away.html", number=known, typed=typed, back=queue_url()
    )
    return page, status


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


for _event, (_permission, _change) in STEPS.items():
    bp.add_url_rule(
        f"/desk/cases/<number>/{_event.value.replace('_', '-')}",
        endpoint=f"desk_{_event.value}",
        view_func=requires(_permission)(_page_of(_event)),
        methods=["GET", "POST"],
    )
