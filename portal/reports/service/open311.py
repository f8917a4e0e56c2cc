"""Filing for a program: through the same door as everybody, once however often it is sent."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import NOBODY
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Refused
from portal.kernel.instance import instance_of
from portal.kernel.ratelimit import Limit, take
from portal.kernel.uploads import KeptPhotos
from portal.reports.models import ApiFiling, Case, CaseEvent, CaseText
from portal.reports.queries.open311 import attributes_of, service_on
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.codes import Review, Source, TextKind
from portal.reports.rules.intake import Contact, DraftRefusal, ReportAnswers
from portal.reports.rules.open311 import (
    MOST_DESCRIPTION,
    REPEAT_MINUTES,
    Open311Refusal,
    why_not_attribute,
)
from portal.reports.service.intake import Filed, file_report
from portal.reports.service.offline import complete
from portal.reports.service.places import choose_area, choose_point

PER_KEY: Final = 600
KEPT, KEPT_CONTENT = timedelta(days=400), timedelta(hours=1)
REPEAT = timedelta(minutes=REPEAT_MINUTES)


@dataclass(frozen=True)
class Wish311:
    """What a program sent, read but not judged. ``point`` is longitude and latitude."""

    service_code: str
    point: tuple[float, float] | None = None
    address: str = ""
    address_id: str = ""
    description: str = ""
    phone: str = ""
    publish: bool = False
    media_url: str = ""
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    external_id: str = ""
    idempotency_key: str = ""
    language: str = "zh_Hans"


@dataclass(frozen=True)
class FiledByKey:
    """The number; the receipt only for whoever sent it first."""

    number: str
    receipt: Filed | None


def slow_key(session: Session, key_id: UUID, now: datetime) -> None:
    """Count one report against its key. Raises Refused when the hour is full."""
    thresholds = instance_of(session).city.thresholds
    limit = int(thresholds.get("reports_per_key_and_hour", PER_KEY))
    if take(session, [(Limit("open311_key_hour", limit, 3600), key_id.hex)], now=now) is not None:
        raise Refused(Open311Refusal.TOO_MANY)


def check_wish(session: Session, wish: Wish311, now: datetime) -> CategoryRow:
    """The service that was meant, when everything that can be told at once is right."""
    if not wish.service_code:
        raise Refused(Open311Refusal.NO_SERVICE_CODE, field="service_code")
    category = service_on(session, wish.service_code, city_day(now, instance_of(session).city.zone))
    if category is None:
        raise Refused(Open311Refusal.UNKNOWN_SERVICE, field="service_code")
    if wish.point is None and not wish.address and not wish.address_id:
        raise Refused(Open311Refusal.NO_LOCATION, field="lat")
    if len(wish.description) > MOST_DESCRIPTION:
        raise Refused(
            Open311Refusal.LONG_DESCRIPTION, field="description", facts={"most": MOST_DESCRIPTION}
        )
    _check_attributes(wish)
    return category


def _check_attributes(wish: Wish311) -> None:
    known = {attribute.code: attribute for attribute in attributes_of(wish.service_code)}
    for code in wish.attributes:
        if code not in known:
            raise Refused(Open311Refusal.UNKNOWN_ATTRIBUTE, facts={"name": code})
    for code, attribute in known.items():
        problem = why_not_attribute(attribute, wish.attributes.get(code, ()))
        if problem is not None:
            raise Refused(problem, facts={"name": code})


def file_for_key(
    session: Session, key_id: UUID, wish: Wish311, photos: KeptPhotos, *, now: datetime
) -> FiledByKey:
    """File a report for a program. Whoever sends the same again gets the first one's number."""
    marks = _marks(session, wish, photos)
    first = _claim_all(session, key_id, marks, now)
    if first is not None:
        return FiledByKey(first, None)
    category = check_wish(session, wish, now)
    answers = _answers(session, wish, category, photos, now)
    filed = file_report(
        session, answers, actor=NOBODY, owner=photos.owner, source=Source.OPEN311, now=now
    )
    _note_rest(session, wish, filed.number, now)
    marks[_mark(session, "number", filed.number)] = None
    _settle(session, key_id, marks, filed.number, now)
    return FiledByKey(filed.number, filed)


def filed_before(session: Session, key_id: UUID, wish: Wish311) -> str | None:
    """What was filed under all of a program's own names for it: then no photo is decoded again."""
    named = [mark for mark, again in _marks(session, wish, KeptPhotos()).items() if again is None]
    found = session.scalars(
        select(ApiFiling.number).where(ApiFiling.key_id == key_id, ApiFiling.mark.in_(named))
    ).all()
    return found[0] if named and len(found) == len(named) else None


def forget_filings(session: Session, *, now: datetime) -> None:
    """Drop marks that nobody will send again."""
    session.execute(delete(ApiFiling).where(ApiFiling.kept_until <= now))


def _mark(session: Session, kind: str, text: str) -> str:
    return instance_of(session).vault.keyed_hash("api-filing", f"{kind}:{text}")


