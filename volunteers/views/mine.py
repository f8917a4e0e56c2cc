"""My shifts: what is ahead, what is offered, leaving, handing over, confirming again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import current_app, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, signed_in
from portal.accounts.rules import AgeBand
from portal.accounts.service import state_age
from portal.accounts.service.news import register_news
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from volunteers.forms.signing_up import (
    ConfirmForm,
    HandOverForm,
    LeaveForm,
    RegisterForm,
    TakeOverForm,
)
from volunteers.queries.handovers import asked_of, open_handover
from volunteers.queries.sign_ups import (
    MySignUp,
    SignShift,
    ahead_of,
    my_coming,
    my_past,
    shifts_to_swap,
    sign_shift_by_id,
    steps_of,
)
from volunteers.queries.volunteers import age_of, guardian_of, volunteer_of
from volunteers.rules.signing_up import ASKED, QUEUED, SignUpState
from volunteers.service import handovers, signing_up
from volunteers.service.registering import register as register_volunteer
from volunteers.views.blueprint import bp
from volunteers.views.common import WORDS, me, rules_in_words, said

THANKS = _l("Done.")
SOON = timedelta(hours=24)


@dataclass(frozen=True)
class MyNews:
    """What is new about one's shifts: whether one waits for an answer, and the next of the coming
    24 hours."""

    asked: bool
    soon: MySignUp | None


def _news(session: Session, person_id: UUID, at: datetime) -> MyNews | None:
    coming = my_coming(session, person_id, at)
    asked = any(
        row.changed() or (row.state in ASKED and row.state_at(at) in ASKED) for row in coming
    )
    held = (row for row in coming if row.state is SignUpState.TAKEN)
    soon = next((row for row in held if at < row.shift.span.starts_at <= at + SOON), None)
    return MyNews(asked, soon) if asked or soon else None


register_news("volunteers.mine", _news, "volunteers/sign_up/_news.html")


@bp.route("/volunteers/register", methods=["GET", "POST"])
@signed_in
def register() -> ResponseReturnValue:
    """One page: whether my name is shown, and what I would like to do."""
    known = volunteer_of(reading(), me())
    given = {"named": known.named_at is not None, "interests": known.interests} if known else {}
    form = RegisterForm(data=given)
    form.offer(ask_age=age_of(reading(), me()) is AgeBand.UNKNOWN)
    return answer(
        form, "volunteers/sign_up/register.html", partial(_register, form), thanks=THANKS,
        known=known,
    )  # fmt: skip


def _register(form: RegisterForm, session: Session) -> str:
    if "age" in form and age_of(session, me()) is AgeBand.UNKNOWN:
        state_age(session, current_actor(), AgeBand(form.age.data), now=now())
    register_volunteer(
        session, me(), named=bool(form.named.data), interests=form.interests.data or (), now=now()
    )
    return url_for("volunteers.mine")


@bp.get("/volunteers/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """My shifts: coming ones, offers with the time that is left, past ones."""
    who, at = me(), now()
    return render_template(
        "volunteers/sign_up/mine.html", known=volunteer_of(reading(), who),
        age=age_of(reading(), who), guardian=guardian_of(reading(), who),
        coming=my_coming(reading(), who, at), past=my_past(reading(), who, at),
        asked=asked_of(reading(), who, at), now=at, **WORDS,
    )  # fmt: skip


@bp.get("/volunteers/mine/<number>")
@signed_in
def my_sign_up(number: str) -> ResponseReturnValue:
    """One of my sign-ups: where it stands, what I can do, what happened."""
    form = ConfirmForm(formdata=None)
    row = signing_up.own(reading(), number, me())
    form.sequence.data = str(row.shift.sequence)
    return render_template("volunteers/sign_up/one.html", form=form, **_about(row))


def _about(row: MySignUp) -> dict[str, Any]:
    at = now()
    started = at >= row.shift.span.starts_at
    return {
        "row": row,
        "shift": row.shift,
        "state": row.state_at(at),
        "asked": row.state_at(at) in ASKED,
        "held": row.state is SignUpState.TAKEN and not started and not row.shift.cancelled,
        "queued": row.state in QUEUED and not started,
        "ahead": ahead_of(reading(), row) if row.state is SignUpState.WAITING else 0,
        "offer": open_handover(reading(), row.id),
        "late": signing_up.leaves_late(reading(), row, at),
        "steps": steps_of(reading(), row.id),
        "rules_in_words": rules_in_words,
        "now": at,
        **WORDS,
    }


@bp.post("/volunteers/mine/<number>/<any(accept,decline,confirm,keep):step>")
@signed_in
def step_of_mine(number: str, step: str) -> ResponseReturnValue:
    """Yes or no to a seat that is kept, yes to a changed shift, the end of an offer of mine."""
    row = signing_up.own(reading(), number, me())
    form = ConfirmForm()
    return answer(
        form, "volunteers/sign_up/one.html", partial(_step, number, step, form), thanks=THANKS,
        **_about(row),
    )  # fmt: skip


def _step(number: str, step: str, form: ConfirmForm, session: Session) -> str:
    def act() -> str:
        if step == "confirm":
            signing_up.confirm_again(session, number, me(), sequence=form.seen, now=now())
        else:
            acts = {
                "accept": signing_up.accept,
                "decline": signing_up.decline,
                "keep": handovers.withdraw_offer,
            }
            acts[step](session, number, me(), now=now())
        return url_for("volunteers.my_sign_up", number=number)

    return said(act)


@bp.route("/volunteers/mine/<number>/leave", methods=["GET", "POST"])
@signed_in
def leave(number: str) -> ResponseReturnValue:
    """Leave a shift; after the deadline with a reason."""
    row, form = signing_up.own(reading(), number, me()), LeaveForm()
    about = _about(row)
    if not form.is_submitted() and not (about["held"] or about["queued"]):
        raise Missing
    return answer(
        form, "volunteers/sign_up/leave.html", partial(_leave, number, form), **about
    )  # fmt: skip


def _leave(number: str, form: LeaveForm, session: Session) -> str:
    late = signing_up.withdraw(session, number, me(), reason=form.reason.data or "", now=now())
    told = _l("You have left it. The organiser was told.")
    flash(str(told if late else _l("You have left it.")), "success")
    return url_for("volunteers.mine")


@bp.route("/volunteers/mine/<number>/hand-over", methods=["GET", "POST"])
@signed_in
def hand_over(number: str) -> ResponseReturnValue:
    """Offer my seat: for another one, or to somebody who stands in."""
    row, form = signing_up.own(reading(), number, me()), HandOverForm()
    about = _about(row)
    if not form.is_submitted() and not about["held"]:
        raise Missing
    form.offer(_swaps(row))
    return answer(
        form, "volunteers/sign_up/hand_over.html", partial(_hand_over, number, form),
        thanks=_l("Your offer is out. Until somebody accepts it the seat is yours."), **about,
    )  # fmt: skip


def _swaps(row: MySignUp) -> list[tuple[str, str]]:
    found = shifts_to_swap(reading(), row.shift, row.person_id, now())
    return [(shift.number, _swap_words(shift)) for shift in found]


def _swap_words(shift: SignShift) -> str:
    moment = current_app.jinja_env.filters["moment"](shift.span.starts_at)
    return f"{in_words(shift.titles)} · {moment} · {shift.meeting_place}"


def _hand_over(number: str, form: HandOverForm, session: Session) -> str:
    wanted = str(form.wanted.data or "")
    handovers.offer_seat(session, number, me(), wanted=wanted, now=now())
    return url_for("volunteers.my_sign_up", number=number)


@bp.route("/volunteers/handovers/<number>", methods=["GET", "POST"])
@signed_in
def handover(number: str) -> ResponseReturnValue:
    """Somebody's offer: what the shift is, and yes. Nobody's name stands here."""
    row = handovers.answerable(reading(), number, me(), now())
    form = TakeOverForm()
    wanted = sign_shift_by_id(reading(), row.wanted_shift_id) if row.wanted_shift_id else None
    return answer(
        form, "volunteers/sign_up/handover.html", partial(_take_over, number, form),
        thanks=_l("The seat is yours now."), row=row, shift=row.given.shift, wanted=wanted,
        own=row.given.person_id == me(), **WORDS,
    )  # fmt: skip


def _take_over(number: str, form: TakeOverForm, session: Session) -> str:
    read = bool(form.has_read.data)
    taken = said(lambda: handovers.accept_offer(session, number, me(), has_read=read, now=now()))
    return url_for("volunteers.my_sign_up", number=taken)
