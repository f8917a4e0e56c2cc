"""The card at a meeting place: what a phone opens that scanned it, and the organiser's print."""

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires, signed_in
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import say
from volunteers.forms.on_the_day import CardForm, HungForm
from volunteers.rules.place_cards import CardRefusal
from volunteers.service.on_the_day import settings_of
from volunteers.service.place_cards import (
    at_card,
    card_of_shift,
    code_of,
    come_by_card,
    hang_card,
    hangs,
    take_card_down,
)
from volunteers.views.blueprint import bp
from volunteers.views.check_in import THANKS, standing

_HUNG = _l("The card is made. Print it and hang it up at the meeting place.")
_ENDED = _l("The card counts no more.")


@bp.route("/volunteers/point/<code>", methods=["GET", "POST"])
@signed_in
def come_by_place_card(code: str) -> ResponseReturnValue:
    """What a phone opens that scanned the card: one button, to come or to leave."""
    if not hangs(reading(), code):
        return render_template("volunteers/day/no_card.html", why=say(CardRefusal.NO_CARD)), 404
    found, form = at_card(reading(), current_actor(), code, now=now()), CardForm()
    page = {
        **standing(form, found.shift, found.mine),
        "metres": settings_of(reading()).near_metres,
    }
    act = partial(_come, form, code)
    return answer(form, "volunteers/day/card.html", act, thanks=THANKS[form.said], **page)


def _come(form: CardForm, code: str, session: Session) -> str:
    actor, moment = current_actor(), now()
    number = at_card(session, actor, code, now=moment).shift.number
    come_by_card(session, actor, number, code, form.said, point=form.take_place(), now=moment)
    return url_for("volunteers.came", number=number)


@bp.route("/desk/volunteers/shifts/<number>/card", methods=["GET", "POST"])
@requires(Permission.SHIFT_MANAGE)
def day_card(number: str) -> ResponseReturnValue:
    """The card of a shift's meeting place: to print, to make anew, to end."""
    shift, card = card_of_shift(reading(), number, current_actor())
    form = HungForm()
    ends = form.end.data == "end"
    if not form.is_submitted():
        form.seen.data = str(card.id) if card else ""
    code = code_of(reading(), card.id) if card else ""
    link = instance().config.origin + url_for("volunteers.come_by_place_card", code=code or "-")
    return answer(
        form, "volunteers/desk/card.html", partial(_change, form, number, ends=ends),
        thanks=_ENDED if ends else _HUNG, shift=shift, card=card, code=code, link=link,
        qr=qr_svg(link) if card else "",
    )  # fmt: skip


def _change(form: HungForm, number: str, session: Session, *, ends: bool) -> str:
    change = take_card_down if ends else hang_card
    change(session, current_actor(), number, seen=form.saw, now=now())
    return url_for("volunteers.day_card", number=number)
