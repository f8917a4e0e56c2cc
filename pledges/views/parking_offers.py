"""Off-peak parking of one's own unit, and at the desk of a street."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.breaches import SureForm
from pledges.forms.parking import LetterForm, OfferForm, StepForm, as_typed
from pledges.labels.parking import DO, SIGNS, STATES, STEPS
from pledges.queries.alliances import shops_of
from pledges.queries.parking import (
    PAGE,
    OfferRow,
    events_of,
    hours_of,
    offers_in,
    offers_of_speaker,
)
from pledges.rules.parking import OF_THE_UNIT, ParkingState, ParkingStep
from pledges.rules.parking import STEPS as EDGES
from pledges.service.parking import (
    REGISTER,
    change_offer,
    offer_at_desk,
    own_door,
    own_offer,
    take_step,
    write_offer,
)
from pledges.service.parking_signing import LetterWish, letter_for, sign_offer
from pledges.views.blueprint import bp
from pledges.views.parking import FOLDER, by_day, today, words
from portal.accounts.access import current_actor, requires, signed_in
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import current_language, in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

SAVED = _l("Saved.")
SIGNED = _l("Signed. The street checks the offer, and then everybody sees it.")


@bp.get("/me/parking/")
@signed_in
def my_parking() -> ResponseReturnValue:
    """The offers of the places for which I speak, and those that have none."""
    who = current_actor().person_id
    rows = offers_of_speaker(reading(), who)
    live = {row.premises_id for row in rows if row.state is not ParkingState.ENDED}
    return render_template(
        f"{FOLDER}/mine.html", rows=rows, states=STATES, signs=SIGNS,
        shops=[one for one in shops_of(reading(), who) if one.id not in live], **words(),
    )  # fmt: skip


@bp.route("/me/parking/at/<number>", methods=["GET", "POST"])
@signed_in
def my_parking_new(number: str) -> ResponseReturnValue:
    """Write an offer for a place of mine."""
    door, _by = own_door(reading(), current_actor(), number)
    form = OfferForm(data={"lon": door.lon, "lat": door.lat, "starts_on": today()})

    def act(session: Session) -> str:
        made = write_offer(session, current_actor(), door.number, form.wish(), now=now())
        return url_for("pledges.my_offer", number=made)

    return answer(form, f"{FOLDER}/write.html", act, thanks=SAVED, title=door.title)


def _about(row: OfferRow, *, desk: bool) -> dict[str, Any]:
    steps = [
        step for step, edge in EDGES.items()
        if row.state in edge.before and (desk or step in OF_THE_UNIT)
    ]  # fmt: skip
    return {
        "row": row, "hours": by_day(hours_of(reading(), [row]).get(row.id, [])), "do": DO,
        "events": events_of(reading(), row), "states": STATES, "signs": SIGNS,
        "step_words": STEPS, "steps": steps, "desk": desk, **words(),
    }  # fmt: skip


@bp.get("/me/parking/<number>")
@signed_in
def my_offer(number: str) -> ResponseReturnValue:
    """One of them: where it stands, and what I can do."""
    row = own_offer(reading(), current_actor(), number)
    return render_template(f"{FOLDER}/one.html", **_about(row, desk=False))


@bp.route("/me/parking/<number>/change", methods=["GET", "POST"])
@signed_in
def my_offer_change(number: str) -> ResponseReturnValue:
    """Write it anew."""
    row = own_offer(reading(), current_actor(), number)
    form = OfferForm(data=as_typed(row, hours_of(reading(), [row]).get(row.id, [])))

    def act(session: Session) -> str:
        wish, seen = form.wish(), form.seen()
        change_offer(session, current_actor(), row.number, wish, seen=seen, now=now())
        return url_for("pledges.my_offer", number=row.number)

    return answer(form, f"{FOLDER}/write.html", act, thanks=SAVED, title=row.title)


@bp.route("/me/parking/<number>/sign", methods=["GET", "POST"])
@signed_in
def my_offer_sign(number: str) -> ResponseReturnValue:
    """Sign its letter; the street reads it then."""
    row = own_offer(reading(), current_actor(), number)
    version, form = _letter(row)

    def act(session: Session) -> str:
        wish = LetterWish(
            form.seen(), form.ticked(), form.name.data or "", current_language()
        )  # fmt: skip
        sign_offer(session, current_actor(), row.number, wish, now=now())
        return url_for("pledges.my_offer", number=row.number)

    return answer(form, f"{FOLDER}/sign.html", act, thanks=SIGNED, version=version,
                  **_about(row, desk=False))  # fmt: skip


def _letter(row: OfferRow) -> tuple[Any, LetterForm]:
    """The text that is to be signed for an offer, and its form. Raises Missing once it is."""
    if row.state is not ParkingState.WRITTEN:
        raise Missing
    door, _by = own_door(reading(), current_actor(), row.premises)
    version, clauses = letter_for(reading(), door, now())
    form = LetterForm(data={"version": str(version.version)})
    form.offer((one.id, in_words(one.texts)) for one in clauses)
    return version, form


@bp.route("/me/parking/<number>/<step>", methods=["GET", "POST"])
@signed_in
def my_offer_step(number: str, step: str) -> ResponseReturnValue:
    """Pause it, offer it again, end it."""
    row = own_offer(reading(), current_actor(), number)
    return _step(row, step, desk=False, back=url_for("pledges.my_offer", number=row.number))


def _step(row: OfferRow, step: str, *, desk: bool, back: str) -> ResponseReturnValue:
    if step not in set(ParkingStep) or ParkingStep(step) not in EDGES:
        raise Missing
    wanted = ParkingStep(step)
    if not (desk or wanted in OF_THE_UNIT):
        raise Missing
    form = StepForm() if EDGES[wanted].reasoned else SureForm()
    act = partial(_take, row, wanted, form, desk, back)
    return answer(form, f"{FOLDER}/step.html", act, thanks=SAVED, wanted=wanted,
                  **_about(row, desk=desk))  # fmt: skip


def _take(
    row: OfferRow, step: ParkingStep, form: Any, desk: bool, back: str, session: Session
) -> str:
    reason = form.reason.data or "" if isinstance(form, StepForm) else ""
    take_step(session, current_actor(), row.number, step, reason, desk=desk, now=now())
    return back


@bp.get("/desk/pledges/parking/")
@requires(REGISTER)
def desk_parking() -> ResponseReturnValue:
    """The offers of my places that did not end."""
    after = clean_number(request.args.get("after", "")[:40]) or ""
    found = offers_in(reading(), current_actor().places_for(REGISTER), after)
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/desk/list.html", rows=rows, states=STATES, signs=SIGNS,
        areas=areas_by_ids(reading(), {row.area_id for row in rows}),
        following=rows[-1].number if len(found) > PAGE else None, **words(),
    )  # fmt: skip


@bp.get("/desk/pledges/parking/<number>")
@requires(REGISTER)
def desk_offer(number: str) -> ResponseReturnValue:
    """One offer at the desk."""
    row = offer_at_desk(reading(), current_actor(), number)
    return render_template(f"{FOLDER}/one.html", **_about(row, desk=True))


@bp.route("/desk/pledges/parking/<number>/<step>", methods=["GET", "POST"])
@requires(REGISTER)
def desk_offer_step(number: str, step: str) -> ResponseReturnValue:
    """Show it, send it back, pause or end it."""
    row = offer_at_desk(reading(), current_actor(), number)
    return _step(row, step, desk=True, back=url_for("pledges.desk_offer", number=row.number))
