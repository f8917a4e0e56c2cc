"""Reads of activities."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import Session

from portal.accounts.rules import AgeBand
from volunteers.models import (
    Activity,
    ActivityTag,
    ActivityTeam,
    CampaignDays,
    CampaignPart,
    Team,
)
from volunteers.rules.activities import ActivityKind, ActivityState
from volunteers.rules.campaigns import Days
from volunteers.rules.offering import ActivityWish

PAGE: Final = 30
LANGUAGES: Final = ("zh_Hans", "zh_Hant", "en")
PUBLIC: Final = (ActivityState.OPEN, ActivityState.CLOSED, ActivityState.CANCELLED)
_PLAIN: Final = (
    "id", "number", "kind", "state", "area_id", "place_path", "meeting_place", "lon", "lat",
    "organisation_id", "risky", "risks", "insurance", "gear", "youngest", "cancel_reason",
    "version", "writer_id", "written_at",
)  # fmt: skip


@dataclass(frozen=True)
class ActivityRow:
    """An activity as it is read; titles and words by language."""

    id: UUID
    number: str
    kind: ActivityKind
    state: ActivityState
    area_id: UUID
    place_path: str
    meeting_place: str
    lon: float | None
    lat: float | None
    organisation_id: UUID | None
    risky: bool
    risks: str
    insurance: str
    gear: str
    youngest: AgeBand
    cancel_reason: str | None
    version: int
    writer_id: UUID
    written_at: datetime
    titles: Mapping[str, str]
    words: Mapping[str, str]
    tags: tuple[str, ...] = ()
    teams: tuple[UUID, ...] = field(default=())
    days: Days | None = None
    campaign_id: UUID | None = None

    @property
    def public(self) -> bool:
        return self.state is not ActivityState.DRAFT

    def wish(self, *, organisation: str, teams: Iterable[str]) -> ActivityWish:
        """The activity as its form shows it; codes of what it names are looked up by the asker."""
        return ActivityWish(
            kind=self.kind.value, titles=self.titles, words=self.words,
            meeting_place=self.meeting_place, risks=self.risks, insurance=self.insurance,
            gear=self.gear, risky=self.risky, youngest=self.youngest.value,
            tags=frozenset(self.tags), organisation=organisation, teams=frozenset(teams),
        )  # fmt: skip


def said_in(row: Any, what: str) -> dict[str, str]:
    """The texts of a row by language, without the empty ones."""
    found = ((lang, getattr(row, f"{what}_{lang.lower()}")) for lang in LANGUAGES)
    return {lang: text for lang, text in found if text}


def _activities() -> Select[Any]:
    texts = [
        getattr(Activity, f"{what}_{lang.lower()}")
        for what in ("title", "words")
        for lang in LANGUAGES
    ]
    return select(*(getattr(Activity, name) for name in _PLAIN), *texts)


def _row(row: Any) -> ActivityRow:
    plain = {name: getattr(row, name) for name in _PLAIN}
    return ActivityRow(**plain, titles=said_in(row, "title"), words=said_in(row, "words"))


def activity(session: Session, number: str) -> ActivityRow | None:
    """One activity by its number, with its tags and teams, its days or its campaign."""
    group = (CampaignDays.first_on, CampaignDays.last_on, CampaignPart.campaign_id)
    statement = (
        _activities()
        .add_columns(*group)
        .join(CampaignDays, CampaignDays.activity_id == Activity.id, isouter=True)
        .join(CampaignPart, CampaignPart.activity_id == Activity.id, isouter=True)
    )
    row = session.execute(statement.where(Activity.number == number)).one_or_none()
    if row is None:
        return None
    tags = (
        select(ActivityTag.tag).where(ActivityTag.activity_id == row.id).order_by(ActivityTag.tag)
    )
    teams = select(ActivityTeam.team_id).where(ActivityTeam.activity_id == row.id)
    found = vars(_row(row)) | {
        "tags": tuple(session.scalars(tags)),
        "teams": tuple(session.scalars(teams.order_by(ActivityTeam.team_id))),
        **_group(row),
    }
    return ActivityRow(**found)


def _group(row: Any) -> dict[str, Any]:
    """The days of a campaign; or the campaign to which what is none belongs."""
    if row.kind is not ActivityKind.CAMPAIGN:
        return {"campaign_id": row.campaign_id}
    return {"days": Days(row.first_on, row.last_on) if row.first_on else None}


def within(column: Any, scopes: Sequence[str] | None) -> ColumnElement[bool] | None:
    """That a place lies in some others; None: it may lie anywhere."""
    if scopes is None:
        return None
    return or_(false(), *(column.startswith(path, autoescape=True) for path in scopes))


def activities_at_desk(
    session: Session, scopes: Sequence[str] | None, *, after: str | None
) -> list[ActivityRow]:
    """The activities of some places, the newest first; one more than a page when there is more."""
    statement = _activities().order_by(Activity.id.desc()).limit(PAGE + 1)
    inside = within(Activity.place_path, scopes)
    if inside is not None:
        statement = statement.where(inside)
    if after:
        last = select(Activity.id).where(Activity.number == after).scalar_subquery()
        statement = statement.where(Activity.id < last)
    return [_row(row) for row in session.execute(statement)]


@dataclass(frozen=True)
class TakingPart:
    """A team that takes part in an activity."""

    number: str
    names: Mapping[str, str]
    organisation_id: UUID | None


def teams_of(session: Session, activity_id: UUID) -> list[TakingPart]:
    """The teams of an activity; several make a joint patrol (联巡联查, R029)."""
    rows = session.execute(
        select(
            Team.number, Team.organisation_id, Team.name_zh_hans, Team.name_zh_hant, Team.name_en
        )
        .join(ActivityTeam, ActivityTeam.team_id == Team.id)
        .where(ActivityTeam.activity_id == activity_id)
        .order_by(Team.id)
    )
    return [TakingPart(row.number, said_in(row, "name"), row.organisation_id) for row in rows]
