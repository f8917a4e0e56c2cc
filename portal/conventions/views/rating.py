"""Residents rate the self-government of their community, and the property service of an estate."""

from functools import partial

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, signed_in
from portal.areas.queries import areas_by_ids
from portal.conventions.forms.rating import RateCommunityForm, RateEstateForm, given
from portal.conventions.queries.estates import estate_by_number
from portal.conventions.rules.rating import quarter_of
from portal.conventions.service.rating import (
    my_community_rating,
    my_estate_rating,
    rate_community,
    rate_estate,
)
from portal.conventions.service.signing import version_to_read
from portal.conventions.views.blueprint import bp
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading

RATED = _l("Thank you. Your answer is kept; you can change it until the quarter is over.")


@bp.route("/conventions/<number>/rate", methods=["GET", "POST"])
@signed_in
def rate_self_government(number: str) -> ResponseReturnValue:
    """How I find the self-government of the community."""
    row, at = version_to_read(reading(), number), now()
    form = RateCommunityForm(data=given(my_community_rating(reading(), current_actor(), row, at)))
    _number, ends = quarter_of(city_day(at, instance().city.zone))
    return answer(
        form, "conventions/rating.html", partial(_rate, form, row.number), thanks=RATED, row=row,
        area=areas_by_ids(reading(), {row.area_id})[row.area_id], ends=ends,
    )  # fmt: skip


def _rate(form: RateCommunityForm, number: str, session: Session) -> str:
    answers, seen = form.answers(), form.version()
    rate_community(session, current_actor(), number, answers, seen=seen, now=now())
    return url_for("conventions.signing", number=number)


@bp.route("/estates/<number>/rate", methods=["GET", "POST"])
@signed_in
def rate_property_service(number: str) -> ResponseReturnValue:
    """How I find the property service of an estate."""
    row, at = estate_by_number(reading(), clean_number(number) or ""), now()
    if row is None:
        raise Missing
    form = RateEstateForm(data=given(my_estate_rating(reading(), current_actor(), row, at)))
    _number, ends = quarter_of(city_day(at, instance().city.zone))
    act = partial(_rate_estate, form, row.number)
    return answer(form, "conventions/estates/rate.html", act, thanks=RATED, row=row, ends=ends)


def _rate_estate(form: RateEstateForm, number: str, session: Session) -> str:
    answers, seen = form.answers(), form.version()
    rate_estate(session, current_actor(), number, answers, seen=seen, now=now())
    return url_for("conventions.estate", number=number)
