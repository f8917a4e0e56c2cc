"""Following and stopping. Somebody signed in follows at once; a telephone or address that was only
typed is sent one message with a link, and nothing more before that link was used.

Whether it was followed already, is unknown or has had enough messages: the answer is the same.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.queries import area_by_code
from portal.kernel.city import City
from portal.kernel.config import BadSetting
from portal.kernel.db import changed_rows
from portal.kernel.delivery_couriers import couriers_for
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import hash_token, new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, cancel_messages, post_message
from portal.kernel.phones import clean_mobile
from portal.kernel.ratelimit import EVERYBODY, Limit, take
from portal.kernel.vault import Vault
from portal.reports.models import Category, Follow, Follower
from portal.reports.queries.case import CaseRow
from portal.reports.queries.following import (
    FollowRow,
    StopTarget,
    follow_of_person,
    receivers,
)
from portal.reports.rules.following import (
    MOST_FOLLOWED,
    UNCONFIRMED,
    FollowRefusal,
    FollowWay,
    Settings,
    Subject,
    clean_mail,
    settings_from,
)
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.supervision import due_day

HOUR, DAY = 3600, 86400
# mobile networks put many phones behind one address
PER_ADDRESS = (Limit("follow_address", 30, HOUR), Limit("follow_address_day", 100, DAY))
PER_RECEIVER = (Limit("follow_to_hour", 3, HOUR), Limit("follow_to_day", 6, DAY))
BREAKER = Limit("follow_everybody_hour", 1000, HOUR)
CHANNELS = {FollowWay.SMS: Channel.SMS, FollowWay.MAIL: Channel.MAIL}


@dataclass(frozen=True)
class Asked:
    """What somebody wants to follow and how. ``to``: a telephone or address as it was typed."""

    subject: Subject
    # as messages name it, in each language
    names: dict[str, str]
    at_once: bool = False


def following_settings(session: Session) -> Settings:
    """The city's settings."""
    return settings_from(instance_of(session).city.thresholds)


def check_thresholds(city: City) -> None:
    """Stop the start when the city file says what cannot be meant."""
    try:
        settings_from(city.thresholds)
    except (TypeError, ValueError) as error:
        raise BadSetting("GONGZHI_CITY", f"thresholds that can be meant: {error}") from error


def subject_of_list(session: Session, area: str, category: str) -> Subject:
    """The list by place, kind or both. Raises Missing for what is no public list."""
    found = area_by_code(session, area) if area else None
    kind = session.get(Category, category) if category else None
    unknown = (area and found is None) or (category and kind is None)
    if unknown or not (area or category) or category == BEHAVIOUR:
        raise Missing
    return Subject(area=area or None, category=category or None)


def subject_of_case(case: CaseRow) -> Subject:
    """One matter, which anybody may see. Raises Missing."""
    if not case.listed:
        raise Missing
    return Subject(district=case.district, case_id=case.id)


def may_mail(session: Session) -> bool:
    """Whether this installation has a way to send mail."""
    return Channel.MAIL in couriers_for(instance_of(session).config, "")


# --- capabilities: made from the key, so that a message needs no secret that lies in a row ---


def secret_of(vault: Vault, purpose: str, row_id: UUID) -> str:
    """192 bits for a link: the same in each message, kept as a hash alone."""
    made = hmac.digest(vault.derive(f"follow/{purpose}"), row_id.bytes, "sha256")
    return urlsafe_b64encode(made[:24]).decode()


def stop_links(session: Session, row_id: UUID) -> dict[str, str]:
    """The links at the end of a message: to read and choose, to stop, and for mail programs."""
    instance = instance_of(session)
    address = f"{instance.config.origin}/f/{secret_of(instance.vault, 'stop', row_id)}"
    return {"stop": f"{address}/stop", "one_click": f"{address}/one-click", "own": address}


# --- receivers ---


