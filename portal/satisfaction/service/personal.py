"""What surveys keep about people: handed out, forgotten at their wish, and in time.

What was marked stays: it is counted, and nothing leads from it to anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data
from portal.kernel.db import changed_rows
from portal.kernel.instance import instance_of
from portal.satisfaction.models import (
    Survey,
    SurveyAgreement,
    SurveyInvitation,
    SurveyQuestion,
    SurveySheet,
    SurveyWords,
)
from portal.satisfaction.rules.personal import KEEP_DAYS, PERSONAL_FIELDS, VOLUNTARY_FIELDS
from portal.satisfaction.service.answering import person_key
from portal.satisfaction.service.forgetting import count_over, forget_answers
from portal.satisfaction.service.inviting import agree_to_be_asked
from portal.satisfaction.service.ratings import erase_rating_words, export_ratings

_KEPT: Final = timedelta(days=KEEP_DAYS)


def _keys(session: Session, person_id: UUID) -> list[UUID]:
    """Somebody's keys in every survey that was started."""
    started = session.scalars(select(Survey.id).where(Survey.started_at.is_not(None)))
    here = instance_of(session)
    return [person_key(here, survey_id, person_id) for survey_id in started]


@dataclass(frozen=True)
class SurveysOfAPerson:
    """The provider of surveys; see ``portal.accounts.service.privacy``."""

    fields: tuple[PersonalField, ...] = PERSONAL_FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        keys = _keys(session, person_id)
        return [
            *_agreement(session, person_id),
            *_invitations(session, person_id),
            *_words(session, keys),
            *({"table": "survey_rating", **one} for one in export_ratings(session, keys)),
        ]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Her words go, and whatever asks her."""
        keys = _keys(session, person_id)
        sheets = select(SurveySheet.id).where(SurveySheet.rater_key.in_(keys))
        session.execute(delete(SurveyWords).where(SurveyWords.sheet_id.in_(sheets)))
        erase_rating_words(session, keys)
        agree_to_be_asked(session, person_id, wanted=False, now=now)
        session.execute(delete(SurveyInvitation).where(SurveyInvitation.person_id == person_id))

    def expire(self, session: Session, now: datetime) -> int:
        return sum(
            changed_rows(session, delete(table).where(when <= now - _KEPT))
            for table, when in _TIMED
        )

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        return {
            table.__tablename__: session.scalar(
                select(func.count()).select_from(table).where(when <= now - _KEPT)
            )
            or 0
            for table, when in _TIMED
        }


_TIMED: Final[tuple[tuple[Any, Any], ...]] = (
    (SurveyWords, SurveyWords.written_at),
    (SurveyInvitation, SurveyInvitation.invited_at),
)


def _agreement(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    mine = select(SurveyAgreement.agreed_at).where(SurveyAgreement.person_id == person_id)
    return [
        {"table": "survey_agreement", "agreed_at": at.isoformat()} for at in session.scalars(mine)
    ]


def _invitations(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    columns = (Survey.title_zh_hans, SurveyInvitation.invited_at, SurveyInvitation.revoked_at)
    found = (
        select(*columns)
        .join(Survey, Survey.id == SurveyInvitation.survey_id)
        .where(SurveyInvitation.person_id == person_id)
    )
    return [
        {
            "table": "survey_invitation", "about": title, "invited_at": invited.isoformat(),
            "revoked_at": revoked.isoformat() if revoked else None,
        }
        for title, invited, revoked in session.execute(found)
    ]  # fmt: skip


def _words(session: Session, keys: list[UUID]) -> list[dict[str, Any]]:
    vault = instance_of(session).vault
    found = (
        select(SurveyQuestion.words_zh_hans, SurveyWords.sealed_text, SurveyWords.written_at)
        .join(SurveySheet, SurveySheet.id == SurveyWords.sheet_id)
        .join(
            SurveyQuestion,
            (SurveyQuestion.survey_id == SurveySheet.survey_id)
            & (SurveyQuestion.position == SurveyWords.position),
        )
        .where(SurveySheet.rater_key.in_(keys))
    )
    return [
        {
            "table": "survey_words", "about": asked, "words": vault.unseal(sealed),
            "written_at": at.isoformat(),
        }
        for asked, sealed, at in session.execute(found)
    ]  # fmt: skip


register_personal_data(SurveysOfAPerson())


@dataclass(frozen=True)
class RatingsInTime:
    """Ratings of every kind come to an end; the packages above hand them out and erase words."""

    fields: tuple[PersonalField, ...] = VOLUNTARY_FIELDS

    def export(self, _session: Session, _person_id: UUID) -> list[dict[str, Any]]:
        return []

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Nothing: what was ticked is counted, and each package erases its words."""

    def expire(self, session: Session, now: datetime) -> int:
        return forget_answers(session, now=now)

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        return {"rating": count_over(session, now=now)}


register_personal_data(RatingsInTime())
