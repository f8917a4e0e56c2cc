"""What is kept of followers: handed out, forgotten, and deleted when its time is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from portal.accounts.models import Person
from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data
from portal.areas.models import Area
from portal.kernel.db import changed_rows
from portal.kernel.instance import instance_of
from portal.kernel.outbox import wipe_messages
from portal.reports.models import Case, CaseMerge, Category, Follow, Follower
from portal.reports.rules.following import PERSONAL_FIELDS, UNCONFIRMED, FollowWay
from portal.reports.rules.transitions import OPEN
from portal.reports.service.following.asking import following_settings, forget_empty

_NAMES = {
    "place_zh_Hans": Area.name_zh_hans.label("place_zh_Hans"),
    "place_zh_Hant": Area.name_zh_hant.label("place_zh_Hant"),
    "place_en": Area.name_en.label("place_en"),
    "kind_zh_Hans": Category.name_zh_Hans.label("kind_zh_Hans"),
    "kind_zh_Hant": Category.name_zh_Hant.label("kind_zh_Hant"),
    "kind_en": Category.name_en.label("kind_en"),
}
_QUIETLY = {"synchronize_session": False}


def _hers(session: Session, person_id: UUID) -> ColumnElement[bool]:
    """What goes to her account, or without it to the telephone she has proved since."""
    phone = (
        select(Person.phone_hash)
        .where(Person.id == person_id, Person.phone_verified_at.is_not(None))
        .scalar_subquery()
    )
    typed = and_(Follower.way == FollowWay.SMS, Follower.to_hash == phone)
    return or_(Follower.person_id == person_id, typed)


@dataclass(frozen=True)
class FollowingOfAPerson:
    """The provider of what is followed; see ``portal.accounts.service.privacy``."""

    fields: tuple[PersonalField, ...] = PERSONAL_FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        """Everything she follows, and how she is told."""
        vault = instance_of(session).vault
        rows = session.execute(
            select(
                Follow.area_code, Follow.category_code, Follow.at_once, Follow.confirmed_at,
                Follow.created_at, Follower.way, Follower.sealed_to, Follower.seen_at, Case.number,
                *_NAMES.values(),
            )
            .join(Follower, Follower.id == Follow.follower_id)
            .join(Case, _same_case(), isouter=True)
            .join(Category, Category.code == Follow.category_code, isouter=True)
            .join(Area, Area.code == Follow.area_code, isouter=True)
            .where(_hers(session, person_id))
            .order_by(Follow.id)
        )  # fmt: skip
        return [
            {
                "table": "follow",
                "report": row.number,
                "place": row.area_code,
                "category": row.category_code,
                "names": {name: getattr(row, name) for name in _NAMES if getattr(row, name)},
                "way": row.way.value,
                "to": vault.unseal(row.sealed_to) if row.sealed_to else None,
                "at_once": row.at_once,
                "since": row.created_at.isoformat(),
                "confirmed_at": row.confirmed_at.isoformat() if row.confirmed_at else None,
                "read_until": row.seen_at.isoformat() if row.way is FollowWay.APP else None,
            }
            for row in rows
        ]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Follow nothing for her any more; no message that waits stays readable."""
        mine = session.scalars(select(Follower.id).where(_hers(session, person_id))).all()
        things = select(Follow.id).where(Follow.follower_id.in_(mine))
        for row_id in (*mine, *session.scalars(things).all()):
            wipe_messages(session, f"follow:{row_id}")
        session.execute(delete(Follow).where(Follow.follower_id.in_(mine)))
        session.execute(delete(Follower).where(Follower.id.in_(mine)))

    def expire(self, session: Session, now: datetime) -> int:
        """What was never confirmed, and matters that ended some time ago."""
        gone = delete(Follow).where(_over(session, now)).execution_options(**_QUIETLY)
        count = changed_rows(session, gone)
        forget_empty(session)
        return count

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        """What the next run will delete."""
        count = select(func.count()).select_from(Follow).where(_over(session, now))
        return {"follow": session.scalar(count) or 0}


def _same_case() -> ColumnElement[bool]:
    return and_(Case.district == Follow.district, Case.id == Follow.case_id)


def _over(session: Session, now: datetime) -> ColumnElement[bool]:
    """Not confirmed in time, or a matter that ended so long ago that no news will come."""
    never = and_(Follow.confirmed_at.is_(None), Follow.created_at <= now - UNCONFIRMED)
    ended_at = func.coalesce(Case.closed_at, Case.fed_back_at, Case.updated_at)
    ended = exists().where(
        _same_case(),
        Case.state.not_in(OPEN),
        ended_at <= now - following_settings(session).ends,
    )
    return or_(never, ended.correlate(Follow))


def forget_follows(session: Session, *, now: datetime) -> None:
    """Go on with the matter that a followed one was joined with; then forget what is over."""
    go_on(session)
    FollowingOfAPerson().expire(session, now)


def go_on(session: Session) -> None:
    """Who follows a matter that became part of another one follows that one.

    Where either is not for everybody, the joining itself is nothing that a follower may learn.
    """
    standing = and_(
        CaseMerge.district == Follow.district,
        CaseMerge.case_id == Follow.case_id,
        CaseMerge.undone_at.is_(None),
        CaseMerge.was_listed,
        exists().where(
            Case.district == CaseMerge.district,
            Case.id == CaseMerge.into_id,
            or_(Case.listed, _was_listed()),
        ),
    )
    into = (
        select(CaseMerge.into_id, Follow.id.label("follow_id"), Follow.follower_id)
        .join(Follow, standing)
        .order_by(Follow.id)
    )
    for row in session.execute(into).all():
        key = f"case:{row.into_id.hex}"
        other = aliased(Follow)
        there = exists().where(other.follower_id == row.follower_id, other.what == key)
        moved = update(Follow).where(Follow.id == row.follow_id, ~there)
        if changed_rows(session, moved.values(case_id=row.into_id, what=key)) == 0:
            session.execute(delete(Follow).where(Follow.id == row.follow_id))


def _was_listed() -> ColumnElement[bool]:
    """What was public until it became part of a third one: from there it is gone on with."""
    later = aliased(CaseMerge)
    return exists().where(
        later.district == Case.district,
        later.case_id == Case.id,
        later.undone_at.is_(None),
        later.was_listed,
    )


register_personal_data(FollowingOfAPerson())
