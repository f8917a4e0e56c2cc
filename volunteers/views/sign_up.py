"""The seats of a shift, and signing up for one."""

from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, signed_in
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Refused
from portal.kernel.i18n import in_words, ngettext
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from volunteers.forms.signing_up import SignUpForm
from volunteers.queries.candidates import PostFacts, posts_of_shift
from volunteers.queries.sign_ups import SignShift, my_place, waiting_counts
from volunteers.rules.activities import shift_roles
from volunteers.rules.signing_up import SignUpRefusal
from volunteers.service import signing_up
from volunteers.views.blueprint import bp
from volunteers.views.common import WORDS, me, said, shown_shift


def seats_block(shift: SignShift) -> dict[str, Any]:
    """What ``volunteers/sign_up/_seats.html`` needs: numbers of seats and no name (条例, 20)."""
    return {
        "shift": shift,
        "posts": posts_of_shift(reading(), shift.id),
        "waiting": waiting_counts(reading(), shift.id),
        "place": my_place(reading(), shift.id, current_actor().person_id),
        "now": now(),
        **WORDS,
    }


@bp.get("/volunteers/shifts/<number>/seats")
@public
def seats(number: str) -> ResponseReturnValue:
    """How many seats a shift has, and how many are free."""
    shift = shown_shift(number)
    return render_template("volunteers/sign_up/seats.html", shift=shift, seats=seats_block(shift))


@bp.route("/volunteers/shifts/<number>/sign-up", methods=["GET", "POST"])
@signed_in
def sign_up(number: str) -> ResponseReturnValue:
    """Risks, insurance, gear and rules before the yes; then a seat, or the waiting list."""
    shift = shown_shift(number)
    block = seats_block(shift)
    form = SignUpForm()
    form.offer(_places(block["posts"]))
    return answer(
        form, "volunteers/sign_up/confirm.html", partial(_sign_up, block["posts"], form),
        thanks=_l("Thank you. It is written down below."), **block,
    )  # fmt: skip


def _places(posts: list[PostFacts]) -> list[tuple[str, str]]:
    """What can be chosen: a seat where one is free, else the waiting list or standing by."""
    found = []
    for post in posts:
        role = in_words(shift_roles()[post.role].names)
        if post.free > 0:
            free = ngettext("%(num)s seat free", "%(num)s seats free", post.free)
            found.append((f"{post.role}:take", f"{role} · {free}"))
        else:
            found.append((f"{post.role}:wait", f"{role} · {_WAIT}"))
            found.append((f"{post.role}:standby", f"{role} · {_STANDBY}"))
    return found


_WAIT = _l("join the waiting list")
_STANDBY = _l("stand by, and come if somebody is missing")


def _sign_up(posts: list[PostFacts], form: SignUpForm, session: Session) -> str:
    role, _colon, way = str(form.place.data).partition(":")
    post = next((one for one in posts if one.role == role), None)
    if post is None:
        raise Refused(SignUpRefusal.CHANGED, field="place")
    read = bool(form.has_read.data)
    try:
        number = said(lambda: _taken(session, post, way, read=read))
    except Conflict as conflict:
        if conflict.code is SignUpRefusal.FULL:
            # what was chosen is no longer there: the list is what is left
            form.offer([row for one in posts for row in _left(one, role)])
        raise
    return url_for("volunteers.my_sign_up", number=number)


def _left(post: PostFacts, gone: str) -> list[tuple[str, str]]:
    return [
        (f"{post.role}:{way}", f"{in_words(shift_roles()[post.role].names)} · {words}")
        for way, words in (("wait", _WAIT), ("standby", _STANDBY))
        if post.role == gone or post.free <= 0
    ] or _places([post])


def _taken(session: Session, post: PostFacts, way: str, *, read: bool) -> str:
    if way == "take":
        return signing_up.sign_up(session, me(), post.post_id, has_read=read, now=now())
    return signing_up.wait(
        session, me(), post.post_id, has_read=read, standby=way == "standby", now=now()
    )
