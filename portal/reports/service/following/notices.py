"""Public notices are told to those who follow the place (R025): the grave ones by night too."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.areas.queries.notices import NoticeRow, Telling, telling_at
from portal.areas.rules import codes_of
from portal.areas.service.notices import note_told
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.kernel.outbox import post_message
from portal.reports.models import Follow, Follower
from portal.reports.queries.following import Receiver, receivers
from portal.reports.rules.following import FollowWay, awake
from portal.reports.service.following.asking import CHANNELS, stop_links

BATCH: Final = 200


def tell_notices(database: Database, now: datetime) -> int:
    """Tell every follower of a place its standing notices, each once; how many messages."""
    sent = 0
    while True:
        with database.read() as session:
            telling = telling_at(session, now)
        if telling is None:
            return sent
        with database.write() as session:
            sent += _tell_some(session, telling, now)


def _tell_some(session: Session, telling: Telling, now: datetime) -> int:
    """The next batch. Whoever moves the notice's own row on sends it: nobody is told twice."""
    rows = _followers(session, telling)
    last = rows[-1].id if len(rows) == BATCH else None
    if not note_told(session, telling.notice.id, telling.told_after, last, now=now):
        return 0
    people = [row.person_id for row in rows if row.person_id is not None]
    phones = receivers(session, people) if people else {}
    sent = 0
    for row in rows:
        receiver = _receiver(session, row, phones)
        if receiver is not None:
            _post(session, telling.notice, row, receiver, now)
            sent += 1
    return sent


def _followers(session: Session, telling: Telling) -> list[Any]:
    some = (
        select(Follower.id, Follower.person_id, Follower.way, Follower.sealed_to, Follower.language)
        .where(Follower.way != FollowWay.APP, _follows(telling.notice))
        .order_by(Follower.id)
        .limit(BATCH)
    )
    if telling.told_after is not None:
        some = some.where(Follower.id > telling.told_after)
    return list(session.execute(some).all())


def _follows(notice: NoticeRow) -> ColumnElement[bool]:
    """Whether somebody follows a place that the notice is about: inside it, or around it."""
    inside = select(Area.code).where(Area.path.startswith(notice.area_path, autoescape=True))
    return exists().where(
        Follow.follower_id == Follower.id,
        Follow.confirmed_at.is_not(None),
        or_(Follow.area_code.in_(codes_of(notice.area_path)), Follow.area_code.in_(inside)),
    )


def _receiver(session: Session, row: Any, phones: dict[UUID, Receiver]) -> Receiver | None:
    if row.person_id is not None:
        return phones.get(row.person_id)
    return Receiver(instance_of(session).vault.unseal(row.sealed_to), row.language)


def _post(session: Session, notice: NoticeRow, row: Any, receiver: Receiver, now: datetime) -> None:
    instance = instance_of(session)
    post_message(
        session,
        channel=CHANNELS[row.way],
        to=receiver.phone,
        template=f"follow.notice.{notice.level.value}",
        facts={
            "words": dict(notice.words),
            "place": dict(notice.places),
            "issuer": notice.issuer,
            "link": f"{instance.config.origin}/notices/",
            **stop_links(session, row.id),
        },
        now=now,
        language=receiver.language,
        # of a danger people hear at once
        due_at=now if notice.level.grave else awake(now, instance.city.zone),
        subject=f"notice:{notice.id}",
    )
