"""Rating a frontage from the page behind its plaque."""

from functools import partial

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.ratings import FrontageForm
from pledges.queries.plaques import Hanging
from pledges.service.ratings import (
    Rater,
    frontage_by_code,
    my_frontage_rating,
    rate_frontage,
    rater_key,
    why_not_rate,
)
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, public
from portal.kernel.clock import now
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.kernel.words import say
from portal.reports.views.reporter_session import reporter_at
from portal.satisfaction.queries import RatingRow

FOLDER = "pledges/ratings"
MOST_TYPED = 40


@bp.route("/p/<code>/rate", methods=["GET", "POST"])
@public
def rate_frontage_page(code: str) -> ResponseReturnValue:
    """One question with five answers; looking at it records nothing."""
    row = frontage_by_code(reading(), code[:MOST_TYPED])
    rater = _rater(row)
    mine = my_frontage_rating(reading(), rater, row, now())
    counts = rater_key(reading(), rater) is not None
    refusal = why_not_rate(reading(), rater, row, now())
    if request.method == "GET" and refusal is not None:
        return render_template(f"{FOLDER}/not_now.html", row=row, why=say(refusal))
    form = FrontageForm(data=_given(mine))
    act = partial(_rate, row, rater, form)
    return answer(form, f"{FOLDER}/form.html", act, row=row, mine=mine, counts=counts)


def _given(mine: RatingRow | None) -> dict[str, str]:
    """What she answered this month, for the form."""
    if mine is None:
        return {"seen": "0"}
    return {"level": str(int(mine.answers.result)), "seen": str(mine.version)}


def _rate(row: Hanging, rater: Rater, form: FrontageForm, session: Session) -> str:
    counted = rate_frontage(
        session, rater, row.code, form.chosen(), address=request.remote_addr or "",
        seen=form.version(), now=now(),
    )  # fmt: skip
    return url_for("pledges.rated_frontage", code=row.code, counted="yes" if counted else "no")


@bp.get("/p/<code>/rated")
@public
def rated_frontage(code: str) -> ResponseReturnValue:
    """What becomes of a rating that was sent."""
    row = frontage_by_code(reading(), code[:MOST_TYPED])
    counted = request.args.get("counted") == "yes"
    return render_template(f"{FOLDER}/rated.html", row=row, counted=counted)


def _rater(row: Hanging) -> Rater:
    """The visitor: her account, or the link of her report about this place."""
    actor = current_actor()
    if actor.signed_in or row.place_path is None:
        return Rater(actor)
    return Rater(actor, reporter_at(row.place_path))
