"""A backup revives what was ended since: a restore stops what would count or open again."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from credit.models import BasisConsent, Guardianship, Honour, Matter
from credit.queries.guardian import guardian_agreed
from credit.queries.honours import honour_by_number
from credit.queries.matters import MatterRow, matter_by_id
from credit.rules.guardian import Ended
from credit.rules.honours import Wish
from credit.rules.process import BasisKind, MatterState
from credit.service.accounts import consents, end_consent, give_consent
from credit.service.guardian import ask_guardian, close_requests, end_as_child
from credit.service.honours.answering import Answer, answer_honour
from credit.service.process import (
    BasisWish,
    add_basis,
    consent_to_basis,
    object_to,
    run_clocks,
    withdraw_basis_consent,
)
from credit.service.process.reopening import open_windows_again
from credit.service.sealing import seal
from credit.service.withdrawals import end_again
from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from portal.accounts.service import erasure_list, read_erasure_list, write_erasure_list
from portal.accounts.service.people import put_phone
from portal.kernel.clock import now as clock
from portal.kernel.outbox import OutboxMessage, OutboxState
from portal.publicity.rules.articles import ArticleState, ArticleStep
from portal.publicity.service.role_models import take_back
from portal.publicity.service.taken_back import end_again as take_back_again
from portal.site.restore import Restored, restore_backup
from tests.keeping.conftest import House
from tests.make.accounts import person
from tests.make.articles import newsroom
from tests.make.credit import DISTRICT, NOW, adult
from tests.make.honours import asked, granted, honour_rule, shown, street
from tests.make.process import (
    ANNOUNCED,
    DAY,
    NO_PHOTOS,
    PUBLISHED,
    WINDOW_OVER,
    World,
    announced,
    world,
)

NEVER_BEFORE = timedelta(days=15)


def backed_up(house: House, to: Path) -> Path:
    house.back_up(to)
    return to


def put_back(source: Path, house: House, other: House, at: datetime, **erasures: str) -> Restored:
    (other.folder / "ledger").mkdir(exist_ok=True)
    (other.folder / "ledger" / "key").write_bytes((house.folder / "ledger" / "key").read_bytes())
    return restore_backup(other.database, other.instance, source, erasures=erasures, now=at)


def matter_there(house: House, matter_id: UUID) -> MatterRow:
    with house.database.read() as session:
        found = matter_by_id(session, matter_id)
    assert found is not None
    return found


def run(made: World, house: House, at: datetime) -> MatterState:
    run_clocks(house.database, at, gates=made.gates)
    with house.database.read() as session:
        return session.scalars(select(Matter.state)).one()


def waiting_messages(house: House, subject: str) -> list[str]:
    with house.database.read() as session:
        return list(
            session.scalars(
                select(OutboxMessage.template).where(
                    OutboxMessage.subject == subject, OutboxMessage.state == OutboxState.WAITING
                )
            )
        )


def test_L7_an_objection_that_a_restore_lost_lets_nothing_count_before_a_whole_window(
    here: House, there: House, tmp_path: Path
) -> None:
    made = world(here.database)
    with here.database.write() as session:
        put_phone(session, session.get_one(Person, made.subject.id), "+8613800001207")
    matter_id = announced(made)
    day = backed_up(here, tmp_path / "day.tar")
    words = {"statement": "那天我不在平度", "files": NO_PHOTOS, "now": ANNOUNCED + DAY}
    made.do(object_to, person_id=made.subject.id, matter_id=matter_id, **words)
    back = WINDOW_OVER + DAY
    assert put_back(day, here, there, back).stopped == 1
    row = matter_there(there, matter_id)
    assert row.object_until is not None
    assert row.object_until >= back + NEVER_BEFORE
    subject = f"matter:{row.number}"
    assert waiting_messages(there, subject) == ["credit.notice"]
    # a restore that was cut off goes on: she is told once
    with there.database.write() as session:
        assert open_windows_again(session, now=back) == 1
    assert waiting_messages(there, subject) == ["credit.notice"]
    assert run(made, there, back + timedelta(minutes=5)) is MatterState.ANNOUNCED
    with there.database.write() as session:
        object_to(
            session, person_id=made.subject.id, matter_id=matter_id,
            **{**words, "now": back + DAY},
        )  # fmt: skip
    assert matter_there(there, matter_id).state is MatterState.DISPUTED


def test_L7_when_nobody_objects_again_it_counts_after_the_new_window(
    here: House, there: House, tmp_path: Path
) -> None:
    made = world(here.database)
    announced(made)
    back = WINDOW_OVER + DAY
    put_back(backed_up(here, tmp_path / "day.tar"), here, there, back)
    assert run(made, there, back + NEVER_BEFORE - DAY) is MatterState.ANNOUNCED
    assert run(made, there, back + NEVER_BEFORE + DAY) is MatterState.IN_EFFECT


def test_L7_what_the_ledger_lets_go_before_the_new_window_is_over_never_counts(
    here: House, there: House, tmp_path: Path
) -> None:
    made = world(here.database)
    matter_id = announced(made)
    lapses = matter_there(here, matter_id).lapses_at
    assert lapses is not None
    put_back(backed_up(here, tmp_path / "old.tar"), here, there, lapses - DAY)
    assert run(made, there, lapses - timedelta(hours=1)) is MatterState.ANNOUNCED
    assert run(made, there, lapses + timedelta(hours=1)) is MatterState.VOIDED
    assert matter_there(there, matter_id).posted_id is None


def test_links_to_answer_by_are_dead_after_a_restore(
    here: House, there: House, tmp_path: Path
) -> None:
    city = street(here.database)
    seal(here.database, clock())
    with here.database.write() as session:
        put_phone(session, session.get_one(Person, city.nominee.id), "+8613800001209")
        number = asked(session, city, now=clock()).number
        child = person(session)
        child.age_band = AgeBand.UNDER_14
        session.flush()
        ask_guardian(session, child.id, "13800001208", language="en", now=clock())
    restored = put_back(backed_up(here, tmp_path / "day.tar"), here, there, clock())
    assert restored.stopped == 2
    with there.database.write() as session:
        honour = session.scalars(select(Honour).where(Honour.number == number)).one()
        assert (honour.link_hash, honour.state.value) == (None, "asked")
        request = session.scalars(select(Guardianship)).one()
        assert (request.token_hash, request.ended_by) == (None, Ended.EXPIRED)
        assert close_requests(session, now=clock()) == 0
    # where nothing was restored both wait on
    with here.database.read() as session:
        assert session.scalars(select(Guardianship.token_hash)).one() is not None
        link = select(Honour.link_hash).where(Honour.number == number)
        assert session.scalars(link).one() is not None


def the_list(house: House) -> dict[str, str]:
    """The list as it is kept elsewhere, newer than any backup."""
    with house.database.read() as session:
        write_erasure_list(session)
        return read_erasure_list(erasure_list(session))


def test_L5_a_yes_to_points_that_was_ended_since_is_ended_again_and_no_other(
    filled: House, there: House, tmp_path: Path
) -> None:
    with filled.database.write() as session:
        ending, staying, again = (adult(session).id for _ in range(3))
        for one in (ending, staying, again):
            give_consent(session, DISTRICT, one, now=clock())
        end_consent(session, DISTRICT, again, now=clock())
        give_consent(session, DISTRICT, again, now=clock())
    day = backed_up(filled, tmp_path / "day.tar")
    with filled.database.write() as session:
        end_consent(session, DISTRICT, ending, now=clock())
    assert put_back(day, filled, there, clock(), **the_list(filled)).stopped == 1
    with there.database.write() as session:
        given = [consents(session, DISTRICT, one) for one in (ending, staying, again)]
        assert given == [False, True, True]
        # she is free to say yes again, and that yes is another
        give_consent(session, DISTRICT, ending, now=clock())
        assert end_again(session, the_list(filled), now=clock()) == 0
        assert consents(session, DISTRICT, ending)


def test_L5_without_the_newest_list_a_restore_cannot_know_what_was_ended(
    filled: House, there: House, tmp_path: Path
) -> None:
    with filled.database.write() as session:
        her = adult(session).id
        give_consent(session, DISTRICT, her, now=clock())
    day = backed_up(filled, tmp_path / "day.tar")
    with filled.database.write() as session:
        end_consent(session, DISTRICT, her, now=clock())
    assert put_back(day, filled, there, clock()).stopped == 0
    with there.database.read() as session:
        assert consents(session, DISTRICT, her)


def test_L5_a_consent_to_a_convention_that_was_taken_back_ends_what_rests_on_it(
    here: House, there: House, tmp_path: Path
) -> None:
    made = world(here.database)
    wish = BasisWish(
        BasisKind.CONVENTION, "居民公约（演示）", "第三条", "居民会议（演示）", date(2020, 1, 1)
    )
    with here.database.write() as session:
        made.basis = add_basis(session, DISTRICT, wish, actor=made.keeper, now=PUBLISHED)
        for one in (made.subject.id, adult(session).id):
            consent_to_basis(session, made.basis, one, gates=made.gates, now=PUBLISHED)
    announced(made)
    day = backed_up(here, tmp_path / "day.tar")
    made.do(withdraw_basis_consent, made.basis, made.subject.id, now=ANNOUNCED + DAY)
    back = ANNOUNCED + 2 * DAY
    # what rests on it is over, so there is no window to open again
    assert put_back(day, here, there, back, **the_list(here)).stopped == 1
    assert run(made, there, back + timedelta(minutes=2)) is MatterState.VOIDED
    with there.database.read() as session:
        ended = session.execute(select(BasisConsent.person_id, BasisConsent.ended_at)).all()
        assert {row.person_id for row in ended if row.ended_at} == {made.subject.id}
        assert len(ended) == 2


@pytest.mark.parametrize("wish", [Wish.HIDDEN, Wish.DECLINE])
def test_L6_a_name_that_was_hidden_or_declined_since_is_shown_nowhere(
    here: House, there: House, tmp_path: Path, wish: Wish
) -> None:
    honour_rule(here.database)
    city = street(here.database)
    seal(here.database, NOW)
    with here.database.write() as session:
        hers = granted(session, city).number
        other = granted(session, city, nominee=adult(session).number).number
    day = backed_up(here, tmp_path / "day.tar")
    with here.database.write() as session:
        row = honour_by_number(session, hers)
        assert row is not None
        answer_honour(session, row, Answer(wish), now=NOW + DAY)
    assert put_back(day, here, there, NOW + 2 * DAY, **the_list(here)).stopped == 1
    with there.database.write() as session:
        assert [row.number for row in shown(session) if row.name] == [other]
        row = honour_by_number(session, hers)
        assert row is not None
        assert (row.wish, row.name) == (wish, "")
        assert end_again(session, the_list(here), now=NOW + 2 * DAY) == 0


def test_L1_a_guardians_yes_that_was_ended_since_holds_no_more(
    filled: House, there: House, tmp_path: Path
) -> None:
    with filled.database.write() as session:
        mother = person(session).id
        children = [person(session).id for _ in range(2)]
        for child in children:
            session.get_one(Person, child).age_band = AgeBand.UNDER_14
            session.add(
                Guardianship(
                    child_id=child, guardian_id=mother, asked_at=clock(), agreed_at=clock(),
                    expires_at=clock() + DAY,
                )
            )  # fmt: skip
            session.flush()
            give_consent(session, DISTRICT, child, now=clock())
    day = backed_up(filled, tmp_path / "day.tar")
    with filled.database.write() as session:
        end_as_child(session, children[0], now=clock())
    # the guardian's and the child's own
    assert put_back(day, filled, there, clock(), **the_list(filled)).stopped == 2
    with there.database.read() as session:
        assert [guardian_agreed(session, child) for child in children] == [False, True]
        assert [consents(session, DISTRICT, child) for child in children] == [False, True]


def test_L6_a_page_that_somebody_took_back_since_stays_away_and_no_other(
    here: House, there: House, tmp_path: Path
) -> None:
    news = newsroom(here.database)
    seal(here.database, clock())
    hers, staying = (news.about_her() for _ in range(2))
    for number in (hers, staying):
        news.agrees(number)
        news.step(news.second, number, ArticleStep.APPROVE)
    day = backed_up(here, tmp_path / "day.tar")
    with here.database.write() as session:
        take_back(session, news.her, hers, now=NOW)
    assert put_back(day, here, there, clock(), **the_list(here)).stopped == 1
    back = replace(news, database=there.database)
    row = back.row(hers)
    assert (row.state, row.person_id, row.sealed_name) == (ArticleState.ERASED, None, None)
    assert back.seen() == [staying]
    with there.database.write() as session:
        assert take_back_again(session, the_list(here), now=clock()) == 0
