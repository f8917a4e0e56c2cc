"""Campaigns: which there are, their days, and which activities belong to them."""

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, requires
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import city_day, now
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from volunteers.forms.campaigns import CampaignDaysForm, CampaignForm
from volunteers.queries.campaigns import (
    campaign_of,
    campaigns_around,
    campaigns_from,
)
from volunteers.service.campaigns import (
    campaign_to_manage,
    join_campaign,
    part_to_manage,
    set_days,
)
from volunteers.views.blueprint import bp
from volunteers.views.desk_activities import MANAGE, SAVED


@bp.get("/volunteers/campaigns")
@public
def campaigns() -> ResponseReturnValue:
    """The campaigns that are on or to come."""
    rows = campaigns_from(reading(), city_day(now(), instance().city.zone))
    places = areas_by_ids(reading(), {row.area_id for row in rows})
    return render_template("volunteers/campaigns.html", rows=rows, places=places)


@bp.route("/desk/volunteers/<number>/days", methods=["GET", "POST"])
@requires(MANAGE)
def campaign_days(number: str) -> ResponseReturnValue:
    """From which day to which a campaign lasts."""
    row = campaign_to_manage(reading(), current_actor(), clean_number(number) or "")
    days = row.days
    form = CampaignDaysForm(data={"first": days.first, "last": days.last} if days else {})
    form.look_at(row.version)
    act = partial(_set_days, row.number, form)
    return answer(form, "volunteers/desk/campaign_days.html", act, thanks=SAVED, row=row)


def _set_days(number: str, form: CampaignDaysForm, session: Session) -> str:
    first, last = form.first.data, form.last.data
    set_days(session, current_actor(), number, first, last, seen=form.version, now=now())
    return url_for("volunteers.desk_activity", number=number)


@bp.route("/desk/volunteers/<number>/campaign", methods=["GET", "POST"])
@requires(MANAGE)
def activity_campaign(number: str) -> ResponseReturnValue:
    """To which campaign an activity belongs."""
    row = part_to_manage(reading(), current_actor(), clean_number(number) or "")
    mine = campaign_of(reading(), row)
    form = CampaignForm(data={"campaign": mine.number if mine else ""})
    found = campaigns_around(reading(), row.place_path, city_day(now(), instance().city.zone))
    form.offer((one.number, one.titles) for one in found)
    form.look_at(row.version)
    act = partial(_join, row.number, form)
    return answer(
        form, "volunteers/desk/campaign.html", act, thanks=SAVED, row=row, found=bool(found)
    )


def _join(number: str, form: CampaignForm, session: Session) -> str:
    chosen = form.campaign.data or ""
    join_campaign(session, current_actor(), number, chosen, seen=form.version, now=now())
    return url_for("volunteers.desk_activity", number=number)
