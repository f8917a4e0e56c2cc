"""An organiser writes to a team, or to all on a shift."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from volunteers.forms.reminders import WriteForm
from volunteers.queries.announcing import Target, receivers, sent_to
from volunteers.rules.announcing import LONGEST_WORDS
from volunteers.service.announcing import write_to_shift, write_to_team
from volunteers.service.organising import organised_shift
from volunteers.service.teams import team_to_manage
from volunteers.views.blueprint import bp

SENT = _l("It is sent, and stands on their pages.")


@bp.route("/desk/volunteers/teams/<number>/message", methods=["GET", "POST"])
@requires(Permission.SHIFT_MANAGE)
def team_message(number: str) -> ResponseReturnValue:
    """To the members of a team who did not mute it."""
    row = team_to_manage(reading(), current_actor(), clean_number(number) or "")
    back = url_for("volunteers.desk_team", number=row.number)
    return _page(write_to_team, row.number, Target(team_id=row.id), row.names, back)


@bp.route("/desk/volunteers/shifts/<number>/message", methods=["GET", "POST"])
@requires(Permission.SHIFT_MANAGE)
def shift_message(number: str) -> ResponseReturnValue:
    """To everybody who is expected on a shift."""
    shift = organised_shift(reading(), current_actor(), clean_number(number) or "")
    back = url_for("volunteers.shift_people", number=shift.number)
    return _page(write_to_shift, shift.number, Target(shift_id=shift.id), shift.titles, back, shift)


def _page(
    write: Callable[..., str], number: str, target: Target, names: Any, back: str, shift: Any = None
) -> ResponseReturnValue:
    form = WriteForm()
    sent = sent_to(reading(), target)
    return answer(
        form, "volunteers/desk/message.html", partial(_write, form, write, number, back),
        thanks=SENT, names=names, back=back, shift=shift, sent=sent, longest=LONGEST_WORDS,
        many=len(receivers(reading(), target)), is_team=target.team_id is not None,
        people=people_by_ids(reading(), {row.writer_id for row in sent}),
    )  # fmt: skip


def _write(
    form: WriteForm, write: Callable[..., str], number: str, back: str, session: Session
) -> str:
    write(session, current_actor(), number, form.words.data or "", now=now())
    return back
