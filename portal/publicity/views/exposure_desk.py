"""The exposure column at the desk: written, covered, approved by two, taken down."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Conflict, Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.uploads import KeptPhotos, keep_upload, store_photo
from portal.kernel.web import Session, instance, keeping, reading
from portal.kernel.words import say
from portal.publicity.forms.exposure import CoverItemForm, NewForm, StepForm, WordsForm
from portal.publicity.labels.exposure import BASES, STATES, STEPS_WORDS
from portal.publicity.queries.exposures import PAGE, ExposureRow, exposures_in, why_hidden
from portal.publicity.rules.exposure import (
    STEPS,
    WITH_REASON,
    Basis,
    ExposureRefusal,
    ExposureState,
    Step,
)
from portal.publicity.service.exposures import (
    APPROVE,
    WRITE,
    cover_exposure,
    covered_copy,
    edit_exposure,
    exposure_here,
    step_exposure,
    write_exposure,
)
from portal.publicity.views.blueprint import bp
from portal.reports.rules.covering import Rectangle, grid_over, read_rectangles
from portal.reports.views.photos import PRIVATE, file_response

FOLDER = "publicity/desk"
SAVED = _l("Saved.")


@bp.get("/desk/exposure/")
@requires(WRITE)
def desk_exposures() -> ResponseReturnValue:
    """What there is in one's places, the newest first."""
    after = clean_number(request.args.get("after", "")[:20]) or ""
    found = exposures_in(reading(), current_actor().places_for(WRITE), after)
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/list.html", rows=rows, states=STATES, hidden=_hidden(rows),
        places=areas_by_ids(reading(), {row.area_id for row in rows}),
        following=rows[-1].number if len(found) > PAGE else None,
    )  # fmt: skip


def _hidden(rows: Sequence[ExposureRow]) -> dict[str, Any]:
    zone = instance().city.zone
    found = why_hidden(reading(), rows, today=city_day(now(), zone), zone=zone)
    return {number: say(code) for number, code in found.items() if code is not None}


@bp.route("/desk/exposure/new", methods=["GET", "POST"])
@requires(WRITE)
def desk_exposure_new() -> ResponseReturnValue:
    """Write an item."""
    form = NewForm()

    def act(writer: Session) -> str:
        wish = form.wish(Basis(form.basis.data), form.basis_number.data or "")
        return _url(write_exposure(writer, current_actor(), wish, now=now()))

    return answer(form, f"{FOLDER}/new.html", act, thanks=SAVED)


def _url(number: str) -> str:
    return url_for("publicity.desk_exposure", number=number)


@bp.get("/desk/exposure/<number>")
@requires(WRITE)
def desk_exposure(number: str) -> ResponseReturnValue:
    """One item, and what can be done with it."""
    row = exposure_here(reading(), current_actor(), number)
    return render_template(f"{FOLDER}/one.html", **_words(row))


def _words(row: ExposureRow) -> dict[str, Any]:
    actor = current_actor()
    may = {
        step: actor.may(APPROVE if step in {Step.APPROVE, Step.SEND_BACK} else WRITE,
                        place_path=row.place_path)
        for step in Step
    }  # fmt: skip
    return {
        "row": row, "states": STATES, "bases": BASES, "steps": STEPS_WORDS,
        "open": [step for step in STEPS[row.state] if may[step] or step is Step.TAKE_DOWN],
        "writes": row.made_by == actor.person_id and row.state is ExposureState.DRAFT,
        "why": _hidden([row]).get(row.number),
        "over": bool(row.expires_at and row.expires_at <= now()),
        "place": areas_by_ids(reading(), {row.area_id})[row.area_id],
    }  # fmt: skip


