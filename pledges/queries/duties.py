"""For whom somebody comes: the alliance of her own shop, and the names of bodies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, exists, literal, or_, select
from sqlalchemy.orm import Session

from pledges.models import Alliance, AllianceHead, AllianceMember, PremisesOperator
from pledges.queries.inspections import DoorRow, InspectionRow
from portal.areas.rules import tidy_names
from portal.organisations.queries import organisations_by_ids


def alliance_of(session: Session, person_id: UUID, door: DoorRow, today: date) -> UUID | None:
    """The alliance that looks at a door, and to which somebody belongs as the speaker of a member
    or as its head; of several the oldest."""
    here = and_(
        AllianceMember.district == Alliance.district, AllianceMember.alliance_id == Alliance.id,
        AllianceMember.left_at.is_(None),
    )  # fmt: skip
    speaks = exists().where(
        here,
        PremisesOperator.district == AllianceMember.district,
        PremisesOperator.id == AllianceMember.operator_id,
        PremisesOperator.person_id == person_id, PremisesOperator.ends_on.is_(None),
    )  # fmt: skip
    leads = exists().where(
        AllianceHead.district == Alliance.district, AllianceHead.alliance_id == Alliance.id,
        AllianceHead.person_id == person_id, AllianceHead.ended_at.is_(None),
        AllianceHead.starts_on <= today, AllianceHead.ends_on > today,
    )  # fmt: skip
    covers = or_(
        literal(door.place_path).startswith(Alliance.place_path),
        exists().where(here, AllianceMember.premises_id == door.id),
    )
    return session.scalar(
        select(Alliance.id)
        .where(
            Alliance.district == door.district, Alliance.ended_on.is_(None), covers,
            or_(speaks, leads),
        )
        .order_by(Alliance.founded_on, Alliance.id)
        .limit(1)
    )  # fmt: skip


@dataclass(frozen=True)
class ByWhom:
    """The bodies of some inspections by their ids, in the languages of the site. No person."""

    names: Mapping[UUID, Mapping[str, str]]

    def of(self, row: InspectionRow) -> Mapping[str, str] | None:
        """The name of the body; None where only its kind is known."""
        return self.names.get(row.id)


def by_whom(session: Session, rows: Iterable[InspectionRow]) -> ByWhom:
    """For whom inspections were made: two queries."""
    rows = list(rows)
    units = organisations_by_ids(session, {one.organisation_id for one in rows
                                           if one.organisation_id is not None})  # fmt: skip
    alliances = _alliances(session, {one.alliance_id for one in rows if one.alliance_id})
    found: dict[UUID, Mapping[str, str]] = {}
    for one in rows:
        if one.organisation_id is not None and one.organisation_id in units:
            found[one.id] = units[one.organisation_id].names
        elif one.alliance_id is not None and one.alliance_id in alliances:
            found[one.id] = alliances[one.alliance_id]
    return ByWhom(found)


def _alliances(session: Session, ids: set[UUID]) -> dict[UUID, Mapping[str, str]]:
    a = Alliance
    rows = session.execute(
        select(a.id, a.name_zh_hans, a.name_zh_hant, a.name_en).where(a.id.in_(ids))
    )
    return {
        row.id: tidy_names(
            {"zh_Hans": row.name_zh_hans, "zh_Hant": row.name_zh_hant, "en": row.name_en}
        )
        for row in rows
    }
