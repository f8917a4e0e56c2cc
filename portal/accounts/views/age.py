"""How old somebody is: said by herself, once; confirmed at the desk, which looks at a paper."""

from datetime import date
from functools import partial

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.access import current_actor, requires, signed_in
from portal.accounts.forms import AgeForm, ConfirmAgeForm
from portal.accounts.queries import Age, age_history, age_of
from portal.accounts.rules import AgeBand, Permission, Seen, rises_on, why_not_state
from portal.accounts.views.blueprint import bp
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer, local_path
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import say


@bp.route("/me/age", methods=["GET", "POST"])
@signed_in
def my_age() -> ResponseReturnValue:
    """Why it is asked, what is kept, and the one question; later how it is changed."""
    known = age_of(reading(), current_actor().person_id)
    if known is None:
        raise Missing
    open_bands = _open_to(known)
    return answer(
        form := AgeForm(open_bands), "accounts/age.html", partial(_state, form),
        thanks=_l("Saved."), known=known, open_bands=open_bands, say=say, Band=AgeBand,
        grown_on=_grown_on(known), history=age_history(reading(), current_actor().person_id),
    )  # fmt: skip


def _open_to(known: Age) -> list[AgeBand]:
    """The bands that she may say herself now, besides the one that holds."""
    zone = instance().city.zone
    since, today = city_day(known.since, zone), city_day(now(), zone)
    return [
        band for band in AgeBand
        if band is not known.band and why_not_state(known.band, band, since, today) is None
    ]  # fmt: skip


def _grown_on(known: Age) -> date | None:
    """From when on somebody who was 14 may say herself that she is grown up."""
    if known.band is not AgeBand.UNDER_18:
        return None
    return rises_on(known.band, AgeBand.ADULT, city_day(known.since, instance().city.zone))


def _state(form: AgeForm, session: Session) -> str:
    service.state_age(session, current_actor(), AgeBand(form.band.data), now=now())
    return local_path(form.next.data, url_for("accounts.my_age"))


@bp.route("/desk/age", methods=["GET", "POST"])
@requires(Permission.AGE_CONFIRM)
def desk_age() -> ResponseReturnValue:
    """Confirm or correct the age group of somebody who is here with a paper."""
    form = ConfirmAgeForm()
    thanks = _l("Saved. The person sees on her own page that you confirmed it.")
    return answer(form, "accounts/desk_age.html", partial(_confirm, form), thanks=thanks)


def _confirm(form: ConfirmAgeForm, session: Session) -> str:
    wish = service.Confirmation(
        AgeBand(form.band.data), Seen(form.seen.data), guardian_agrees=bool(form.guardian.data)
    )
    service.confirm_age(session, current_actor(), form.person.data or "", wish, now=now())
    return url_for("accounts.desk_age")
