"""Teams and organisations that take part: the public directory, and the desk."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, requires
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import city_day, now
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.organisations.queries import (
    OrganisationRow,
    organisations,
    organisations_by_ids,
    who_goes_on,
)
from portal.organisations.rules import OrganisationKind
from volunteers.forms.fields import PlainForm
from volunteers.forms.teams import MemberForm, MemberStepForm, PartnerForm, TeamForm, team_as_typed
from volunteers.labels.activities import TEAM_KINDS
from volunteers.labels.teams import PARTNER_KINDS
from volunteers.queries.teams import TeamRow, members_of, partners, teams_in
from volunteers.service.teams import (
    add_member,
    add_partner,
    change_member,
    change_team,
    end_partner,
    end_team,
    register_team,
    team_to_manage,
)
from volunteers.views.blueprint import bp
from volunteers.views.desk_activities import MANAGE, SAVED
from volunteers.views.places import place_choices


def _today() -> Any:
    return city_day(now(), instance().city.zone)


@bp.get("/volunteers/teams")
@public
def directory() -> ResponseReturnValue:
    """Who takes part: teams by kind, and organisations by kind (R299)."""
    session, on = reading(), _today()
    rows, known = teams_in(session, None, on), partners(session, on)
    ids = {row.organisation_id for row in rows if row.organisation_id}
    return render_template(
        "volunteers/directory.html", teams=rows, partners=known,
        units=organisations_by_ids(session, ids | {unit for unit, _kind in known}),
        places=areas_by_ids(session, {row.area_id for row in rows}), team_kinds=TEAM_KINDS,
        partner_kinds=PARTNER_KINDS,
    )  # fmt: skip


def _units() -> list[OrganisationRow]:
    rows = organisations(reading(), on=_today())
    return [row for row in rows if row.kind is not OrganisationKind.JOINT_MEETING]


@bp.get("/desk/volunteers/teams")
@requires(MANAGE)
def desk_teams() -> ResponseReturnValue:
    """The teams of my places, and the organisations that take part."""
    return render_template("volunteers/desk/teams.html", form=PlainForm(), **_registered())


def _registered() -> dict[str, Any]:
    session, on = reading(), _today()
    rows = teams_in(session, current_actor().places_for(MANAGE), on)
    known = partners(session, on)
    return {
        "rows": rows,
        "partners": known,
        "units": organisations_by_ids(session, [unit for unit, _kind in known]),
        "places": areas_by_ids(session, {row.area_id for row in rows}),
        "team_kinds": TEAM_KINDS,
        "partner_kinds": PARTNER_KINDS,
    }


@bp.route("/desk/volunteers/teams/new", methods=["GET", "POST"])
@requires(MANAGE)
def new_team() -> ResponseReturnValue:
    """Register a team."""
    form = TeamForm()
    form.offer(((row.code, row.names) for row in _units()), place_choices())
    act = partial(_register, form)
    return answer(form, "volunteers/desk/team_edit.html", act, thanks=SAVED, row=None)


def _register(form: TeamForm, session: Session) -> str:
    actor, area = current_actor(), form.area.data or ""
    number = register_team(session, actor, form.wish(), area_code=area, now=now())
    return url_for("volunteers.desk_team", number=number)


def _mine(number: str) -> TeamRow:
    return team_to_manage(reading(), current_actor(), clean_number(number) or "")


@bp.route("/desk/volunteers/teams/<number>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_team(number: str) -> ResponseReturnValue:
    """One team with its members; somebody joins it."""
    row, form = _mine(number), MemberForm()
    act = partial(_join, row.number, form)
    return answer(form, "volunteers/desk/team.html", act, thanks=SAVED, **_about(row))


def _about(row: TeamRow) -> dict[str, Any]:
    return {"row": row, "members": members_of(reading(), row.id), "team_kinds": TEAM_KINDS}


def _join(number: str, form: MemberForm, session: Session) -> str:
    person, leads = form.person.data or "", bool(form.leads.data)
    add_member(session, current_actor(), number, person, leads=leads, now=now())
    return url_for("volunteers.desk_team", number=number)


@bp.post("/desk/volunteers/teams/<number>/members/<uuid:member>/<any(lead, follow, leave):step>")
@requires(MANAGE)
def team_member(number: str, member: UUID, step: str) -> ResponseReturnValue:
    """Let a member lead, lead no more, or leave."""
    row = _mine(number)
    leads = {"lead": True, "follow": False}.get(step)
    act = partial(_change_member, row.number, member, leads)
    return answer(MemberStepForm(), "volunteers/desk/team.html", act, thanks=SAVED, **_about(row))


def _change_member(number: str, member: UUID, leads: bool | None, session: Session) -> str:
    change_member(session, current_actor(), number, member, leads=leads, now=now())
    return url_for("volunteers.desk_team", number=number)


@bp.route("/desk/volunteers/teams/<number>/edit", methods=["GET", "POST"])
@requires(MANAGE)
def edit_team(number: str) -> ResponseReturnValue:
    """Write a team anew."""
    row, units = _mine(number), _units()
    # of a unit that ended its successor, else saving would take the team from both
    goes_on = who_goes_on(reading(), row.organisation_id, _today()) if row.organisation_id else None
    unit = goes_on.code if goes_on is not None else ""
    form = TeamForm(data=team_as_typed(row.wish(unit)))
    form.offer(((one.code, one.names) for one in units), None)
    act = partial(_change, row.number, form)
    return answer(form, "volunteers/desk/team_edit.html", act, thanks=SAVED, row=row)


def _change(number: str, form: TeamForm, session: Session) -> str:
    change_team(session, current_actor(), number, form.wish(), now=now())
    return url_for("volunteers.desk_team", number=number)


@bp.route("/desk/volunteers/teams/<number>/end", methods=["GET", "POST"])
@requires(MANAGE)
def end_volunteer_team(number: str) -> ResponseReturnValue:
    """End a team."""
    row = _mine(number)
    act = partial(_end, row.number)
    return answer(PlainForm(), "volunteers/desk/team_end.html", act, thanks=SAVED, row=row)


def _end(number: str, session: Session) -> str:
    end_team(session, current_actor(), number, now=now())
    return url_for("volunteers.desk_teams")


@bp.route("/desk/volunteers/partners/new", methods=["GET", "POST"])
@requires(MANAGE)
def new_partner() -> ResponseReturnValue:
    """Enter an organisation that takes part."""
    form = PartnerForm()
    form.offer((row.code, row.names) for row in _units())
    act = partial(_enter, form)
    return answer(form, "volunteers/desk/partner.html", act, thanks=SAVED)


def _enter(form: PartnerForm, session: Session) -> str:
    code, kind = form.organisation.data or "", form.kind.data or ""
    add_partner(session, current_actor(), code, kind, now=now())
    return url_for("volunteers.desk_teams")


@bp.post("/desk/volunteers/partners/<code>/end")
@requires(MANAGE)
def end_partnership(code: str) -> ResponseReturnValue:
    """An organisation takes part no more."""
    act = partial(_leave, code)
    return answer(PlainForm(), "volunteers/desk/teams.html", act, thanks=SAVED, **_registered())


def _leave(code: str, session: Session) -> str:
    end_partner(session, current_actor(), code[:40], now=now())
    return url_for("volunteers.desk_teams")
