"""A ledger erased apart from its account: nothing of it is left, and a backup brings none back."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from credit.models import AccountHolder, EntryDetail
from credit.queries.accounts import accounts_of
from credit.queries.guard import count_marks_over
from credit.queries.mine import lines_of, mine
from credit.rules.kinds import Party
from credit.service import Holder, end_consent, give_consent
from credit.service.personal import PART
from portal.accounts import service as accounts
from portal.accounts.jobs import list_erasures
from portal.accounts.models import ErasureRecord, Person
from portal.accounts.rules import Actor
from portal.kernel.db import Database
from portal.kernel.errors import Missing
from tests.credit.rulebook import shift_rule
from tests.credit.test_facts import publish, tell
from tests.make.accounts import actor
from tests.make.credit import DISTRICT, NOW, account, adult, given
from tests.make.together import at_once

Write = Callable[[Session], Any]


def with_points(session: Session) -> tuple[Person, Actor]:
    who = adult(session)
    given(session, account(session, holder=who.id), 3)
    return who, actor(session, who, NOW)


def in_one(database: Database, act: Write) -> Any:
    with database.write() as session:
        return act(session)


def erase(session: Session, me: Actor) -> None:
    accounts.erase_part(session, me, me.person_id, PART, now=NOW)


def test_L14_only_the_ledger_goes(database: Database) -> None:
    with database.write() as session:
        who, me = with_points(session)
        other, _ = with_points(session)
    in_one(database, lambda session: erase(session, me))
    with database.read() as session:
        assert accounts_of(session, Party.PERSON, who.id) == []
        assert len(accounts_of(session, Party.PERSON, other.id)) == 1
        assert session.get_one(Person, who.id).display_name == who.display_name
        assert lines_of(session, mine(session, who.id).accounts, None) == []
        assert count_marks_over(session, NOW) == 0


def test_nobody_erases_for_somebody_who_is_gone(database: Database) -> None:
    with database.write() as session:
        who, me = with_points(session)
        accounts.erase_person(session, None, who.id, now=NOW)
        with pytest.raises(Missing):
            erase(session, me)


def test_a_backup_from_before_is_cleaned_again_and_one_from_after_is_not(
    database: Database,
) -> None:
    with database.write() as session:
        who, me = with_points(session)
    in_one(database, lambda session: erase(session, me))
    assert list_erasures(database, NOW) == 1
    listed = set(accounts.read_erasure_list(_list_of(database)))

    def again(session: Session) -> int:
        return accounts.apply_erasures(session, listed, now=NOW)

    # she begins anew: what the list knows was done before, and this database knows it too
    in_one(database, lambda session: given(session, account(session, holder=who.id), 2))
    assert in_one(database, again) == 0
    # a backup from before knows nothing of the erasure
    in_one(database, lambda session: session.execute(delete(ErasureRecord)))
    assert in_one(database, again) == 1
    with database.read() as session:
        assert accounts_of(session, Party.PERSON, who.id) == []
        assert len(session.scalars(select(ErasureRecord.person_hash)).all()) == 1
    assert in_one(database, again) == 0


def test_each_erasure_has_a_line_of_its_own(database: Database) -> None:
    with database.write() as session:
        who, me = with_points(session)
    in_one(database, lambda session: erase(session, me))
    assert list_erasures(database, NOW) == 1
    in_one(database, lambda session: given(session, account(session, holder=who.id), 2))
    in_one(database, lambda session: erase(session, me))
    assert list_erasures(database, NOW) == 1
    listed = set(accounts.read_erasure_list(_list_of(database)))
    assert len(listed) == 2
    # a backup from between the two knows the first
    second = listed - set(_first(who, database))
    in_one(database, lambda s: given(s, account(s, holder=who.id), 2))
    in_one(
        database,
        lambda session: session.execute(
            delete(ErasureRecord).where(ErasureRecord.person_hash.in_(second))
        ),
    )
    assert in_one(database, lambda session: accounts.apply_erasures(session, listed, now=NOW)) == 1
    with database.read() as session:
        assert accounts_of(session, Party.PERSON, who.id) == []


def _list_of(database: Database) -> Any:
    return database.info["instance"].config.instance / "erasures.txt"


def _first(who: Person, database: Database) -> list[str]:
    vault = database.info["instance"].vault
    return [vault.keyed_hash("erasure", f"{who.id}/{PART}/0")]


@pytest.mark.parametrize("ends", ["erased", "consent ended"])
def test_a_fact_told_while_she_leaves_comes_wholly_before_or_not_at_all(
    database: Database, ends: str
) -> None:
    publish(database, shift_rule(NOW))
    for _ in range(6):
        with database.write() as session:
            who = adult(session)
            give_consent(session, DISTRICT, who.id, now=NOW)
            me = actor(session, who, NOW)
        holder = Holder.person(who.id)

        def leave(session: Session, me: Actor = me) -> None:
            assert me.person_id
            if ends == "erased":
                erase(session, me)
            else:
                end_consent(session, DISTRICT, me.person_id, now=NOW)

        def earn(session: Session, holder: Holder = holder) -> None:
            tell(session, holder, f"shift:{holder.id}")

        at_once(
            lambda earn=earn: in_one(database, earn),
            lambda leave=leave: in_one(database, leave),
            lambda earn=earn: in_one(database, earn),
        )
        with database.read() as session:
            holders = set(session.scalars(select(AccountHolder.account_id)).all())
            details = set(session.scalars(select(EntryDetail.account_id)).all()) - {None}
            # nothing that could be read lies at an account of nobody
            assert details <= holders
