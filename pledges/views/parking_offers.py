"""Off-peak parking of one's own unit, and at the desk of a street."""

from dataclasses import replace
from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.breaches import SureForm
from pledges.forms.parking import AdmitForm, OfferForm, OfferSignForm, StepForm, as_typed
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
from pledges.queries.signing import signing_door
from pledges.rules.clauses import Letter
from pledges.rules.parking import OF_THE_UNIT, ParkingState, ParkingStep
from pledges.rules.parking import STEPS as EDGES
from pledges.rules.refusals import PledgeRefusal
from pledges.service.parking import (
    REGISTER,
    change_offer,
    offer_at_desk,
    own_door,
    own_offer,
    take_step,
    write_offer,
)
from pledges.service.parking_signing import sign_offer
from pledges.service.signing import Signed, SigningWish
from pledges.service.signing_codes import sign_by_code
from pledges.views.blueprint import bp
from pledges.views.parking import FOLDER, by_day, today, words
from pledges.views.signing import sending
from pledges.views.signing_page import Filled, SigningPage, converse, filled, signing_page
from portal.accounts.access import current_actor, requires, signed_in
from portal.accounts.service import Browser
from portal.accounts.views.browser import this_browser
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.kernel.words import say

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
    """Sign its letter with a code to the telephone of the register; the street reads it then."""
    row = own_offer(reading(), current_actor(), number)
    page = _letter(row)
    if page.why is not None and page.shut:
        return render_template(f"{FOLDER}/sign_none.html", why=say(page.why), row=row), 409
    given = _filled(row, page)
    return converse(
        page, given, f"{FOLDER}/sign.html", thanks=SIGNED, send=sending(page, given.form),
        sign=partial(_sign, row, page, given.form), **_about(row, desk=False),
    )  # fmt: skip


def _filled(row: OfferRow, page: SigningPage) -> Filled[OfferSignForm]:
    """The form; an offer that was written anew since the page was shown is read once more."""
    given = filled(page, OfferSignForm)
    sent, form = given.form.offer.data, given.form
    form.offer.data = sent or str(row.version)
    if not sent or form.seen() == row.version or row.state is not ParkingState.WRITTEN:
        return given
    form.offer.data, form.code.data = str(row.version), ""
    return replace(given, stale=given.stale or PledgeRefusal.CHANGED)


def _letter(row: OfferRow) -> SigningPage:
    """What is to be signed for an offer. Raises Missing once it is; a second click on what is
    signed just now has its answer from the first."""
    if row.state is not ParkingState.WRITTEN and request.method != "POST":
        raise Missing
    door = signing_door(reading(), row.premises)
    if door is None:
        raise Missing
    return signing_page(door, Letter.PARKING)


def _sign(row: OfferRow, page: SigningPage, form: OfferSignForm, session: Session) -> str:
    wish, code = form.wish(page.door.number, Letter.PARKING), form.code.data or ""
    prove = partial(_prove, session, code, this_browser(form))
    sign_offer(session, current_actor(), row.number, wish, prove, seen=form.seen(), now=now())
    return url_for("pledges.my_offer", number=row.number)


def _prove(session: Session, code: str, browser: Browser, wish: SigningWish) -> Signed:
    return sign_by_code(session, wish, code, browser, now=now())


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
    form, page = _step_form(row, wanted), f"{FOLDER}/step.html"
    about = {"wanted": wanted, **_about(row, desk=desk)}
    if isinstance(form, AdmitForm) and _read_older(row, form):
        form.version.data = str(row.version)
        form.form_errors = [say(PledgeRefusal.CHANGED)]
        return render_template(page, form=form, **about), 409
    act = partial(_take, row, wanted, form, desk, back)
    return answer(form, page, act, thanks=SAVED, **about)


def _read_older(row: OfferRow, form: AdmitForm) -> bool:
    """Whether what was sent speaks of an offer that was written anew since; a second click on what
    is done has its answer from the first."""
    waits = row.state is ParkingState.WAITING
    return form.is_submitted() and waits and form.seen() != row.version


def _step_form(row: OfferRow, step: ParkingStep) -> Form:
    if step is ParkingStep.ADMIT:
        return AdmitForm(data={"version": str(row.version)})
    return StepForm() if EDGES[step].reasoned else SureForm()


def _take(
    row: OfferRow, step: ParkingStep, form: Any, desk: bool, back: str, session: Session
) -> str:
    reason = form.reason.data or "" if isinstance(form, StepForm) else ""
    seen = form.seen() if isinstance(form, AdmitForm) else None
    take_step(session, current_actor(), row.number, step, reason, desk=desk, seen=seen, now=now())
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
