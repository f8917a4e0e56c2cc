"""The days of a campaign, and which activities belong to it (R022)."""

from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.clock import city_day
from portal.kernel.errors import Missing, Refused
from portal.kernel.instance import instance_of
from volunteers.models import CampaignDays, CampaignPart
from volunteers.queries.activities import ActivityRow
from volunteers.queries.campaigns import campaigns_around
from volunteers.rules.activities import ActivityKind
from volunteers.rules.campaigns import CampaignRefusal, flaw_of_days, may_belong
from volunteers.service.activities import activity_to_manage, write_as_seen
from volunteers.service.acts import note


def campaign_to_manage(session: Session, actor: Actor, number: str) -> ActivityRow:
    """A campaign of her own places. Raises Missing."""
    row = activity_to_manage(session, actor, number)
    if row.kind is not ActivityKind.CAMPAIGN:
        raise Missing
    return row


def part_to_manage(session: Session, actor: Actor, number: str) -> ActivityRow:
    """An activity of her own places that may belong to a campaign. Raises Missing."""
    row = activity_to_manage(session, actor, number)
    if not may_belong(row.kind):
        raise Missing
    return row


def set_days(
    session: Session,
    actor: Actor,
    number: str,
    first: date | None,
    last: date | None,
    *,
    seen: int,
    now: datetime,
) -> None:
    """From which day to which a campaign lasts; its page shows what lies between."""
    row = campaign_to_manage(session, actor, number)
    flaw = flaw_of_days(first, last)
    if flaw is not None or first is None or last is None:
        raise Refused(flaw[0] if flaw else CampaignRefusal.NO_DAY, field=flaw[1] if flaw else None)
    # one writer at a time: a second one sees that the version has moved on
    write_as_seen(session, row.id, seen)
    days = session.get(CampaignDays, row.id) or CampaignDays(activity_id=row.id)
    days.first_on, days.last_on = first, last
    session.add(days)
    note(session, actor, "activity:campaign_days", number, now, f"{first} {last}")


def join_campaign(
    session: Session, actor: Actor, number: str, campaign: str, *, seen: int, now: datetime
) -> None:
    """Let an activity belong to a campaign of its place or of one above; empty: to none."""
    row = part_to_manage(session, actor, number)
    today = city_day(now, instance_of(session).city.zone)
    known = {one.number: one.id for one in campaigns_around(session, row.place_path, today)}
    if campaign and campaign not in known:
        raise Refused(CampaignRefusal.NO_CAMPAIGN, field="campaign")
    write_as_seen(session, row.id, seen)
    session.execute(delete(CampaignPart).where(CampaignPart.activity_id == row.id))
    if campaign:
        session.add(CampaignPart(activity_id=row.id, campaign_id=known[campaign]))
    note(session, actor, "activity:join_campaign", number, now, campaign or None)
