"""Rosters: a week is proposed at the desk; people say whether they want to be asked, and answer."""

from functools import partial
from typing import Any

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires, signed_in
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Permission
from portal.areas.queries import top_of_tree
from portal.areas.rules import codes_of
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from volunteers.forms.rosters import AskMeForm, WeekForm
from volunteers.forms.signing_up import ConfirmForm
from volunteers.forms.signing_up import PlainForm as ButtonForm
from volunteers.labels.rosters import GAPS, WEEKDAYS
from volunteers.queries.activities import ActivityRow, teams_of
from volunteers.queries.rosters import RosterRow, rosters_of, wish_of
from volunteers.queries.sign_ups import my_coming, sign_ups_of_roster
from volunteers.queries.volunteers import volunteer_of
from volunteers.rules.roster import weeks_to_choose
from volunteers.rules.signing_up import ASKED
from volunteers.service import rosters
from volunteers.views.blueprint import bp
from volunteers.views.common import WORDS, me, said
from volunteers.views.desk_activities import mine as own_activity
from volunteers.views.previewing import previewed

MANAGE = Permission.SHIFT_MANAGE


@bp.route("/volunteers/mine/ask-me", methods=["GET", "POST"])
@signed_in
def ask_me() -> ResponseReturnValue:
    """Whether I want to be asked for rosters: off until I say so, off again at any time."""
    wish = wish_of(reading(), me())
    codes = [codes_of(wish.place_path)[-1]] if wish else []
    top, chosen = top_of_tree(reading(), codes)
    places = {area.code: area.names for area in [*top, *chosen.values()]}
    form = AskMeForm(data=AskMeForm.as_typed(wish, next(iter([*codes, *places]), "")))
    form.offer(places.items())
    return answer(
        form, "volunteers/sign_up/ask_me.html", partial(_ask_me, form), thanks=_l("Saved."),
        weekdays=WEEKDAYS, known=volunteer_of(reading(), me()),
    )  # fmt: skip


def _ask_me(form: AskMeForm, session: Session) -> str:
    if form.ask.data:
        rosters.ask_me(
            session, me(), place=form.place.data or "", windows=form.windows(),
            away_until=form.away_until.data, now=now(),
        )  # fmt: skip
    else:
        rosters.do_not_ask(session, me())
    return url_for("volunteers.mine")


@bp.get("/volunteers/mine/proposals")
@signed_in
def my_proposals() -> ResponseReturnValue:
    """What is kept for me, with yes and no for each."""
    at = now()
    rows = [row for row in my_coming(reading(), me(), at) if row.state_at(at) in ASKED]
    form = ConfirmForm(formdata=None)
    return render_template(
        "volunteers/sign_up/proposals.html", rows=rows, form=form, now=at, **WORDS
    )


@bp.route("/desk/volunteers/<number>/roster", methods=["GET", "POST"])
@requires(MANAGE)
def week_roster(number: str) -> ResponseReturnValue:
    """Who could serve in a week: shown first, then proposed."""
    row, form = own_activity(number), WeekForm()
    form.offer(_weeks(), [(team.number, team.names) for team in teams_of(reading(), row.id)])
    return previewed(
        form, "volunteers/desk/roster.html", partial(_look, row, form),
        partial(_propose, row, form),
        thanks=_l("Proposed. Each of them is told, and answers as she likes."), row=row,
        earlier=rosters_of(reading(), row.id), gaps=GAPS, **WORDS,
    )  # fmt: skip


def _weeks() -> list[tuple[Any, str]]:
    day = current_app.jinja_env.filters["day"]
    mondays = weeks_to_choose(city_day(now(), instance().city.zone))
    return [(one, _("Week from %(day)s", day=day(one))) for one in mondays]


def _look(row: ActivityRow, form: WeekForm, session: Session) -> rosters.WeekPlan:
    week, team = form.week.data or "", form.team.data or ""
    plan = rosters.plan_week(session, current_actor(), row.number, week, team, now=now())
    form.seen.data = plan.roster.digest
    return plan


def _propose(row: ActivityRow, form: WeekForm, session: Session) -> str:
    made = said(
        lambda: rosters.propose_week(
            session, current_actor(), row.number, form.week.data or "", form.team.data or "",
            seen=form.seen.data or "", now=now(),
        )
    )  # fmt: skip
    return url_for("volunteers.roster", number=made)


@bp.get("/desk/volunteers/rosters/<number>")
@requires(MANAGE)
def roster(number: str) -> ResponseReturnValue:
    """What was proposed, and who has answered how."""
    row = rosters.roster_to_manage(reading(), current_actor(), clean_number(number) or "")
    form = ButtonForm()
    return render_template("volunteers/desk/roster_made.html", form=form, **_about(row))


def _about(row: RosterRow) -> dict[str, Any]:
    found = sign_ups_of_roster(reading(), row.id)
    return {
        "row": row,
        "rows": found,
        "people": people_by_ids(reading(), [one.person_id for one in found]),
        "can_undo": rosters.can_undo(row, found),
        "now": now(),
        **WORDS,
    }


@bp.post("/desk/volunteers/rosters/<number>/undo")
@requires(MANAGE)
def undo_roster(number: str) -> ResponseReturnValue:
    """Take back what nobody has accepted."""
    row = rosters.roster_to_manage(reading(), current_actor(), clean_number(number) or "")
    return answer(
        ButtonForm(), "volunteers/desk/roster_made.html", partial(_undo, row),
        thanks=_l("The proposals are taken back, and everybody is told."), **_about(row),
    )  # fmt: skip


def _undo(row: RosterRow, session: Session) -> str:
    rosters.undo_roster(session, current_actor(), row.number, now=now())
    return url_for("volunteers.week_roster", number=row.activity_number)
