"""The desk's pages of what the public sees: covered photos, the record, objections."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import render_template, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.uploads import KeptPhotos, keep_upload, store_photo
from portal.kernel.web import Session, keeping, reading
from portal.reports.forms.guard import CoverForm, ReplyForm, UncoverForm
from portal.reports.labels.case import TEXT_KINDS, reason_words
from portal.reports.labels.desk import PHOTO_KINDS
from portal.reports.labels.guard import ACTS, OUTCOMES
from portal.reports.queries.case import PhotoRow
from portal.reports.queries.guard import (
    ObjectionRow,
    deciders_before,
    decisions_of,
    objections_of,
    waiting_objections,
)
from portal.reports.queries.public import kinds
from portal.reports.rules.covering import Rectangle, grid_over, read_rectangles
from portal.reports.rules.guarding import may_answer
from portal.reports.rules.masking import Piece, diff, only_taken_away
from portal.reports.service.covering import (
    Covering,
    cover_case_photo,
    covered_copy,
    photo_of,
    uncover_case_photo,
)
from portal.reports.service.desk import DeskCase
from portal.reports.service.loop import case_as_seen
from portal.reports.service.objections import Reply, answer_objection
from portal.reports.views.blueprint import bp
from portal.reports.views.desk_case import case_here, case_words
from portal.reports.views.desk_queue import case_url, kept, queue_url


@bp.app_template_filter("left_out")
def left_out(original: str, public: str | None) -> list[Piece]:
    """Words in pieces that the public reads or not; all of them where they are no part of these."""
    if public is None or not only_taken_away(original, public):
        return [Piece(original, kept=True)]
    return diff(original, public)


def _page(number: str) -> DeskCase:
    """The case, for whoever decides on what is public."""
    page = case_here(number)
    if Permission.REPORT_MODERATE not in page.held:
        raise Forbidden
    return page


@bp.route("/desk/cases/<number>/photos/<code>/cover", methods=["GET", "POST"])
@requires(Permission.REPORT_MODERATE)
def desk_cover(number: str, code: str) -> ResponseReturnValue:
    """Cover parts of a photo: by two corners on a grid, or drawn with a pointer."""
    page = _page(number)
    photo, form = photo_of(reading(), page.case, code), CoverForm()
    form.look_at(grid_over(photo.width, photo.height), photo.covers)
    form.make = partial(_copy, photo)
    act = partial(_cover, page, photo, form)
    thanks = _l("Covered. The public sees the covered photo once it is shown.")
    return answer(form, "reports/desk/cover.html", act, thanks=thanks, **_cover_words(page, photo))


def _copy(photo: PhotoRow, rectangles: Sequence[Rectangle] | None) -> str:
    """Draw and store the copy; the token by which the service takes it."""
    copy = covered_copy(reading(), photo, rectangles)
    store_photo(reading(), copy)
    with keeping() as writer:
        return keep_upload(writer, copy, owner=session["browser"], now=now())


def _cover(page: DeskCase, photo: PhotoRow, form: CoverForm, writer: Session) -> str:
    actor, copy = current_actor(), KeptPhotos(session["browser"], (form.token,))
    covering = Covering(photo.id, form.rectangles or [], form.seen.data or "", copy)
    case = case_as_seen(writer, page.case.number, actor)
    cover_case_photo(writer, case, covering, actor=actor, now=now())
    return _moderate_url(page)


def _moderate_url(page: DeskCase) -> str:
    return url_for("reports.desk_moderate", number=page.case.number, **kept())


def _cover_words(page: DeskCase, photo: PhotoRow) -> dict[str, Any]:
    undo = UncoverForm(formdata=None)
    undo.seen.data = photo.covers or ""
    return {
        "photo_row": photo,
        "photo_words": PHOTO_KINDS[photo.kind],
        "grid": grid_over(photo.width, photo.height),
        "covers": read_rectangles(photo.covers) or [],
        "undo": undo,
        "back": _moderate_url(page),
        **case_words(page),
    }


@bp.post("/desk/cases/<number>/photos/<code>/uncover")
@requires(Permission.REPORT_MODERATE)
def desk_uncover(number: str, code: str) -> ResponseReturnValue:
    """Take the rectangles of a photo away; it waits for a check again."""
    page = _page(number)
    photo, form = photo_of(reading(), page.case, code), UncoverForm()
    words = _cover_words(page, photo)
    act = partial(_uncover, page, photo, form)
    return answer(form, "reports/desk/uncovered.html", act, thanks=_l("Done."), **words)


def _uncover(page: DeskCase, photo: PhotoRow, form: UncoverForm, writer: Session) -> str:
    actor, seen = current_actor(), form.seen.data or ""
    case = case_as_seen(writer, page.case.number, actor)
    uncover_case_photo(writer, case, photo.id, seen=seen, actor=actor, now=now())
    return _moderate_url(page)


@bp.route("/desk/cases/<number>/decisions", methods=["GET", "POST"])
@requires(Permission.REPORT_MODERATE)
def desk_decisions(number: str) -> ResponseReturnValue:
    """The record of what was decided on a case, and the answer to an objection."""
    page, form = _page(number), ReplyForm()
    objections = objections_of(reading(), page.case)
    waiting = next((one for one in objections if one.outcome is None), None)
    words = _decision_words(page, objections, waiting)
    act = partial(_reply, page, waiting, form)
    thanks = _l("Answered. The reporter is told.")
    return answer(form, "reports/desk/decisions.html", act, thanks=thanks, **words)


def _decision_words(
    page: DeskCase, objections: Sequence[ObjectionRow], waiting: ObjectionRow | None
) -> dict[str, Any]:
    rows = decisions_of(reading(), page.case)
    actor_id = current_actor().person_id
    names: dict[Any, Any] = {text.id: TEXT_KINDS[text.kind] for text in page.texts}
    names |= {photo.id: PHOTO_KINDS[photo.kind] for photo in page.photos}
    return {
        "decisions": rows[::-1],
        "deciders": people_by_ids(reading(), {row.actor_id for row in rows if row.actor_id}),
        "item_names": names,
        "objections": objections,
        "waiting": waiting,
        "may_reply": waiting is not None
        and may_answer(actor_id, deciders_before(reading(), page.case, waiting.at)),
        "acts": ACTS,
        "outcomes": OUTCOMES,
        "reason_words": reason_words,
        "back": case_url(page.case.number),
        "moderate_url": _moderate_url(page),
        **case_words(page),
    }


def _reply(page: DeskCase, waiting: ObjectionRow | None, form: ReplyForm, writer: Session) -> str:
    if waiting is None:
        raise Missing
    reply = Reply(waiting.reporter_id, form.chosen, form.words.data)
    case = case_as_seen(writer, page.case.number, current_actor())
    answer_objection(writer, case, reply, actor=current_actor(), now=now())
    return url_for("reports.desk_decisions", number=page.case.number, **kept())


@bp.get("/desk/objections")
@requires(Permission.REPORT_MODERATE)
def desk_objections() -> ResponseReturnValue:
    """Objections that wait for an answer, the oldest first."""
    places = current_actor().places_for(Permission.REPORT_MODERATE)
    rows = waiting_objections(reading(), places)
    return render_template(
        "reports/desk/objections.html", rows=rows, kinds=kinds(reading()), queue_url=queue_url
    )
