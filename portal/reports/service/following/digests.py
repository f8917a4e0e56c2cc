"""Telling followers: one digest a day for each receiver, or each step of a matter at once.

A row's own conditional UPDATE decides who sends: run twice, late or in two places, each stretch of
time is told once. What can still be undone at the desk is not told yet.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from portal.areas.queries import AreaRow, areas_by_codes
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.kernel.outbox import post_message
from portal.reports.models import Case, Follow, Follower
from portal.reports.queries.following import (
    Receiver,
    follows_of_many,
    news_between,
    open_at_once,
    places_named,
    receivers,
)
from portal.reports.queries.public import KindRow, kinds
from portal.reports.rules.following import (
    MOST_MISSED,
    FollowWay,
    NewsIndex,
    Told,
    awake,
    street_codes,
    told_to,
    told_up_to,
)
from portal.reports.rules.publicity import STRICTEST, public_codes
from portal.reports.rules.supervision import due_day
from portal.reports.rules.transitions import public_state
from portal.reports.service.following.asking import (
    CHANNELS,
    following_settings,
    stop_links,
)

BATCH = 200
Names = Mapping[str, str]


@dataclass(frozen=True)
class Round:
    """One run of the digests: the day, up to when it tells, and everything that happened."""

    day: date
    until: datetime
    index: NewsIndex
    known: Mapping[str, KindRow]
    places: Mapping[str, AreaRow]


def due_round(session: Session, now: datetime) -> Round | None:
    """What today's digests tell; None when every receiver has hers."""
    zone, until = instance_of(session).city.zone, told_up_to(now)
    # the hour and the ten minutes in which a step can still be undone
    day = due_day(until, following_settings(session).hour, zone)
    oldest = session.scalar(
        select(Follower.told_until)
        .where(Follower.digest_on < day, Follower.way != FollowWay.APP)
        .order_by(Follower.told_until)
        .limit(1)
    )
    if oldest is None:
        return None
    known = kinds(session)
    found = news_between(session, max(oldest, now - MOST_MISSED), until, known)
    return Round(day, until, NewsIndex(found), known, places_named(session, found))


def send_digests(database: Database, now: datetime) -> int:
    """Tell every receiver whose day has not been told; how many messages."""
    with database.read() as session:
        today = due_round(session, now)
    sent = 0
    while today is not None:
        with database.write() as session:
            claimed = claim_day(session, today)
            sent += _tell_all(session, today, claimed, now)
        if len(claimed) < BATCH:
            break
    return sent


