"""What honours keep about people: handed out, forgotten at her wish, and in time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from credit.models import Honour, HonourVoice
from credit.queries.honours import kept_of_nominee, said_by_nominator
from credit.rules.honours import KEEP_OPEN, KEEP_WORDS, HonourState
from credit.rules.kinds import Party
from credit.rules.personal import HONOUR_FIELDS
from credit.service.honours.found import subject_of
from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.instance import instance_of
from portal.kernel.outbox import wipe_messages

_OPEN = (HonourState.NOMINATED, HonourState.ASKED)


@dataclass(frozen=True)
class HonoursOfAPerson:
    """The provider of honours; see ``portal.accounts.service.privacy``."""

    fields: tuple[PersonalField, ...] = HONOUR_FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        """Her honours with what was written about her (by whom is not hers), and what she wrote."""
        return [*kept_of_nominee(session, person_id), *said_by_nominator(session, person_id)]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Her honours go, public ones too, and her words about others."""
        mine = and_(Honour.party == Party.PERSON, Honour.holder_id == person_id)
        for number in session.scalars(select(Honour.number).where(mine)).all():
            wipe_messages(session, subject_of(number))
        _delete(session, mine)
        session.execute(delete(HonourVoice).where(HonourVoice.nominator_id == person_id))
        # nobody is left who nominated
        _delete(session, and_(Honour.state == HonourState.NOMINATED, ~_voices()))

    def expire(self, session: Session, now: datetime) -> int:
        voices = delete(HonourVoice).where(
            HonourVoice.honour_id.in_(select(Honour.id).where(_words_over(now)))
        )
        return changed_rows(session, voices) + _delete(session, _over(session, now))

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        voices = (
            select(func.count())
            .select_from(HonourVoice)
            .where(HonourVoice.honour_id.in_(select(Honour.id).where(_words_over(now))))
        )
        rows = select(func.count()).select_from(Honour).where(_over(session, now))
        return {
            "credit_honour_voice": session.scalar(voices) or 0,
            "credit_honour": session.scalar(rows) or 0,
        }


def _voices() -> ColumnElement[bool]:
    return exists().where(
        HonourVoice.district == Honour.district, HonourVoice.honour_id == Honour.id
    )


def _words_over(now: datetime) -> ColumnElement[bool]:
    return Honour.granted_at <= now - KEEP_WORDS


def _over(session: Session, now: datetime) -> ColumnElement[bool]:
    """What nobody decided for too long, and refusals of years that are over."""
    year = city_day(now, instance_of(session).city.zone).year
    left = and_(Honour.state.in_(_OPEN), Honour.nominated_at <= now - KEEP_OPEN)
    return or_(left, and_(Honour.state == HonourState.DECLINED, Honour.year < year))


def _delete(session: Session, these: ColumnElement[bool]) -> int:
    """Delete rows with their voices; how many rows."""
    ids = select(Honour.id).where(these)
    session.execute(
        delete(HonourVoice)
        .where(HonourVoice.honour_id.in_(ids))
        .execution_options(synchronize_session=False)
    )
    return changed_rows(session, delete(Honour).where(these))


register_personal_data(HonoursOfAPerson())
