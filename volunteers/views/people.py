"""Who is on a shift, for its organisers: putting somebody on, taking somebody off."""

from functools import partial
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.errors import Missing, Refused
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from volunteers.forms.signing_up import PutOnForm, ReasonForm
from volunteers.queries.candidates import PostFacts, posts_of_shift
from volunteers.queries.sign_ups import SignShift, last_reasons, people_on, sign_up_by_number
from volunteers.rules.activities import shift_roles
from volunteers.rules.signing_up import ACTIVE, SignUpRefusal
from volunteers.service import organising
from volunteers.views.blueprint import bp
from volunteers.views.common import WORDS, said


@bp.route("/desk/volunteers/shifts/<number>/people", methods=["GET", "POST"])
@requires(Permission.SHIFT_MANAGE)
def shift_people(number: str) -> ResponseReturnValue:
    """Everybody who is or was on it, and a form to put somebody on."""
    shift = organising.organised_shift(reading(), current_actor(), number)
    posts = posts_of_shift(reading(), shift.id)
    form = PutOnForm()
    form.offer((post.role, in_words(shift_roles()[post.role].names)) for post in posts)
    return answer(
        form, "volunteers/desk/people.html", partial(_put_on, posts, form),
        thanks=_l("Written down, and she is told."), **_about(shift, posts),
    )  # fmt: skip


def _about(shift: SignShift, posts: list[PostFacts]) -> dict[str, Any]:
    rows = people_on(reading(), shift.id)
    return {
        "shift": shift,
        "posts": posts,
        "rows": rows,
        "unconfirmed": sum(row.changed() for row in rows),
        "active": ACTIVE,
        "people": people_by_ids(reading(), [row.person_id for row in rows]),
        "reasons": last_reasons(reading(), shift.id),
        "now": now(),
        **WORDS,
    }


def _put_on(posts: list[PostFacts], form: PutOnForm, session: Session) -> str:
    post = next((one for one in posts if one.role == form.post.data), None)
    if post is None:
        raise Refused(SignUpRefusal.CHANGED, field="post")
    said(
        lambda: organising.put_on(
            session, current_actor(), post.post_id, form.who.data or "",
            asked_for=bool(form.asked_for.data), override=bool(form.override.data),
            reason=form.reason.data or "", now=now(),
        )
    )  # fmt: skip
    return url_for("volunteers.shift_people", number=post.number)


@bp.route("/desk/volunteers/sign-ups/<number>/take-off", methods=["GET", "POST"])
@requires(Permission.SHIFT_MANAGE)
def take_off(number: str) -> ResponseReturnValue:
    """Take somebody off, with a reason that she reads."""
    row = sign_up_by_number(reading(), number)
    if row is None or not organising.may_organise(current_actor(), row.shift):
        raise Missing
    form = ReasonForm()
    return answer(
        form, "volunteers/desk/take_off.html", partial(_take_off, number, form),
        thanks=_l("Written down, and she is told."), row=row, shift=row.shift,
        people=people_by_ids(reading(), [row.person_id]), **WORDS,
    )  # fmt: skip


def _take_off(number: str, form: ReasonForm, session: Session) -> str:
    shift = organising.take_off(
        session, current_actor(), number, reason=form.reason.data or "", now=now()
    )
    return url_for("volunteers.shift_people", number=shift)
