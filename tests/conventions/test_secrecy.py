"""Secrecy: whatever people choose in a secret vote, every row stays the same (0051)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.conventions.models import Elector, Urn
from portal.conventions.rules.counting import Choice
from portal.conventions.rules.kinds import Electorate, Kind
from portal.conventions.rules.votes import BallotWay, sums_in
from portal.conventions.service.ballots import cast_ballot
from portal.conventions.service.papers import TallyWish, type_tally
from portal.conventions.service.roll import mark_paper
from portal.conventions.service.votes import decide_vote
from portal.kernel.db import Base, Database
from portal.kernel.instance import instance_of
from tests.make.votes import AFTER, CALL, DURING, NO_PHOTO, Voting

YES, NO, ABSTAIN, _SPOILT = Choice
# what ballots write
WRITTEN = "convention_elector, convention_urn, convention_open_ballot"
Dump = Mapping[str, Sequence[tuple[Any, ...]]]


def opened(session: Session, value: Any) -> Any:
    """What whoever holds the key can read."""
    if isinstance(value, str):
        try:
            return instance_of(session).vault.unseal(value)
        except ValueError:
            return value
    return value


def dump(session: Session) -> Dump:
    """Every table with every column, in the order in which the database has the rows; sealed
    columns opened."""
    session.flush()
    hidden = "rowid" if session.get_bind().dialect.name == "sqlite" else "ctid"
    found = {}
    for table in Base.metadata.sorted_tables:
        by = f" ORDER BY {hidden}" if hidden == "ctid" else ""
        rows = session.connection().exec_driver_sql(f"SELECT * FROM {table.name}{by}")
        found[table.name] = [tuple(opened(session, cell) for cell in row) for row in rows]
    return found


def after(town: Voting, choices: Sequence[Choice]) -> Dump:
    """The whole database after these ballots, in this order, of which nothing stays."""
    _tidy(town.database)
    with town.database.write() as session:
        for who, choice in zip(town.actors, choices, strict=False):
            cast_ballot(session, who, town.number, choice, now=DURING)
        found = dump(session)
        session.rollback()
    return found


def _tidy(database: Database) -> None:
    """Take away what ballots that were undone left in PostgreSQL's pages: where a later row finds
    room between them would change the order of rows by chance."""
    if database.writer.dialect.name == "postgresql":
        plain = database.writer.execution_options(isolation_level="AUTOCOMMIT")
        with plain.connect() as connection:
            connection.exec_driver_sql(f"VACUUM {WRITTEN}")


def changed(one: Dump, other: Dump) -> set[str]:
    return {name for name in one if one[name] != other[name]}


def test_no_table_tells_who_chose_what(app: Flask, database: Database) -> None:
    town = Voting(database)
    town.call()
    before = after(town, [])
    this = after(town, [YES, NO, NO, ABSTAIN])
    that = after(town, [ABSTAIN, NO, YES, NO])
    # the same sums by other people in another order: not a cell of the database differs
    assert changed(this, that) == set()
    # a ballot writes the roll and the urn and nothing else: no log, no audit, no message
    assert changed(before, this) == {"convention_elector", "convention_urn"}
    # and the sums are there, or this test could not fail
    assert changed(this, after(town, [YES, YES, NO, ABSTAIN])) == {"convention_urn"}


def test_an_open_vote_is_seen_by_the_same_test(app: Flask, database: Database) -> None:
    town = Voting(database, kind=Kind.OWNERS)
    town.call(replace(CALL, electorate=Electorate.HEADS_AND_AREA))
    assert changed(after(town, [YES, NO]), after(town, [NO, YES])) == {"convention_open_ballot"}


def test_the_roll_has_no_time_and_the_urn_always_one_length(app: Flask, database: Database) -> None:
    town = Voting(database)
    town.call()
    lengths = set()
    for at, choice in enumerate((YES, NO, ABSTAIN, YES)):
        town.cast(at, choice)
        with database.read() as session:
            sealed = session.scalars(select(Urn.sealed_sums)).one()
            lengths.add(len(sealed))
            sums = sums_in(instance_of(session).vault.unseal(sealed))
    assert len(lengths) == 1
    assert [sums[choice] for choice in Choice] == [2, 1, 1, 0]
    times = [column.name for column in Elector.__table__.c if "time" in str(column.type).lower()]
    assert times == []


def counted(town: Voting, screen: Sequence[Choice], paper: Sequence[Choice]) -> Dump:
    """The whole database after a vote on the screen and on paper was counted; nothing stays."""
    _tidy(town.database)
    box = {choice: list(paper).count(choice) for choice in Choice}
    with town.database.write() as session:
        for who, choice in zip(town.actors, screen, strict=False):
            cast_ballot(session, who, town.number, choice, now=DURING)
        for at in range(len(paper)):
            roll = str(len(town.people) + at + 1)
            mark_paper(session, town.first, town.number, roll, now=DURING)
        for who in (town.first, town.second):
            wish = TallyWish("1", box, NO_PHOTO)
            type_tally(session, who, town.number, wish, now=AFTER)
            session.flush()
        decide_vote(session, town.first, town.number, None, now=AFTER)
        found = dump(session)
        session.rollback()
    return found


def test_no_table_tells_after_the_count_what_the_screen_gave(
    app: Flask, database: Database
) -> None:
    """The sums are everybody's; whoever could subtract the boxes would know the screen's."""
    town = Voting(database, papers=2)
    town.call()
    this = counted(town, [YES, NO], [NO, YES])
    that = counted(town, [NO, NO], [YES, YES])
    other = counted(town, [YES, YES], [NO, NO])
    # keys of rows are of chance, everything else is the same
    told = [
        {name: sorted(repr(row[1:]) for row in rows) for name, rows in one.items()}
        for one in (this, that, other)
    ]
    assert told[0] == told[1] == told[2]
    for name in ("convention_paper_tally", "convention_urn", "convention_open_ballot"):
        assert this[name] == []
    # nobody is told apart by the way of her vote either
    with town.database.write() as session:
        cast_ballot(session, town.actors[0], town.number, YES, now=DURING)
        mark_paper(session, town.first, town.number, "5", now=DURING)
        for who in (town.first, town.second):
            wish = TallyWish("1", dict.fromkeys(Choice, 0) | {YES: 1}, NO_PHOTO)
            type_tally(session, who, town.number, wish, now=AFTER)
            session.flush()
        decide_vote(session, town.first, town.number, None, now=AFTER)
    with town.database.read() as session:
        ways = session.scalars(select(Elector.took_part).where(Elector.took_part.is_not(None)))
        assert ways.all() == [BallotWay.TOLD_NO_MORE] * 2
