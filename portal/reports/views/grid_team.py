"""One grid at the desk: its team, its patrols, its diary and its sites; and who changes them."""

from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Permission
from portal.areas.queries import AreaRow, card_of, sites_in
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.reports.forms.desk import read_key
from portal.reports.forms.grid import EndForm, IntervalForm, MemberForm
from portal.reports.labels.grid import ENTRIES, MEMBERS, PRESENT
from portal.reports.queries.diary import entries_of
from portal.reports.queries.grid_team import patrols_of, team_of
from portal.reports.rules.grid import Present
from portal.reports.service.grid_team import (
    add_member,
    end_member,
    grid_here,
    set_patrol_days,
)
from portal.reports.views.blueprint import bp

WORK, MANAGE = Permission.GRID_WORK, Permission.GRID_MANAGE
ENTRY_WORDS = {
    "entry_kinds": ENTRIES,
    "present_words": {kind.value: PRESENT[kind] for kind in Present},
}


@bp.get("/desk/grid/<code>")
@requires(WORK)
def desk_grid_place(code: str) -> ResponseReturnValue:
    """One grid: team, patrol, diary and sites."""
    area = grid_here(reading(), code, current_actor(), WORK)
    entries = entries_of(reading(), area.id, current_actor())
    writers = people_by_ids(reading(), {one.actor_id for one in entries if one.actor_id})
    return render_template(
        "reports/desk/grid_place.html",
        entries=entries,
        writers=writers,
        card=card_of(reading(), area.id),
        sites=sites_in(reading(), area.path, on=_today()),
        may_manage=current_actor().may(MANAGE, place_path=area.path),
        **_about(area),
        **ENTRY_WORDS,
    )


def _today() -> Any:
    return city_day(now(), instance().city.zone)


def _about(area: AreaRow) -> dict[str, Any]:
    """The grid with its team and its patrol."""
    return {
        "area": area,
        "team": team_of(reading(), area.id, _today()),
        "patrol": patrols_of(reading(), [area], now())[area.id],
        "today": _today(),
        "member_kinds": MEMBERS,
    }


@bp.route("/desk/grid/<code>/team", methods=["GET", "POST"])
@requires(MANAGE)
def desk_grid_team(code: str) -> ResponseReturnValue:
    """Who belongs to the team; take somebody in."""
    area, form = grid_here(reading(), code, current_actor(), MANAGE), MemberForm()
    return answer(
        form,
        "reports/desk/grid_team.html",
        lambda session: _add(session, area, form),
        thanks=_l("Taken into the team."),
        end_form=EndForm(formdata=None),
        **_about(area),
    )


def _add(session: Session, area: AreaRow, form: MemberForm) -> str:
    add_member(session, area.code, form.new_member(), actor=current_actor(), now=now())
    return url_for("reports.desk_grid_team", code=area.code)


@bp.post("/desk/grid/<code>/team/end")
@requires(MANAGE)
def desk_grid_leave(code: str) -> ResponseReturnValue:
    """Somebody no longer belongs to the team."""
    area, form = grid_here(reading(), code, current_actor(), MANAGE), EndForm()
    return answer(
        form,
        "reports/desk/grid_leave.html",
        lambda session: _end(session, area, read_key(form.member.data)),
        thanks=_l("No longer in the team."),
        area=area,
    )


def _end(session: Session, area: AreaRow, member_id: UUID | None) -> str:
    if member_id is None:
        raise Missing
    end_member(session, area.code, member_id, actor=current_actor(), now=now())
    return url_for("reports.desk_grid_team", code=area.code)


@bp.route("/desk/grid/<code>/interval", methods=["GET", "POST"])
@requires(MANAGE)
def desk_grid_interval(code: str) -> ResponseReturnValue:
    """How often this grid is walked through."""
    area, form = grid_here(reading(), code, current_actor(), MANAGE), IntervalForm()
    about = _about(area)
    if not form.is_submitted():
        form.days.data = str(about["patrol"].every_days)
    return answer(
        form,
        "reports/desk/grid_interval.html",
        lambda session: _set(session, area, form),
        thanks=_l("Kept."),
        **about,
    )


def _set(session: Session, area: AreaRow, form: IntervalForm) -> str:
    set_patrol_days(session, area.code, form.count, actor=current_actor(), now=now())
    return url_for("reports.desk_grid_team", code=area.code)