def claim_day(session: Session, today: Round) -> list[Row[*tuple[Any, ...]]]:
    """Take some receivers for this day: whoever moves the row sends."""
    due = (Follower.digest_on < today.day, Follower.way != FollowWay.APP)
    some = select(Follower.id).where(*due).order_by(Follower.digest_on, Follower.id).limit(BATCH)
    # two runners never wait for each other's rows crosswise
    some = some.with_for_update(skip_locked=True)
    claim = (
        update(Follower)
        .where(Follower.id.in_(some), *due)
        .values(digest_on=today.day, told_from=Follower.told_until, told_until=today.until)
        .returning(
            Follower.id, Follower.person_id, Follower.way, Follower.sealed_to, Follower.language,
            Follower.told_from,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return list(session.execute(claim).all())


def _tell_all(
    session: Session, today: Round, claimed: Sequence[Row[*tuple[Any, ...]]], now: datetime
) -> int:
    """Three queries and one insert for all of them."""
    followed = follows_of_many(session, [row.id for row in claimed])
    phones = _phones(session, claimed)
    sent = 0
    for row in claimed:
        since = [
            (subject, max(row.told_from, confirmed_at))
            for subject, confirmed_at in followed.get(row.id, ())
        ]
        told = told_to(today.index, since)
        receiver = _receiver(session, row, phones)
        if told and receiver is not None:
            facts = _digest_facts(session, today, row, told)
            _post(session, row.way, row.id, receiver, "follow.digest", facts, now)
            sent += 1
    return sent


def _phones(session: Session, rows: Iterable[Any]) -> dict[UUID, Receiver]:
    people = {row.person_id for row in rows if row.person_id is not None}
    return receivers(session, people) if people else {}


def _receiver(session: Session, row: Any, phones: Mapping[UUID, Receiver]) -> Receiver | None:
    """Where it goes; nobody when an account has no proved phone any more."""
    if row.person_id is not None:
        return phones.get(row.person_id)
    return Receiver(instance_of(session).vault.unseal(row.sealed_to), row.language)


def _digest_facts(session: Session, today: Round, row: Any, told: Sequence[Told]) -> dict[str, Any]:
    """Numbers, and one matter as an example: what the public list shows of it."""
    first = told[0].news
    kind = today.known.get(first.category)
    facts = {
        "count": str(len(told)),
        "fresh": str(sum(one.fresh for one in told)),
        "settled": str(sum(one.news.settled for one in told)),
        "kind": dict(kind.names) if kind else {},
        "place": _place(first.codes, kind, today.places),
    }
    return {**facts, **_links(session, row)}


def _place(codes: Sequence[str], kind: KindRow | None, places: Mapping[str, AreaRow]) -> Names:
    """The finest place that may be told, without the city that all have in common."""
    if kind is None or kind.publicity.protected:
        codes = street_codes(codes)
    named = [places[code].names for code in codes if code in places and code.isdecimal()]
    return dict(named[-1]) if named else {}


def _links(session: Session, row: Any) -> dict[str, str]:
    links = stop_links(session, row.id)
    if row.person_id is not None:
        links["own"] = f"{instance_of(session).config.origin}/me/following"
    return links


def _post(
    session: Session,
    way: FollowWay,
    row_id: UUID,
    receiver: Receiver,
    template: str,
    facts: Mapping[str, Any],
    now: datetime,
) -> None:
    post_message(
        session,
        channel=CHANNELS[way],
        to=receiver.phone,
        template=template,
        facts=facts,
        now=now,
        language=receiver.language,
        # by night nobody is rung
        due_at=awake(now, instance_of(session).city.zone),
        subject=f"follow:{row_id}",
    )


def tell_at_once(database: Database, now: datetime) -> int:
    """Tell the steps of matters whose followers want each of them; how many messages."""
    until = told_up_to(now)
    with database.read() as session:
        some = session.scalar(select(Follow.id).where(open_at_once(until)).limit(1))
    sent = 0
    while some is not None:
        with database.write() as session:
            claimed = claim_steps(session, until)
            sent += _tell_steps(session, claimed, now)
        if len(claimed) < BATCH:
            break
    return sent


def claim_steps(session: Session, until: datetime) -> list[UUID]:
    """Take some followed matters with untold steps: whoever moves the row sends."""
    due = open_at_once(until)
    some = select(Follow.id).where(due).order_by(Follow.id).limit(BATCH)
    some = some.with_for_update(skip_locked=True)
    claim = (
        update(Follow)
        .where(Follow.id.in_(some), due)
        .values(told_from=Follow.told_until, told_until=until)
        .returning(Follow.id)
        .execution_options(synchronize_session=False)
    )
    return list(session.scalars(claim).all())


def _tell_steps(session: Session, claimed: Sequence[UUID], now: datetime) -> int:
    """Where each matter stands now: two steps in one minute are one message."""
    rows = session.execute(
        select(
            Follow.id, Follower.person_id, Follower.way, Follower.sealed_to, Follower.language,
            Case.number, Case.category_code, Case.place_path, Case.state,
        )
        .join(Follower, Follower.id == Follow.follower_id)
        .join(Case, (Case.district == Follow.district) & (Case.id == Follow.case_id))
        .where(Follow.id.in_(claimed), Follower.way != FollowWay.APP)
        .order_by(Follow.id)
    ).all()  # fmt: skip
    known, phones = kinds(session), _phones(session, rows)
    codes = {row.id: _codes(row, known.get(row.category_code)) for row in rows}
    places = areas_by_codes(session, {code for found in codes.values() for code in found})
    sent = 0
    for row in rows:
        receiver, kind = _receiver(session, row, phones), known.get(row.category_code)
        if receiver is None:
            continue
        facts = {
            "kind": dict(kind.names) if kind else {},
            "place": _place(codes[row.id], kind, places),
            "link": f"{instance_of(session).config.origin}/reports/{row.number}",
            **stop_links(session, row.id),
        }
        template = f"follow.step.{public_state(row.state).value}"
        _post(session, row.way, row.id, receiver, template, facts, now)
        sent += 1
    return sent


def _codes(row: Any, kind: KindRow | None) -> tuple[str, ...]:
    return public_codes(row.place_path, kind.publicity if kind else STRICTEST)
