"""What the database itself keeps of conventions, on both engines (decision 0051)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from portal.conventions.models import (
    FIXED,
    Convention,
    ConventionVersion,
    PaperTally,
    Round,
    SignOn,
    VersionClause,
    VersionScript,
)
from portal.conventions.rules.kinds import Electorate
from portal.conventions.rules.signing import Signer, SignWay
from portal.conventions.rules.votes import BallotWay
from portal.kernel.db import Base, Database
from portal.kernel.ids import new_id
from tests.make import conventions as make
from tests.make.areas import small_tree
from tests.make.conventions import COMMUNITY, NOW, TODAY


def started(session: Session) -> tuple[Convention, Round]:
    of = make.convention(session, small_tree(session)[COMMUNITY])
    return of, make.a_round(session, of)


def two_rounds_at_once(session: Session) -> None:
    of, _ = started(session)
    make.a_round(session, of, sequence=2)


def a_clause_twice_in_a_draft(session: Session) -> None:
    _, of = started(session)
    one = make.clause(session, of)
    make.clause(session, of, clause_id=one.clause_id, position=2)


def two_votes_at_once(session: Session) -> None:
    _, of = started(session)
    make.vote(session, of)
    make.vote(session, of)


def a_vote_of_nobody(session: Session) -> None:
    make.vote(session, started(session)[1], electors=0)


def a_secret_vote_by_area(session: Session) -> None:
    make.vote(session, started(session)[1], electorate=Electorate.HEADS_AND_AREA, area=100)


def one_person_twice_on_a_roll(session: Session) -> None:
    vote, her = make.vote(session, started(session)[1]), new_id()
    make.elector(session, vote, person_id=her)
    make.elector(session, vote, "2", person_id=her)


def one_household_twice_on_a_roll(session: Session) -> None:
    vote = make.vote(session, started(session)[1])
    for roll in ("1", "2"):
        make.elector(session, vote, roll, household_hash="f" * 64)


def struck_off_after_voting(session: Session) -> None:
    vote = make.vote(session, started(session)[1])
    make.elector(
        session, vote, took_part=BallotWay.PAPER, struck_on=TODAY, struck_why="已迁出"
    )  # fmt: skip


def one_person_counts_a_box_twice(session: Session) -> None:
    vote, her = make.vote(session, started(session)[1]), new_id()
    counts = {"yes": 1, "no": 0, "abstain": 0, "spoilt": 0}
    session.add_all(
        PaperTally(
            vote_id=vote.id, box="一号箱", entry=entry, typed_by=her, typed_at=NOW, **counts
        )
        for entry in (1, 2)
    )  # fmt: skip


def a_countersign_without_a_photo(session: Session) -> None:
    session.add(
        PaperTally(
            vote_id=make.vote(session, started(session)[1]).id, box="一号箱", entry=1, yes=1, no=0,
            abstain=0, spoilt=0, typed_at=NOW, countersigned_at=NOW,
        )
    )  # fmt: skip


def version(session: Session) -> ConventionVersion:
    _, of = started(session)
    return make.published(session, of, [make.clause(session, of)])


def sign(session: Session, of: ConventionVersion, **changes: Any) -> None:
    values: dict[str, Any] = {
        "version_id": of.id, "signer": Signer.PERSON, "way": SignWay.SCREEN, "signed_at": NOW,
    }  # fmt: skip
    session.add(SignOn(**values | changes))


def two_signatures_of_one_person(session: Session) -> None:
    of, her = version(session), new_id()
    for _ in range(2):
        sign(session, of, person_id=her)


def two_signatures_of_one_household(session: Session) -> None:
    of = version(session)
    for _ in range(2):
        sign(
            session, of, signer=Signer.HOUSEHOLD, household_hash="f" * 64, person_id=new_id()
        )  # fmt: skip


def a_household_without_a_door(session: Session) -> None:
    sign(session, version(session), signer=Signer.HOUSEHOLD, person_id=new_id())


REFUSED: tuple[Callable[[Session], None], ...] = (
    two_rounds_at_once, a_clause_twice_in_a_draft, two_votes_at_once, a_vote_of_nobody,
    a_secret_vote_by_area, one_person_twice_on_a_roll, one_household_twice_on_a_roll,
    struck_off_after_voting, one_person_counts_a_box_twice, a_countersign_without_a_photo,
    two_signatures_of_one_person, two_signatures_of_one_household, a_household_without_a_door,
)  # fmt: skip


def _do(session: Session, act: Callable[[Session], None]) -> None:
    act(session)
    session.flush()
    pytest.fail(act.__name__)


def test_the_database_refuses(database: Database) -> None:
    for act in REFUSED:
        with pytest.raises(IntegrityError), database.write() as session:
            _do(session, act)


def test_a_published_version_never_changes(database: Database) -> None:
    with database.write() as session:
        of = version(session)
        clause = session.scalars(select(VersionClause.clause_id)).one()
        session.add(
            VersionScript(version_id=of.id, clause_id=clause, script="khb", markdown="ᦺᦑ")
        )  # fmt: skip
    for name in FIXED:
        table = Base.metadata.tables[name]
        column = next(iter(table.c.keys()))
        for statement in (
            delete(table), update(table).values({column: table.c[column]}),
        ):  # fmt: skip
            with pytest.raises(DatabaseError, match="never changes"), database.write() as session:
                session.execute(statement)


def test_a_signature_can_be_given_again(database: Database) -> None:
    with database.write() as session:
        of, her = version(session), new_id()
        for withdrawn in (NOW, None):
            sign(session, of, person_id=her, withdrawn_at=withdrawn)


def test_of_a_secret_vote_no_table_has_both_an_elector_and_a_choice() -> None:
    """And what marks the roll has no time beside it."""
    secret = {"convention_vote", "convention_elector", "convention_urn"}
    for name in secret - {"convention_vote"}:
        columns = set(Base.metadata.tables[name].c.keys())
        assert "choice" not in columns
        assert not {column for column in columns if column.endswith("_at")}
    assert set(Base.metadata.tables["convention_urn"].c.keys()) == {"vote_id", "sealed_sums"}
