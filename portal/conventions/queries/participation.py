"""Who signed a convention or took part in a vote in a time: for figures of participation."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.conventions.models import ConventionVersion, Elector, Round, SignOn, Vote


def signing_people(session: Session, first: datetime, end: datetime) -> Iterator[tuple[str, str]]:
    """(who, path of the place). A line of a sheet has no account and counts for itself."""
    statement = (
        select(SignOn.person_id, SignOn.id, Round.place_path)
        .join(ConventionVersion, ConventionVersion.id == SignOn.version_id)
        .join(Round, Round.id == ConventionVersion.round_id)
        .where(SignOn.signed_at >= first, SignOn.signed_at < end, SignOn.withdrawn_at.is_(None))
    )
    return _keys(session, statement)


def voting_people(session: Session, first: datetime, end: datetime) -> Iterator[tuple[str, str]]:
    """(who, path of the place) of votes that closed in the time; how anybody voted is not known."""
    statement = (
        select(Elector.person_id, Elector.id, Round.place_path)
        .join(Vote, Vote.id == Elector.vote_id)
        .join(Round, Round.id == Vote.round_id)
        .where(Elector.took_part.is_not(None), Vote.closes_at >= first, Vote.closes_at < end)
    )
    return _keys(session, statement)


def _keys(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterator[tuple[str, str]]:
    for person_id, own_id, path in session.execute(statement):
        yield str(person_id or own_id), path
