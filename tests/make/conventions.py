"""Conventions for tests: a community with a convention, a round and clauses."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.conventions.models import (
    Comment,
    Convention,
    ConventionClause,
    ConventionVersion,
    DraftClause,
    Elector,
    Round,
    VersionClause,
    Vote,
    Wish,
)
from portal.conventions.rules.kinds import Ballot, Electorate, Kind
from portal.conventions.rules.talk import Channel, SaidKind
from portal.conventions.rules.texts import Topic, quote_hash
from portal.conventions.rules.votes import VoteWay
from portal.conventions.rules.way import RoundState
from portal.kernel.instance import instance_of

# a Monday, 08:00 in the city
NOW = datetime(2026, 11, 30, tzinfo=UTC)
TODAY = date(2026, 11, 30)
COMMUNITY = "370283001001"


def _put(session: Session, row: Any) -> Any:
    session.add(row)
    # others refer to it by its key alone
    session.flush()
    return row


def convention(session: Session, area: Area, **changes: Any) -> Convention:
    """A residents' convention of a community, of which nothing is published yet."""
    values: dict[str, Any] = {
        "kind": Kind.RESIDENTS, "area_id": area.id, "place_path": area.path,
        "title": "东阁社区居民公约", "made_at": NOW,
    }  # fmt: skip
    row: Convention = _put(session, Convention(**values | changes))
    return row


def a_round(session: Session, of: Convention, **changes: Any) -> Round:
    """A round whose draft is being written."""
    values: dict[str, Any] = {
        "convention_id": of.id, "sequence": 1, "kind_version": 1, "place_path": of.place_path,
        "state": RoundState.DRAFT, "title": of.title, "started_at": NOW,
    }  # fmt: skip
    row: Round = _put(session, Round(**values | changes))
    return row


def clause(
    session: Session, of: Round, words: str = "楼道不堆杂物。", **changes: Any
) -> DraftClause:  # fmt: skip
    """A clause in the draft of a round."""
    kept = _put(session, ConventionClause(convention_id=of.convention_id, made_at=NOW))
    values: dict[str, Any] = {
        "round_id": of.id, "clause_id": kept.id, "position": 1, "topic": Topic.CLEANLINESS,
        "heading": "楼道", "markdown": words, "updated_at": NOW,
    }  # fmt: skip
    row: DraftClause = _put(session, DraftClause(**values | changes))
    return row


def wish(session: Session, of: Round, words: str = "希望楼道不放自行车。", **changes: Any) -> Wish:
    """A wish from the screen that nobody has looked at yet."""
    values: dict[str, Any] = {
        "round_id": of.id, "channel": Channel.SCREEN, "topic": Topic.CLEANLINESS, "at": NOW,
        "sealed_words": instance_of(session).vault.seal(words),
    }  # fmt: skip
    row: Wish = _put(session, Wish(**values | changes))
    return row


def comment(session: Session, of: Round, on: DraftClause | None = None, **changes: Any) -> Comment:
    """A comment from the screen, on a clause or on the whole text, that nobody has looked at."""
    values: dict[str, Any] = {
        "round_id": of.id, "channel": Channel.SCREEN, "kind": SaidKind.COMMENT, "at": NOW,
        "sealed_words": instance_of(session).vault.seal("这一条写得太长。"),
    }  # fmt: skip
    if on is not None:
        values |= {
            "clause_id": on.clause_id, "quote": on.markdown,
            "quote_hash": quote_hash(on.heading, on.markdown),
        }  # fmt: skip
    row: Comment = _put(session, Comment(**values | changes))
    return row


def published(
    session: Session, of: Round, clauses: list[DraftClause], **changes: Any
) -> ConventionVersion:  # fmt: skip
    """What a round published."""
    of.state, of.ended_at = RoundState.PUBLISHED, NOW
    values: dict[str, Any] = {
        "convention_id": of.convention_id, "round_id": of.id, "version": of.sequence,
        "title": of.title, "adopted_on": TODAY, "effective_from": TODAY, "published_at": NOW,
        "digest": "d" * 64,
    }  # fmt: skip
    row: ConventionVersion = _put(session, ConventionVersion(**values | changes))
    for at, one in enumerate(clauses, 1):
        _put(
            session,
            VersionClause(
                version_id=row.id, clause_id=one.clause_id, position=at, topic=one.topic,
                heading=one.heading, markdown=one.markdown,
            ),
        )  # fmt: skip
    return row


def vote(session: Session, of: Round, electors: int = 3, **changes: Any) -> Vote:
    """A secret vote of heads that was called."""
    values: dict[str, Any] = {
        "round_id": of.id, "place_path": of.place_path, "text_digest": "d" * 64,
        "electorate": Electorate.HEADS, "ballot": Ballot.SECRET, "way": VoteWay.WRITTEN,
        "electors": electors, "called_at": NOW, "opens_at": NOW,
        "closes_at": NOW.replace(month=12, day=7),
    }  # fmt: skip
    row: Vote = _put(session, Vote(**values | changes))
    return row


def elector(session: Session, of: Vote, roll: str = "1", **changes: Any) -> Elector:
    """A line of the roll."""
    values: dict[str, Any] = {
        "vote_id": of.id, "roll": roll, "sealed_name": instance_of(session).vault.seal("王秀英"),
    }  # fmt: skip
    row: Elector = _put(session, Elector(**values | changes))
    return row
