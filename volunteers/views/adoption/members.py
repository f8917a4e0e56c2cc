"""Several adopters: taking somebody in, handing the lead over, leaving the others."""

from functools import partial

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, signed_in
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from volunteers.forms.adoption import SureForm
from volunteers.service.adoption.found import own_adoption
from volunteers.service.adoption.members import answer_joining, hand_over, leave_others
from volunteers.views.adoption.blueprint import bp
from volunteers.views.adoption.mine import ONE, about_mine

DONE = _l("Done.")


@bp.post("/me/adoptions/<number>/members/<who>/accept")
@signed_in
def accept_member(number: str, who: str) -> ResponseReturnValue:
    """The lead takes somebody in."""
    return _answered(number, partial(_joined, number, who, True))


@bp.post("/me/adoptions/<number>/members/<who>/decline")
@signed_in
def decline_member(number: str, who: str) -> ResponseReturnValue:
    """The lead does not."""
    return _answered(number, partial(_joined, number, who, False))


@bp.post("/me/adoptions/<number>/members/<who>/lead")
@signed_in
def make_leader(number: str, who: str) -> ResponseReturnValue:
    """The lead hands over to somebody who takes part."""
    return _answered(number, partial(_handed, number, who))


@bp.post("/me/adoptions/<number>/leave")
@signed_in
def leave_group(number: str) -> ResponseReturnValue:
    """One of several goes; whoever asked takes that back."""
    return _answered(number, partial(_left, number))


def _answered(number: str, act: partial[str]) -> ResponseReturnValue:
    row, member = own_adoption(reading(), current_actor(), number)
    return answer(SureForm(), ONE, act, thanks=DONE, **about_mine(row, member))


def _joined(number: str, who: str, yes: bool, session: Session) -> str:
    answer_joining(session, current_actor(), number, who, yes=yes)
    return url_for("adoption.my_adoption", number=number)


def _handed(number: str, who: str, session: Session) -> str:
    hand_over(session, current_actor(), number, who, now=now())
    return url_for("adoption.my_adoption", number=number)


def _left(number: str, session: Session) -> str:
    leave_others(session, current_actor(), number)
    return url_for("adoption.my_adoptions")
