"""Reads of campaigns and of what belongs to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.areas.rules import codes_of
from volunteers.models import Activity, CampaignDays, CampaignPart
from volunteers.queries.activities import PUBLIC, ActivityRow, said_in
from volunteers.rules.activities import ActivityKind, ActivityState
from volunteers.rules.campaigns import Days

SHOWN: Final = 60
_LIVE: Final = (ActivityState.OPEN, ActivityState.CLOSED)
_CAMPAIGN: Final = Activity.kind == ActivityKind.CAMPAIGN


@dataclass(frozen=True)
class CampaignRow:
    """A campaign with its days."""

    id: UUID
    number: str
    titles: Mapping[str, str]
    area_id: UUID
    state: ActivityState
    days: Days


@dataclass(frozen=True)
class Part:
    """An activity as a list names it."""

    id: UUID
    number: str
    titles: Mapping[str, str]
    kind: ActivityKind
    area_id: UUID
    place_path: str
    meeting_place: str


def _campaigns() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Activity.id, Activity.number, Activity.title_zh_hans, Activity.title_zh_hant,
            Activity.title_en, Activity.area_id, Activity.state, CampaignDays.first_on,
            CampaignDays.last_on,
        )
        .join(CampaignDays, CampaignDays.activity_id == Activity.id)
        .where(_CAMPAIGN)
        .order_by(CampaignDays.first_on, Activity.id)
    )  # fmt: skip


def _campaign(row: Any) -> CampaignRow:
    days = Days(row.first_on, row.last_on)
    return CampaignRow(row.id, row.number, said_in(row, "title"), row.area_id, row.state, days)


def _parts() -> Select[*tuple[Any, ...]]:
    return select(
        Activity.id, Activity.number, Activity.title_zh_hans, Activity.title_zh_hant,
        Activity.title_en, Activity.kind, Activity.area_id, Activity.place_path,
        Activity.meeting_place,
    ).order_by(Activity.id)  # fmt: skip


def _part(row: Any) -> Part:
    return Part(
        row.id, row.number, said_in(row, "title"), row.kind, row.area_id, row.place_path,
        row.meeting_place,
    )  # fmt: skip


def campaigns_from(session: Session, today: date) -> list[CampaignRow]:
    """The campaigns that everybody sees and that are not over, the first to begin first."""
    there = (Activity.state.in_(_LIVE), CampaignDays.last_on >= today)
    return [_campaign(row) for row in session.execute(_campaigns().where(*there).limit(SHOWN))]


def campaigns_around(session: Session, place_path: str, today: date) -> list[CampaignRow]:
    """The campaigns of a place and of those that contain it, not over and not called off."""
    codes = codes_of(place_path)
    paths = [f"/{'/'.join(codes[:many])}/" for many in range(1, len(codes) + 1)]
    there = (
        Activity.place_path.in_(paths), CampaignDays.last_on >= today,
        Activity.state != ActivityState.CANCELLED,
    )  # fmt: skip
    return [_campaign(row) for row in session.execute(_campaigns().where(*there))]


def campaign_of(session: Session, part: ActivityRow) -> CampaignRow | None:
    """The campaign to which an activity belongs."""
    if part.campaign_id is None:
        return None
    row = session.execute(_campaigns().where(Activity.id == part.campaign_id)).one_or_none()
    return _campaign(row) if row else None


def parts_of(session: Session, campaign_id: UUID) -> list[Part]:
    """The public activities that belong to a campaign, the oldest first."""
    statement = _parts().join(CampaignPart, CampaignPart.activity_id == Activity.id)
    there = (
        CampaignPart.campaign_id == campaign_id, Activity.state.in_(PUBLIC),
        Activity.kind != ActivityKind.CAMPAIGN,
    )  # fmt: skip
    return [_part(row) for row in session.execute(statement.where(*there))]


def renovations(session: Session) -> list[Part]:
    """The open activities in which an old estate is renovated (R053)."""
    there = (Activity.kind == ActivityKind.OLD_ESTATE, Activity.state == ActivityState.OPEN)
    return [_part(row) for row in session.execute(_parts().where(*there))]
