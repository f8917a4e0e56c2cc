"""The report flow, one thing a page: photo, what, words, contact, check. Places stand beside."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public
from portal.areas.queries import area_by_code
from portal.kernel.clock import now
from portal.kernel.errors import Refused
from portal.kernel.pages import answer, submit
from portal.kernel.phones import show_phone
from portal.kernel.uploads import KeptPhotos, drop_upload, uploads_of
from portal.kernel.web import Session, reading
from portal.kernel.words import say
from portal.reports.forms.intake import (
    KEEP,
    SHOW,
    AnswerForm,
    CheckStep,
    ContactStep,
    DiscardForm,
    PhotoStep,
    WhatStep,
)
from portal.reports.labels.categories import GROUPS
from portal.reports.labels.intake import CONTACTS, shown_to_all, who_learns
from portal.reports.labels.kinds import answer_words, question_words
from portal.reports.queries.categories import categories_on, category_on
from portal.reports.queries.kinds import emergencies, questions_of, seasons
from portal.reports.queries.likely import kinds_near, usual_kinds
from portal.reports.queries.places import with_places_above
from portal.reports.rules.categories import CategoryRow, FunctionGroup, find_categories
from portal.reports.rules.choosing import likely_kinds, short_pages
from portal.reports.rules.emergency import sounds_like
from portal.reports.rules.intake import (
    MOST_PHOTOS,
    Contact,
    IntakeRefusal,
    ReportAnswers,
    Step,
    what_is_missing,
)
from portal.reports.rules.seasons import boosted
from portal.reports.service.drafts import DraftRow, discard_draft
from portal.reports.service.intake import file_draft
from portal.reports.views.blueprint import bp
from portal.reports.views.draft_session import (
    ask,
    current_draft,
    in_draft,
    in_flow,
    page_asked,
    page_of,
    turn_into_receipt,
)
from portal.reports.views.intake_details import category_of, today, whom_to_call
from portal.reports.views.intake_place import place_of_link
from portal.reports.views.neighbours import near_parts


@bp.route("/reports/new", methods=["GET", "POST"])
@public
def new_report() -> ResponseReturnValue:
    """Photo first, or skip it. A link may name the place, as that of a shop's plaque does."""
    draft = current_draft(anew=request.method == "GET")
    kept = KeptPhotos(draft.owner, draft.answers.photos)
    form = PhotoStep(owner=draft.owner, data={"photos": kept})

    def changes(session: Session) -> Mapping[str, Any]:
        given = {"photos": _chosen_photos(session, form), "photo_answered": not form.remove.data}
        return {**given, **place_of_link(session, draft.answers)}

    def go_on(_session: Session, following: Step, _answers: ReportAnswers) -> str:
        return page_of(Step.PHOTO if form.remove.data else following)

    context = {"most": MOST_PHOTOS, "discard": _discard_form(draft)}
    return ask(Step.PHOTO, form, "reports/new/photo.html", changes, go_on=go_on, **context)


def _chosen_photos(session: Session, form: PhotoStep) -> tuple[str, ...]:
    """What stays of the photos: one may have been taken away by its button."""
    kept: KeptPhotos = form.photos.data
    if form.remove.data:
        drop_upload(session, kept, form.remove.data, now())
    return tuple(token for token in kept.tokens if token != form.remove.data)


def _discard_form(draft: DraftRow) -> DiscardForm | None:
    """The button to begin anew, when there is something to throw away."""
    if not draft.begun or draft.submitted_number:
        return None
    form = DiscardForm(formdata=None)
    form.look_at(draft.version)
    return form


@bp.post("/reports/new/discard")
@public
def discard() -> ResponseReturnValue:
    """Throw the draft away and begin anew."""
    draft, form = current_draft(), DiscardForm()

    def act(session: Session) -> str:
        discard_draft(session, draft, now())
        return page_of(Step.PHOTO)

    return submit(form, act) if form.validate() else redirect(page_of(Step.PHOTO), 303)


@bp.route("/reports/new/what", methods=["GET", "POST"])
@public
@in_draft
def what() -> ResponseReturnValue:
    """What it is, in plain names with a search that knows everyday words."""
    form = WhatStep()

    def changes(session: Session) -> Mapping[str, Any]:
        return {"category_code": _category(session, form.category.data)}

    return ask(Step.WHAT, form, "reports/new/what.html", changes, **_kinds_offered())


