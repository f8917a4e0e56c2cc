"""Residents rate the self-government of their community."""

from functools import partial

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, signed_in
from portal.areas.queries import areas_by_ids
from portal.conventions.forms.rating import RateCommunityForm, given
from portal.conventions.rules.rating import quarter_of
from portal.conventions.service.rating import my_community_rating, rate_community
from portal.conventions.service.signing import version_to_read
from portal.conventions.views.blueprint import bp
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import lazy_gettext as _l
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