def _put_follower(
    session: Session, values: dict[str, Any], *, language: str, now: datetime
) -> UUID:
    """The receiver's row, made once, whoever is first; held until the end of the transaction."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row_id, vault = new_id(), instance_of(session).vault
    zone, hour = instance_of(session).city.zone, following_settings(session).hour
    made = dialect.insert(Follower).values(
        id=row_id,
        stop_hash=hash_token(secret_of(vault, "stop", row_id)),
        language=language,
        created_at=now,
        digest_on=due_day(now, hour, zone),
        told_from=now,
        told_until=now,
        seen_at=now,
        **values,
    )
    session.execute(made.on_conflict_do_nothing())
    which = [getattr(Follower, name) == values[name] for name in ("person_id", "way", "to_hash")
             if values.get(name) is not None]  # fmt: skip
    # what is counted below stays true until we are done
    held = update(Follower).where(*which).values(way=Follower.way).returning(Follower.id)
    found = session.scalars(held.execution_options(synchronize_session=False)).first()
    if found is None:
        # stopped in this very moment
        raise Conflict(FollowRefusal.STALE)
    return found


def _count(session: Session, *conditions: Any) -> int:
    statement = select(func.count()).select_from(Follow).join(Follower).where(*conditions)
    return session.scalar(statement) or 0


def _put_follow(
    session: Session, follower_id: UUID, asked: Asked, now: datetime, *, confirmed: bool
) -> None:
    """The followed thing, once for each receiver."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row_id, vault, subject = new_id(), instance_of(session).vault, asked.subject
    made = dialect.insert(Follow).values(
        id=row_id,
        number=new_number(),
        follower_id=follower_id,
        what=subject.key,
        district=subject.district,
        case_id=subject.case_id,
        area_code=subject.area,
        category_code=subject.category,
        at_once=asked.at_once and subject.case_id is not None,
        created_at=now,
        confirmed_at=now if confirmed else None,
        confirm_hash=None if confirmed else hash_token(secret_of(vault, "confirm", row_id)),
        stop_hash=hash_token(secret_of(vault, "stop", row_id)),
        told_from=now,
        told_until=now,
    )
    session.execute(made.on_conflict_do_nothing())


# --- with an account ---


def ways_of(session: Session, actor: Actor) -> list[FollowWay]:
    """How somebody signed in can be told: on her page, and by the phone that she has proved."""
    who = actor.person_id
    phone = who is not None and who in receivers(session, [who])
    return [FollowWay.APP, FollowWay.SMS] if phone else [FollowWay.APP]


def follow(
    session: Session, actor: Actor, asked: Asked, *, way: FollowWay, language: str, now: datetime
) -> None:
    """Follow with an account, or change how one is told."""
    if actor.person_id is None:
        raise Forbidden
    if way not in ways_of(session, actor):
        raise Refused(FollowRefusal.NO_WAY, field="way")
    owner: dict[str, Any] = {"person_id": actor.person_id}
    # her page's row first, always: her two clicks take turns at it
    page = _put_follower(session, {**owner, "way": FollowWay.APP}, language=language, now=now)
    known = follow_of_person(session, actor.person_id, asked.subject)
    if known is None and _count(session, Follower.person_id == actor.person_id) >= MOST_FOLLOWED:
        raise Refused(FollowRefusal.TOO_MANY, facts={"most": MOST_FOLLOWED})
    target = page
    if way is not FollowWay.APP:
        target = _put_follower(session, {**owner, "way": way}, language=language, now=now)
    if known is None:
        _put_follow(session, target, asked, now, confirmed=True)
        return
    at_once = asked.at_once and asked.subject.case_id is not None and way is not FollowWay.APP
    changes = update(Follow).where(Follow.id == known.id)
    # from now on in the new way: what was told in the old one is not told again
    session.execute(
        changes.values(follower_id=target, at_once=at_once, told_from=now, told_until=now)
    )
    cancel_messages(session, _subject(known.id))


def mark_seen(session: Session, actor: Actor, *, now: datetime) -> None:
    """What was new is read; a slow click never takes back a later one."""
    session.execute(
        update(Follower)
        .where(Follower.person_id == actor.person_id, Follower.seen_at < now)
        .values(seen_at=now)
    )


# --- without one ---


def ask_to_follow(
    session: Session, asked: Asked, typed: str, *, address: str, language: str, now: datetime
) -> None:
    """Send a link to what was typed; only who opens it there follows. The caller learns nothing."""
    way, to = _receiver(session, typed)
    everybody = [*((limit, address) for limit in PER_ADDRESS), (BREAKER, EVERYBODY)]
    if take(session, everybody, now=now) is not None:
        raise Refused(FollowRefusal.TOO_OFTEN)
    # counted for every telephone, and never told
    if take(session, [(limit, to) for limit in PER_RECEIVER], now=now) is not None:
        return
    vault = instance_of(session).vault
    purpose = "phone" if way is FollowWay.SMS else "mail"
    where = {"way": way, "to_hash": vault.keyed_hash(purpose, to.casefold())}
    sealed = {**where, "sealed_to": vault.seal(to)}
    follower_id = _put_follower(session, sealed, language=language, now=now)
    if _count(session, Follower.id == follower_id) < MOST_FOLLOWED:
        _put_follow(session, follower_id, asked, now, confirmed=False)
    _send_link(session, follower_id, asked, way, to, language, now)