def _kinds_offered() -> dict[str, Any]:
    """The likely kinds, all of them by group and in short pages, and what some words find."""
    rows = categories_on(reading(), today())
    typed = request.args.get("q", "")[:80]
    likely = _likely(rows)
    page, pages = page_asked(short_pages(likely, rows))
    return {
        "groups": _grouped(rows),
        "typed": typed,
        "found": find_categories(rows, typed),
        "likely": likely,
        "page": page,
        "pages": pages,
        "unsure": [row for row in rows if row.group is FunctionGroup.OTHER],
        **whom_to_call(sounds_like(emergencies(), typed)),
    }


def _likely(rows: list[CategoryRow]) -> list[CategoryRow]:
    """What it probably is, at this place and in this month."""
    code = current_draft().answers.area_code
    area = area_by_code(reading(), code) if code else None
    counts = kinds_near(reading(), area.path, now()) if area else {}
    day = today()
    return likely_kinds(rows, counts, (*boosted(seasons(), day), *usual_kinds(day)))


def _grouped(rows: list[CategoryRow]) -> list[tuple[str, Any, list[CategoryRow]]]:
    """The groups in their order, each with its names; the last group is the way out."""
    groups = [group for group in FunctionGroup if group is not FunctionGroup.OTHER]
    found = [(group, [row for row in rows if row.group is group]) for group in groups]
    return [(group.value, GROUPS[group], members) for group, members in found if members]


def _category(session: Session, code: str | None) -> str:
    if not code:
        raise Refused(IntakeRefusal.NO_CATEGORY, field="category")
    row = category_on(session, code, today())
    if row is None:
        raise Refused(IntakeRefusal.UNKNOWN_CATEGORY, field="category")
    return row.code


@bp.route("/reports/new/contact", methods=["GET", "POST"])
@public
@in_draft
def contact() -> ResponseReturnValue:
    """How she hears of it, and who may know what."""
    given = current_draft().answers
    category = category_of(given)
    form = ContactStep(data=_contact_data(given))
    signed_in = current_actor().signed_in
    form.offer(signed_in=signed_in, protected=category is not None and category.protected)

    def changes(_session: Session) -> Mapping[str, Any]:
        return form.answers()

    return ask(
        Step.CONTACT, form, "reports/new/contact.html", changes,
        category=category, signed_in=signed_in,
    )  # fmt: skip


def _contact_data(given: ReportAnswers) -> dict[str, Any]:
    """What was answered before; else her account, or nothing that would name a passer-by."""
    usual = Contact.ACCOUNT if current_actor().signed_in else Contact.NONE
    # offered on the page; an answer that does not come is not made up
    way = given.contact or (usual if request.method == "GET" else None)
    shown = {True: SHOW, False: KEEP, None: None}[given.publish]
    return {
        "contact": way.value if way else None,
        "phone": given.phone,
        "consent": given.consent,
        "sealed": given.sealed,
        "publish": shown,
    }


@bp.route("/reports/new/check", methods=["GET", "POST"])
@public
@in_draft
def check() -> ResponseReturnValue:
    """Everything once more, then send it."""
    draft, form = current_draft(), CheckStep()
    form.look_at(draft.version)
    response = answer(form, "reports/new/check.html", _filing(draft, form), **_summary(draft))
    if isinstance(response, tuple):
        return response
    turn_into_receipt()
    return response


def _filing(draft: DraftRow, form: AnswerForm) -> Any:
    def act(session: Session) -> str:
        address = request.remote_addr or ""
        actor = current_actor()
        file_draft(session, draft, form.seen, actor=actor, address=address, now=now())
        return url_for("reports.done")

    return act


def _summary(draft: DraftRow) -> dict[str, Any]:
    """What the check page shows of the answers."""
    answers, session = draft.answers, reading()
    area = area_by_code(session, answers.area_code) if answers.area_code else None
    photos = uploads_of(session, KeptPhotos(draft.owner, answers.photos), now())
    category = category_of(answers)
    return {
        **in_flow(Step.CHECK, draft),
        **near_parts(draft),
        "category": category,
        "extra": _extra(answers),
        "who": who_learns(answers, category),
        "shown": shown_to_all(answers, category),
        "place": with_places_above(session, [area])[0] if area else None,
        "photo_urls": [url_for("reports.pending_photo", token=token) for token in photos],
        "phone": show_phone(answers.phone) if answers.phone else "",
        "way": CONTACTS[answers.contact] if answers.contact else None,
        "missing": [(page_of(step), say(refusal)) for step, refusal in what_is_missing(answers)],
        "pages": {step.value: page_of(step) for step in Step},
    }


def _extra(answers: ReportAnswers) -> list[tuple[str, str]]:
    """The further questions that were answered, in words."""
    asked = [(q, answers.extra.get(q.key)) for q in questions_of(answers.category_code)]
    return [(question_words(q), answer_words(q, value)) for q, value in asked if value]