@bp.route("/desk/exposure/<number>/edit", methods=["GET", "POST"])
@requires(WRITE)
def desk_exposure_edit(number: str) -> ResponseReturnValue:
    """Other words, another photo, while it is a draft."""
    row, form = exposure_here(reading(), current_actor(), number), WordsForm()
    form.start_from(row)
    stands: dict[str, Any] = {}
    act = partial(_edit, row, form, stands)
    return answer(form, f"{FOLDER}/edit.html", act, thanks=SAVED, row=row, stands=stands)


def _edit(row: ExposureRow, form: WordsForm, stands: dict[str, Any], writer: Session) -> str:
    wish = form.wish(row.basis, row.basis_number)
    try:
        edit_exposure(
            writer, current_actor(), row.number, wish, seen=form.seen.data or "", now=now()
        )
    except Conflict as conflict:
        if conflict.code is ExposureRefusal.MOVED_ON:
            # what stands now is shown beside what she typed, and her next press is over that
            stands["now"] = exposure_here(writer, current_actor(), row.number)
            form.seen.data = stands["now"].mark
        raise
    return _url(row.number)


@bp.route("/desk/exposure/<number>/step/<step>", methods=["GET", "POST"])
@requires(WRITE)
def desk_exposure_step(number: str, step: str) -> ResponseReturnValue:
    """Send it, approve it, send it back, take it down."""
    row, form = exposure_here(reading(), current_actor(), number), StepForm()
    if step not in set(Step):
        raise Missing
    chosen = Step(step)
    if not form.is_submitted():
        form.seen.data = str(row.sent)
    act = partial(_step, row.number, chosen, form)
    words = {**_words(row), "step": chosen, "asks": chosen in WITH_REASON}
    return answer(form, f"{FOLDER}/step.html", act, thanks=SAVED, **words)


def _step(number: str, step: Step, form: StepForm, writer: Session) -> str:
    step_exposure(
        writer, current_actor(), number, step, sent=form.sent(), reason=form.reason.data or "",
        now=now(), looked=bool(form.looked.data),
    )  # fmt: skip
    return _url(number)


@bp.route("/desk/exposure/<number>/cover", methods=["GET", "POST"])
@requires(WRITE)
def desk_exposure_cover(number: str) -> ResponseReturnValue:
    """Cover parts of its photo: by two corners on a grid, or drawn with a pointer."""
    row, form = exposure_here(reading(), current_actor(), number), CoverItemForm()
    if row.blob_key is None or row.width is None or row.height is None:
        raise Missing
    grid = grid_over(row.width, row.height)
    form.look_at(grid, row.covers)
    form.make = partial(_copy, row, form)
    act = partial(_cover, row.number, form)
    covers = read_rectangles(row.covers) or []
    return answer(
        form, f"{FOLDER}/cover.html", act, thanks=SAVED, row=row, grid=grid, covers=covers
    )


def _copy(
    row: ExposureRow, form: CoverItemForm, rectangles: Sequence[Rectangle] | None
) -> str:  # fmt: skip
    """Draw and store the copy; the token by which the service takes it."""
    copy = covered_copy(reading(), row, rectangles, bare=bool(form.nothing.data))
    store_photo(reading(), copy)
    with keeping() as writer:
        return keep_upload(writer, copy, owner=session["browser"], now=now())


def _cover(number: str, form: CoverItemForm, writer: Session) -> str:
    copy = KeptPhotos(session["browser"], (form.token,))
    cover_exposure(
        writer, current_actor(), number, form.rectangles or [], form.seen.data or "", copy,
        now=now(), bare=bool(form.nothing.data),
    )  # fmt: skip
    return _url(number)


@bp.get("/desk/exposure/<number>/photo")
@requires(WRITE)
def desk_exposure_photo(number: str) -> ResponseReturnValue:
    """The picture as the public would see it, or beneath, for whoever covers it."""
    row = exposure_here(reading(), current_actor(), number)
    key = row.blob_key if "uncovered" in request.args else row.public_key
    if key is None:
        raise Missing
    return file_response(key, PRIVATE)