def _marks(session: Session, wish: Wish311, photos: KeptPhotos) -> dict[str, timedelta | None]:
    """By what it is known again, each with the time after which it may be meant anew.

    A program that names its reports is believed; of any other the whole content is compared.
    """
    named = {"external": wish.external_id, "key": wish.idempotency_key}
    found: dict[str, timedelta | None] = {
        _mark(session, kind, text): None for kind, text in named.items() if text
    }
    if found:
        return dict(sorted(found.items()))
    content = asdict(wish) | {"photos": photos.tokens and photos.owner}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return {_mark(session, "content", digest): REPEAT}


def _claim_all(
    session: Session, key_id: UUID, marks: Mapping[str, timedelta | None], now: datetime
) -> str | None:
    """Take all marks, always in the same order; or the number of whoever had one before."""
    lost = [mark for mark, again in marks.items() if not _claim(session, key_id, mark, again, now)]
    if not lost:
        return None
    number = session.scalar(
        select(ApiFiling.number).where(ApiFiling.key_id == key_id, ApiFiling.mark == lost[0])
    )
    if number is None:
        raise Conflict(DraftRefusal.CHANGED_ELSEWHERE)
    won = {mark: again for mark, again in marks.items() if mark not in lost}
    _settle(session, key_id, won, number, now)
    return number


def _claim(
    session: Session, key_id: UUID, mark: str, again: timedelta | None, now: datetime
) -> bool:
    """Whether this is the first to bring a mark; on PostgreSQL the second waits for the first."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    values = {"claimed_at": now, "kept_until": now + (KEPT_CONTENT if again else KEPT)}
    first = dialect.insert(ApiFiling).values(key_id=key_id, mark=mark, **values)
    if changed_rows(session, first.on_conflict_do_nothing()) == 1:
        return True
    over = [ApiFiling.kept_until <= now]
    if again is not None:
        over.append(ApiFiling.claimed_at <= now - again)
    anew = update(ApiFiling).where(ApiFiling.key_id == key_id, ApiFiling.mark == mark, or_(*over))
    return changed_rows(session, anew.values(number=None, **values)) == 1


def _settle(
    session: Session,
    key_id: UUID,
    marks: Mapping[str, timedelta | None],
    number: str,
    now: datetime,
) -> None:
    """Say under all marks what was filed; the number itself tells later whose it is."""
    for mark, again in marks.items():
        _claim(session, key_id, mark, again, now)
    session.execute(
        update(ApiFiling)
        .where(ApiFiling.key_id == key_id, ApiFiling.mark.in_(list(marks)))
        .values(number=number)
        .execution_options(synchronize_session=False)
    )


def _answers(
    session: Session, wish: Wish311, category: CategoryRow, photos: KeptPhotos, now: datetime
) -> ReportAnswers:
    """The same answers that a person would give."""
    names = category.names
    answers = ReportAnswers(
        photos=photos.tokens,
        place_words=wish.address,
        category_code=category.code,
        # the standard lets it be empty, the desk needs a word: then it is the kind's name
        words=wish.description or names.get(wish.language) or names["zh_Hans"],
        contact=Contact.PHONE if wish.phone else Contact.NONE,
        phone=wish.phone,
        publish=wish.publish and not category.protected,
        language=wish.language,
        extra={code: values[0] for code, values in wish.attributes.items() if values},
    )
    if wish.point is None and not wish.address_id:
        return complete(session, answers, street="", photos=photos, now=now)
    changes = dict(choose_point(session, wish.point, field="lat")) if wish.point else {}
    answers = replace(answers, **changes)
    if wish.address_id:
        try:
            chosen = choose_area(session, wish.address_id, answers, field="address_id")
        except Refused as error:
            raise Refused(Open311Refusal.UNKNOWN_ADDRESS, field="address_id") from error
        # a place chosen by its number may be coarser than the one around the point
        finer = len(answers.area_code or "") > len(chosen["area_code"]) and "lon" not in chosen
        answers = answers if finer else replace(answers, **chosen)
    return answers


def _note_rest(session: Session, wish: Wish311, number: str, now: datetime) -> None:
    """What only the desk reads: the program's own number, and an address nobody fetches."""
    case = session.execute(
        select(Case.district, Case.id, CaseEvent.id)
        .join(CaseEvent, (CaseEvent.district == Case.district) & (CaseEvent.case_id == Case.id))
        .where(Case.number == number)
    ).one()
    if wish.external_id:
        session.execute(
            update(Case)
            .where(Case.district == case[0], Case.id == case[1])
            .values(external_number=wish.external_id[:64])
            .execution_options(synchronize_session=False)
        )
    if wish.media_url:
        session.add(
            CaseText(
                district=case[0], case_id=case[1], event_id=case[2], kind=TextKind.NOTE,
                text=wish.media_url, public_text=None, review=Review.WITHHELD,
                by_reporter=True, created_at=now,
            )
        )  # fmt: skip
