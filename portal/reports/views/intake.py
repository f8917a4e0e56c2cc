"""The report flow, one thing a page: photo, what, words, contact, check. Places stand beside."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public
from portal.areas.queries import area_by_code, permitted_in
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Refused
from portal.kernel.pages import answer, submit
from portal.kernel.phones import show_phone
from portal.kernel.uploads import KeptPhotos, drop_upload, uploads_of
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import say
from portal.reports.forms.intake import (
    KEEP,
    SHOW,
    AnswerForm,
    CheckStep,
    ContactStep,
    DetailsStep,
    DiscardForm,
    PhotoStep,
    WhatStep,
)
from portal.reports.labels.categories import GROUPS
from portal.reports.labels.intake import CONTACTS, permitted_words, shown_to_all, who_learns
from portal.reports.queries.categories import categories_on, category_on
from portal.reports.queries.likely import kinds_near, usual_kinds
from portal.reports.queries.places import with_places_above
from portal.reports.rules.categories import CategoryRow, FunctionGroup, find_categories
from portal.reports.rules.choosing import likely_kinds, short_pages
from portal.reports.rules.intake import (
    MOST_PHOTOS,
    MOST_WORDS,
    Contact,
    IntakeRefusal,
    ReportAnswers,
    Step,
    what_is_missing,
)
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

STALLS = "street_stall"


@bp.route("/reports/new", methods=["GET", "POST"])
@public
def new_report() -> ResponseReturnValue:
    """Photo first, or skip it."""
    draft = current_draft(anew=request.method == "GET")
    kept = KeptPhotos(draft.owner, draft.answers.photos)
    form = PhotoStep(owner=draft.owner, data={"photos": kept})

    def changes(session: Session) -> Mapping[str, Any]:
        return {"photos": _chosen_photos(session, form), "photo_answered": not form.remove.data}

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
    rows = categories_on(reading(), _today())
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
    }


def _likely(rows: list[CategoryRow]) -> list[CategoryRow]:
    """What it probably is, at this place and in this month."""
    code = current_draft().answers.area_code
    area = area_by_code(reading(), code) if code else None
    counts = kinds_near(reading(), area.path, now()) if area else {}
    return likely_kinds(rows, counts, usual_kinds(_today()))


def _today() -> Any:
    return city_day(now(), instance().city.zone)


def _grouped(rows: list[CategoryRow]) -> list[tuple[str, Any, list[CategoryRow]]]:
    """The groups in their order, each with its names; the last group is the way out."""
    groups = [group for group in FunctionGroup if group is not FunctionGroup.OTHER]
    found = [(group, [row for row in rows if row.group is group]) for group in groups]
    return [(group.value, GROUPS[group], members) for group, members in found if members]


def _category(session: Session, code: str | None) -> str:
    if not code:
        raise Refused(IntakeRefusal.NO_CATEGORY, field="category")
    row = category_on(session, code, _today())
    if row is None:
        raise Refused(IntakeRefusal.UNKNOWN_CATEGORY, field="category")
    return row.code


@bp.route("/reports/new/details", methods=["GET", "POST"])
@public
@in_draft
def details() -> ResponseReturnValue:
    """In words, and where exactly."""
    given = current_draft().answers
    form = DetailsStep(data={"words": given.words, "place_words": given.place_words})

    def changes(_session: Session) -> Mapping[str, Any]:
        words, place_words = form.words.data or "", form.place_words.data or ""
        _demand(replace(given, words=words, place_words=place_words))
        return {"words": words, "place_words": place_words, "words_answered": True}

    return ask(
        Step.DETAILS, form, "reports/new/details.html", changes,
        most=MOST_WORDS, category=_category_of(given), permitted=_permitted(given),
    )  # fmt: skip


def _demand(answers: ReportAnswers) -> None:
    """Words are needed when there is no photo, and a place in words when nothing else says it."""
    fields = {IntakeRefusal.NO_WORDS: "words", IntakeRefusal.NO_PLACE_WORDS: "place_words"}
    for step, refusal in what_is_missing(answers):
        if step is Step.DETAILS:
            raise Refused(refusal, field=fields[refusal])


def _category_of(answers: ReportAnswers) -> CategoryRow | None:
    code = answers.category_code
    return category_on(reading(), code, _today()) if code else None


def _permitted(answers: ReportAnswers) -> list[str]:
    """Where stalls are lawful near by, so that nobody reports those."""
    area = area_by_code(reading(), answers.area_code) if answers.area_code else None
    if answers.category_code != STALLS or area is None:
        return []
    around = area.parent_path or area.path
    return [permitted_words(row) for row in permitted_in(reading(), around, on=_today())]


@bp.route("/reports/new/contact", methods=["GET", "POST"])
@public
@in_draft
def contact() -> ResponseReturnValue:
    """How she hears of it, and who may know what."""
    given = current_draft().answers
    category = _category_of(given)
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
    category = _category_of(answers)
    return {
        **in_flow(Step.CHECK, draft),
        "category": category,
        "who": who_learns(answers, category),
        "shown": shown_to_all(answers, category),
        "place": with_places_above(session, [area])[0] if area else None,
        "photo_urls": [url_for("reports.pending_photo", token=token) for token in photos],
        "phone": show_phone(answers.phone) if answers.phone else "",
        "way": CONTACTS[answers.contact] if answers.contact else None,
        "missing": [(page_of(step), say(refusal)) for step, refusal in what_is_missing(answers)],
        "pages": {step.value: page_of(step) for step in Step},
    }
