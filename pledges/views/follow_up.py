"""What follows a breach: a case, a proposal, and handing it to whoever enforces the law."""

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from credit.queries.matter_desk import deduction_rules
from credit.queries.matters import bases
from pledges.forms.breaches import FollowForm, HandOverForm
from pledges.queries.breaches import BreachRow
from pledges.rules.breaches import BreachState
from pledges.service.breaches import breach_here
from pledges.service.days import today_of
from pledges.service.follow_up import follow_up, hand_over
from pledges.service.inspections import REVIEW
from pledges.views.blueprint import bp
from pledges.views.breaches import FOLDER, about
from portal.accounts.access import current_actor, requires
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import current_language, in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.reports.queries.categories import categories_on

FOLLOWED = _l("Done. Both are linked with this breach.")
HANDED = _l("Handed over. Print the record and pass it on.")


def offer(form: FollowForm, row: BreachRow) -> None:
    """What can be chosen here today."""
    day = today_of(reading(), now())
    kinds = [(one.code, in_words(one.names)) for one in categories_on(reading(), day)]
    rules = [
        (one.code, one.title)
        for one in deduction_rules(reading(), row.district, current_actor(), now())
    ]
    rest = [(one.number, one.title) for one in bases(reading(), row.district)
            if one.revoked_at is None]  # fmt: skip
    form.offer(kinds, rules, rest)


@bp.route("/desk/pledges/breaches/<number>/follow", methods=["GET", "POST"])
@requires(REVIEW)
def desk_breach_follow(number: str) -> ResponseReturnValue:
    """Open a case, propose an entry, or both."""
    row, form = breach_here(reading(), current_actor(), number), FollowForm()
    offer(form, row)
    act = partial(_follow, row.number, form)
    return answer(form, f"{FOLDER}/follow.html", act, thanks=FOLLOWED, **about(row))


def _follow(number: str, form: FollowForm, session: Session) -> str:
    follow_up(
        session, current_actor(), number, case=form.case(), conduct=form.conduct(),
        language=current_language(), now=now(),
    )  # fmt: skip
    return url_for("pledges.desk_breach", number=number)


@bp.route("/desk/pledges/breaches/<number>/hand-over", methods=["GET", "POST"])
@requires(REVIEW)
def desk_hand_over(number: str) -> ResponseReturnValue:
    """Hand a breach to enforcement, with what goes with it."""
    row, form = breach_here(reading(), current_actor(), number), HandOverForm()
    offer(form, row)
    act = partial(_hand_over, row.number, form)
    return answer(form, f"{FOLDER}/hand_over.html", act, thanks=HANDED, **about(row))


def _hand_over(number: str, form: HandOverForm, session: Session) -> str:
    hand_over(
        session, current_actor(), number, form.reason.data or "", case=form.case(),
        conduct=form.conduct(), language=current_language(), now=now(),
    )  # fmt: skip
    return url_for("pledges.desk_handed_over", number=number)


@bp.get("/desk/pledges/breaches/<number>/handed-over")
@requires(REVIEW)
def desk_handed_over(number: str) -> ResponseReturnValue:
    """The record to print of what was handed over."""
    row = breach_here(reading(), current_actor(), number)
    if row.state is not BreachState.HANDED_OVER:
        raise Missing
    return render_template(f"{FOLDER}/handed_over.html", **about(row))