def _receiver(session: Session, typed: str) -> tuple[FollowWay, str]:
    if "@" in typed:
        mail = clean_mail(typed)
        if mail is None:
            raise Refused(FollowRefusal.NOT_AN_ADDRESS, field="to")
        if not may_mail(session):
            raise Refused(FollowRefusal.NO_MAIL, field="to")
        return FollowWay.MAIL, mail
    phone = clean_mobile(typed)
    if phone is None:
        raise Refused(FollowRefusal.NOT_A_PHONE, field="to")
    return FollowWay.SMS, phone


def _send_link(
    session: Session,
    follower_id: UUID,
    asked: Asked,
    way: FollowWay,
    to: str,
    language: str,
    now: datetime,
) -> None:
    mine = (Follow.follower_id == follower_id, Follow.what == asked.subject.key)
    row = session.execute(select(Follow.id, Follow.confirmed_at).where(*mine)).first()
    if row is None:
        return
    instance = instance_of(session)
    facts: dict[str, Any] = {"what": asked.names}
    if row.confirmed_at is None:
        # asked again: two more days, and what was chosen last
        fresh = update(Follow).where(*mine, Follow.confirmed_at.is_(None))
        session.execute(fresh.values(created_at=now, at_once=asked.at_once))
        secret = secret_of(instance.vault, "confirm", row.id)
        facts["link"] = f"{instance.config.origin}/f/{secret}/confirm"
    else:
        facts |= stop_links(session, row.id)
    post_message(
        session,
        channel=CHANNELS[way],
        to=to,
        template="follow.confirm" if row.confirmed_at is None else "follow.already",
        facts=facts,
        now=now,
        language=language,
        subject=_subject(row.id),
    )


def confirm_follow(session: Session, followed: FollowRow, *, now: datetime) -> str:
    """The link was used where it was sent: now it is followed. Where to read and stop it."""
    done = (
        update(Follow)
        .where(
            Follow.id == followed.id,
            Follow.confirmed_at.is_(None),
            Follow.created_at > now - UNCONFIRMED,
        )
        .values(confirmed_at=now, told_from=now, told_until=now)
    )
    if changed_rows(session, done) != 1:
        kept = select(Follow.id).where(Follow.id == followed.id, Follow.confirmed_at.is_not(None))
        if session.scalar(kept) is None:
            raise Refused(FollowRefusal.OVER)
    return own_page(session, followed.follower.id)


def own_page(session: Session, row_id: UUID) -> str:
    """The path of the page of a receiver without account, or of one thing she follows."""
    return f"/f/{secret_of(instance_of(session).vault, 'stop', row_id)}"


# --- stopping ---


def _subject(row_id: UUID) -> str:
    """Under which subject messages wait, so that stopping withdraws them."""
    return f"follow:{row_id}"


def stop(session: Session, target: StopTarget) -> None:
    """Send nothing more of what a link was for, not even what waits for the morning."""
    if target.whole:
        _forget_receiver(session, target.follower.id)
        return
    stop_one(session, target.follows[0])


def stop_one(session: Session, followed: FollowRow) -> None:
    """Stop following one thing; a receiver without account and without things is forgotten."""
    session.execute(delete(Follow).where(Follow.id == followed.id))
    cancel_messages(session, _subject(followed.id))
    if followed.follower.person_id is None:
        forget_empty(session, followed.follower.id)


def stop_all(session: Session, actor: Actor) -> None:
    """Stop following everything with one's account."""
    if actor.person_id is None:
        raise Forbidden
    mine = select(Follower.id).where(Follower.person_id == actor.person_id)
    for follower_id in session.scalars(mine).all():
        _forget_receiver(session, follower_id)


def _forget_receiver(session: Session, follower_id: UUID) -> None:
    things = select(Follow.id).where(Follow.follower_id == follower_id)
    for row_id in (follower_id, *session.scalars(things).all()):
        cancel_messages(session, _subject(row_id))
    session.execute(delete(Follow).where(Follow.follower_id == follower_id))
    session.execute(delete(Follower).where(Follower.id == follower_id))


def forget_empty(session: Session, follower_id: UUID | None = None) -> None:
    """Forget receivers without account to whom nothing goes any more."""
    empty = ~select(Follow.id).where(Follow.follower_id == Follower.id).exists()
    statement = delete(Follower).where(Follower.person_id.is_(None), empty)
    if follower_id is not None:
        statement = statement.where(Follower.id == follower_id)
    session.execute(statement.execution_options(synchronize_session=False))
