"""Sending what was written without a network: one key, one report, however often it is tried."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow, area_by_code, locate, root_areas
from portal.kernel.clock import city_day
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import hash_token
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos, uploads_of
from portal.reports.models import Draft
from portal.reports.queries.categories import category_on
from portal.reports.queries.places import office_endings, places_for_words
from portal.reports.rules.choosing import best_place, says_more
from portal.reports.rules.intake import (
    DRAFT_LIFETIME,
    Contact,
    DraftRefusal,
    IntakeRefusal,
    ReportAnswers,
)
from portal.reports.rules.offline import is_fresh_key, token_of
from portal.reports.service.drafts import DraftRow, keep_receipt, save_draft
from portal.reports.service.intake import file_report, slow_floods
from portal.reports.service.places import choose_point


@dataclass(frozen=True)
class Sent:
    """What the sender gets. ``again``: it had arrived already. Secrets are told for a while, and
    those of a report that belongs to an account to nobody else.
    """

    number: str
    code: str | None
    token: str | None
    again: bool


def send_offline(
    session: Session,
    key: str,
    answers: ReportAnswers,
    *,
    owner: str,
    actor: Actor,
    address: str,
    now: datetime,
) -> Sent:
    """File a report once for its key; whoever comes again with the key gets the first's number."""
    if not is_fresh_key(key, now):
        raise Refused(DraftRefusal.TOO_OLD)
    first = sent_before(session, key, actor.person_id)
    if first is not None:
        return first
    draft = DraftRow(hash_token(token_of(key)))
    person_id = actor.person_id if answers.contact is Contact.ACCOUNT else None
    try:
        # the first write: of several at once one makes the row, and the others wait for it
        save_draft(session, draft, 0, {}, person_id=person_id, now=now)
    except Conflict:
        first = sent_before(session, key, actor.person_id)
        if first is None:
            raise
        return first
    slow_floods(session, actor, address, now)
    filed = file_report(session, answers, actor=actor, owner=owner, now=now)
    receipt = {"number": filed.number, "code": filed.lookup_code, "token": filed.token}
    keep_receipt(session, draft, filed.number, json.dumps(receipt), now, lifetime=DRAFT_LIFETIME)
    return Sent(filed.number, filed.lookup_code, filed.token, again=False)


def sent_before(session: Session, key: str, person_id: UUID | None) -> Sent | None:
    """What was filed under a key, for whoever asks now."""
    row = session.execute(
        select(Draft.submitted_number, Draft.sealed_answers, Draft.person_id).where(
            Draft.token_hash == hash_token(token_of(key)), Draft.submitted_number.is_not(None)
        )
    ).first()
    if row is None:
        return None
    if row.person_id not in {None, person_id}:
        # the next at a shared device finds what was kept there, key and all
        return Sent(row.submitted_number, None, None, again=True)
    receipt: Mapping[str, Any] = json.loads(instance_of(session).vault.unseal(row.sealed_answers))
    return Sent(receipt["number"], receipt.get("code"), receipt.get("token"), again=True)


def complete(
    session: Session, answers: ReportAnswers, *, street: str, photos: KeptPhotos, now: datetime
) -> ReportAnswers:
    """The answers of the one-page form with what follows from them: the place, and law P5."""
    day = city_day(now, instance_of(session).city.zone)
    kind = category_on(session, answers.category_code or "", day)
    if kind is None:
        code = IntakeRefusal.UNKNOWN_CATEGORY if answers.category_code else None
        raise Refused(code or IntakeRefusal.NO_CATEGORY, field="category")
    publish = None if kind.protected else answers.publish
    changes = _place(session, answers.place_words, street, photos, now)
    return replace(answers, publish=publish, **changes)


def _place(
    session: Session, typed: str, street: str, photos: KeptPhotos, now: datetime
) -> Mapping[str, Any]:
    """The finest place that words, the street or a photo name. Words that name none are kept."""
    within = area_by_code(session, street) if street else None
    found = [choice.area for choice in places_for_words(session, typed)]
    if within is not None:
        found = [area for area in found if area.path.startswith(within.path)]
    best = best_place(typed, found, office_endings()) or within
    if best is not None:
        more = says_more(typed, best, office_endings())
        return {"area_code": best.code, "place_words": typed if more else ""}
    point = _point_of(session, photos, now)
    if point is not None:
        return choose_point(session, point, field="where")
    return {"area_code": _whole_city(session, typed).code}


def _point_of(session: Session, photos: KeptPhotos, now: datetime) -> tuple[float, float] | None:
    for photo in uploads_of(session, photos, now).values():
        if photo.lon is not None and photo.lat is not None:
            point = (photo.lon, photo.lat)
            if locate(session, *point) is not None:
                return point
    return None


def _whole_city(session: Session, typed: str) -> AreaRow:
    """The city itself, when somebody's words say where in it."""
    roots = root_areas(session)
    if not typed or len(roots) != 1:
        raise Refused(IntakeRefusal.NO_PLACE, field="where")
    return roots[0]
