"""What a volunteer is told: which reminders, which teams; and what was written to her."""

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import signed_in
from portal.accounts.service.news import register_news
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from volunteers.forms.reminders import WishesForm
from volunteers.forms.signing_up import PlainForm
from volunteers.queries.announcing import got_by, unread_of, wishes_of
from volunteers.service.announcing import mark_read, mute_teams
from volunteers.service.reminders import choose_reminders
from volunteers.views.blueprint import bp
from volunteers.views.common import me

register_news("volunteers.my_messages", unread_of, "volunteers/reminders/_news.html")


@bp.route("/volunteers/reminders", methods=["GET", "POST"])
@signed_in
def my_reminders() -> ResponseReturnValue:
    """Which reminders I want, and which of my teams may write to me."""
    wishes = wishes_of(reading(), me())
    form = WishesForm(
        data={
            "day_before": wishes.day_before, "hours_before": wishes.hours_before,
            "muted": [team.number for team in wishes.teams if team.muted],
        }
    )  # fmt: skip
    form.offer((team.number, team.names) for team in wishes.teams)
    return answer(
        form, "volunteers/reminders/wishes.html", partial(_choose, form), thanks=_l("Saved."),
        wishes=wishes,
    )  # fmt: skip


def _choose(form: WishesForm, session: Session) -> str:
    day, hours = bool(form.day_before.data), bool(form.hours_before.data)
    choose_reminders(session, me(), day_before=day, hours_before=hours)
    mute_teams(session, me(), form.muted.data or (), now=now())
    return url_for("volunteers.mine")


@bp.get("/volunteers/messages")
@signed_in
def my_messages() -> ResponseReturnValue:
    """What organisers wrote to my teams and to all on my shifts."""
    return render_template(
        "volunteers/reminders/messages.html", rows=got_by(reading(), me()), form=PlainForm()
    )


@bp.post("/volunteers/messages/read")
@signed_in
def messages_read() -> ResponseReturnValue:
    """I have read them: they are no news any more."""
    return answer(
        PlainForm(), "volunteers/reminders/messages.html", _read, rows=got_by(reading(), me())
    )


def _read(session: Session) -> str:
    mark_read(session, me(), now=now())
    return url_for("volunteers.my_messages")
