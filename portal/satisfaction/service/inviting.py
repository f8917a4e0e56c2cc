"""Sampled invitations: drawn by a keyed hash from those who agreed to be asked, sent as messages.

An invitation is a row that names an account, and no secret: whoever is invited signs in. So a link
that is passed on, or a copy of the database, lets nobody answer for another.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids, phones_of
from portal.accounts.rules import Actor
from portal.kernel.db import changed_rows
from portal.kernel.errors import Refused
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, cancel_messages, post_message
from portal.satisfaction.models import Survey, SurveyAgreement, SurveyInvitation
from portal.satisfaction.queries.surveys import SurveyRow, not_yet_invited, today_of
from portal.satisfaction.rules.surveys import Phase, SurveyRefusal
from portal.satisfaction.service.surveys import survey_here

TEMPLATE: Final = "survey.invitation"
BATCH: Final = 500


def agree_to_be_asked(session: Session, person_id: UUID, *, wanted: bool, now: datetime) -> None:
    """Whether surveys may ask somebody by message. Taken back, her invitations end too."""
    if not wanted:
        session.execute(delete(SurveyAgreement).where(SurveyAgreement.person_id == person_id))
        _revoke(session, SurveyInvitation.person_id == person_id, now)
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    agreed = dialect.insert(SurveyAgreement).values(person_id=person_id, agreed_at=now)
    session.execute(agreed.on_conflict_do_nothing())


def invite(session: Session, actor: Actor, number: str, many: int, *, now: datetime) -> int:
    """Draw so many of those who agreed, each at most once a survey, and tell them; how many."""
    row = survey_here(session, actor, number, lock=True)
    if row.phase(today_of(session, now)) not in {Phase.WAITING, Phase.OPEN}:
        raise Refused(SurveyRefusal.NOT_OPEN)
    chosen = _draw(session, row, many)
    if not chosen:
        raise Refused(SurveyRefusal.NOBODY, field="many")
    session.add_all(
        SurveyInvitation(survey_id=row.id, person_id=one, invited_at=now) for one in chosen
    )
    drawn = Survey.drawn + len(chosen)
    session.execute(update(Survey).where(Survey.id == row.id).values(drawn=drawn))
    _tell(session, row, chosen, now)
    return len(chosen)


def _draw(session: Session, row: SurveyRow, many: int) -> list[UUID]:
    """Those with the smallest keyed hash, so that nobody chooses whom to ask; without a telephone
    nobody can be told."""
    vault, chosen = instance_of(session).vault, list[UUID]()
    agreed = sorted(
        session.scalars(not_yet_invited(row.id)),
        key=lambda one: vault.keyed_hash("survey-draw", f"{row.id}:{one}"),
    )
    for at in range(0, len(agreed), BATCH):
        some = agreed[at : at + BATCH]
        phones = phones_of(session, some)
        chosen += [one for one in some if one in phones]
        if len(chosen) >= many:
            break
    return chosen[:many]


def _tell(session: Session, row: SurveyRow, chosen: Sequence[UUID], now: datetime) -> None:
    here = instance_of(session)
    link = f"{here.config.origin}/surveys/{row.number}"
    for at in range(0, len(chosen), BATCH):
        some = chosen[at : at + BATCH]
        phones = phones_of(session, some)
        for one in people_by_ids(session, some).values():
            title = row.title.get(one.language) or row.title["zh_Hans"]
            post_message(
                session, channel=Channel.SMS, to=phones[one.id], template=TEMPLATE,
                facts={"title": title, "link": link}, now=now, language=one.language,
                subject=_subject(row.id, one.id),
            )  # fmt: skip


def _subject(survey_id: UUID, person_id: UUID) -> str:
    return f"survey:{survey_id}:{person_id}"


def revoke_invitations(session: Session, actor: Actor, number: str, *, now: datetime) -> int:
    """Take back every invitation of a survey; how many."""
    row = survey_here(session, actor, number, lock=True)
    return _revoke(session, SurveyInvitation.survey_id == row.id, now)


def _revoke(session: Session, these: ColumnElement[bool], now: datetime) -> int:
    standing = (these, SurveyInvitation.revoked_at.is_(None))
    columns = (SurveyInvitation.survey_id, SurveyInvitation.person_id)
    for survey_id, person_id in session.execute(select(*columns).where(*standing)).all():
        cancel_messages(session, _subject(survey_id, person_id))
    return changed_rows(session, update(SurveyInvitation).where(*standing).values(revoked_at=now))
