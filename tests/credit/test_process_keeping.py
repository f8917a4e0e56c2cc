"""What due process rests on and keeps: a convention agreed to by oneself, working time, erasure."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update

from credit.models import Matter, MatterFile, MatterText, Objection
from credit.queries.accounts import accounts_of, wrong_balances
from credit.queries.matter_desk import without_day
from credit.queries.matters import files_of, matter_by_number
from credit.queries.process import own_matters
from credit.rules.kinds import Party
from credit.rules.ladder import ladder
from credit.rules.process import BasisKind, MatterRefusal, MatterState
from credit.service.process import (
    BasisWish,
    add_basis,
    confirm,
    consent_to_basis,
    decide,
    extend,
    object_to,
    withdraw_basis_consent,
)
from portal.accounts.service import erase_person, export_person
from portal.kernel.db import Base, Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.outbox import OutboxMessage
from portal.kernel.photos import clean_photo
from portal.kernel.uploads import KeptPhotos, keep_upload
from tests.credit.heard import conduct, objected, refused
from tests.make.accounts import person
from tests.make.credit import DISTRICT, adult
from tests.make.photos import jpeg
from tests.make.process import (
    ANNOUNCED,
    CHECKED,
    DAY,
    HOUR,
    NO_PHOTOS,
    PUBLISHED,
    START,
    WINDOW_OVER,
    World,
    announced,
    in_effect,
    proposed,
    shop,
    waiting,
    world,
)

S = MatterState
ACT, SAID = "独一无二的行为甲", "独一无二的陈述乙"


@pytest.fixture
def made(database: Database) -> World:
    return world(database)


def convention(made: World) -> str:
    wish = BasisWish(BasisKind.CONVENTION, "居民公约", "第三条", "公布栏", date(2026, 1, 1))
    return str(made.do(add_basis, DISTRICT, wish, actor=made.keeper, now=PUBLISHED))


def tables(made: World) -> str:
    """Every row of every table, opened where it is sealed with the vault."""
    vault = made.database.info["instance"].vault
    found = []
    with made.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(text(f'SELECT * FROM "{table.name}"')):
                for value in row:
                    found.append(str(value))
                    if isinstance(value, str) and value.startswith("gAAAA"):
                        opened = vault.unseal(value)
                        found.append(opened)
                        found.append(json.dumps(opened, ensure_ascii=False))
                        if opened[:1] in '{["':
                            found.append(str(json.loads(opened)))
    return "\n".join(found)


def test_L2_a_convention_binds_only_whoever_agreed_to_it_herself_and_beforehand(
    made: World,
) -> None:
    number = convention(made)
    with made.database.write() as session:
        household = adult(session)
    made.do(consent_to_basis, number, household.id, gates=made.gates, now=PUBLISHED)
    with pytest.raises(Refused) as error:
        proposed(made, basis=number)
    assert error.value.code is MatterRefusal.NO_BASIS_CONSENT
    made.do(consent_to_basis, number, made.subject.id, gates=made.gates, now=START)
    with pytest.raises(Refused):
        proposed(made, basis=number)  # it happened before she agreed
    later = START + DAY
    assert proposed(made, basis=number, now=later, happened_at=START + HOUR)


def test_L2_her_yes_is_taken_back_as_easily_and_ends_what_rested_on_it(made: World) -> None:
    number = convention(made)
    made.do(consent_to_basis, number, made.subject.id, gates=made.gates, now=PUBLISHED)
    one = in_effect(made, basis=number)
    other = announced(made, basis=number, now=WINDOW_OVER, source="case:2")
    moment = WINDOW_OVER + HOUR
    made.do(withdraw_basis_consent, number, made.subject.id, now=moment)
    assert [made.row(each).stands(moment) for each in (one, other)] == [S.REVERSED, S.VOIDED]
    made.run(moment)
    assert conduct(made) == (0, 0)
    with pytest.raises(Refused):
        proposed(made, basis=number, now=moment, happened_at=moment - DAY)


def test_L2_nobody_agrees_for_a_child_and_a_law_asks_for_no_consent(made: World) -> None:
    with made.database.write() as session:
        unknown = person(session)
    number = convention(made)
    refused(
        made,
        MatterRefusal.NOT_ADULT,
        consent_to_basis,
        number,
        unknown.id,
        gates=made.gates,
        now=START,
    )
    with pytest.raises(Missing):
        made.do(consent_to_basis, made.basis, made.subject.id, gates=made.gates, now=START)


def test_a_shop_can_be_the_subject_and_is_heard_on_paper(made: World) -> None:
    with made.database.write() as session:
        holder = shop(session, made).id
    matter_id = waiting(made, subject="pd-shop-1")
    made.do(
        confirm, matter_id, no_interest=True, actor=made.centre, gates=made.gates, now=ANNOUNCED
    )
    made.run(WINDOW_OVER)
    with made.database.read() as session:
        [account] = accounts_of(session, Party.SHOP, holder)
    assert account.balance == -3


def test_L8_when_another_unit_is_asked_there_are_seven_working_days_and_no_more(
    made: World,
) -> None:
    matter_id = announced(made)
    objected(made, matter_id)
    named = {"actor": made.reviewer, "now": ANNOUNCED + DAY}
    refused(made, MatterRefusal.NO_REASON, extend, matter_id, reason=" ", **named)
    made.do(extend, matter_id, reason="须问市场监管所", **named)
    late = made.row(matter_id).answer_by
    assert late is not None
    # seven working days after Tuesday 3 March end on Thursday 12 March at 18:00
    assert late.isoformat() == "2026-03-12T10:00:00+00:00"
    refused(made, MatterRefusal.EXTENDED_ALREADY, extend, matter_id, reason="再问", **named)


def test_L9_the_ladder_has_its_days_and_where_they_come_from() -> None:
    days = [(step.accept_days, step.days, step.extension_days) for step in ladder()]
    assert days == [(None, 3, 4), (15, 60, 30), (None, 30, 0), (None, 30, 0)]
    assert [step.ask_days for step in ladder()] == [None, 30, 30, 30]
    assert all(step.source and step.names["zh_Hans"] for step in ladder())


def test_L8_where_the_calendar_lacks_a_year_nothing_is_guessed_and_the_desk_is_told(
    made: World,
) -> None:
    beyond = START.replace(year=2031)
    matter_id = announced(made)
    objected(made, matter_id)
    with made.database.write() as session:
        session.execute(update(Objection).values(answer_by=None, opened_at=beyond))
    made.run(ANNOUNCED + 20 * DAY)
    row = made.row(matter_id)
    assert row.answer_by is None
    assert row.stands(ANNOUNCED + 20 * DAY) is S.DISPUTED
    with made.database.read() as session:
        assert without_day(session, ANNOUNCED + 20 * DAY) == 1
    with made.database.write() as session:
        session.execute(update(Objection).values(opened_at=ANNOUNCED + DAY))
    made.run(ANNOUNCED + 21 * DAY)  # the year is known again: the clock that was missed counts
    assert made.row(matter_id).state is S.VOIDED


def kept_photo(made: World, owner: str) -> KeptPhotos:
    zone = made.database.info["instance"].city.zone
    with made.database.write() as session:
        token = keep_upload(session, clean_photo(jpeg(), zone), owner=owner, now=START)
    return KeptPhotos(owner, (token,))


def rows(made: World, model: Any) -> int:
    with made.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def full(made: World) -> UUID:
    """A deduction in effect with a photo and an objection that was answered."""
    photos = kept_photo(made, "desk")
    matter_id = announced(made, act=ACT, files=photos)
    made.do(
        object_to, person_id=made.subject.id, matter_id=matter_id, statement=SAID,
        files=NO_PHOTOS, now=ANNOUNCED,
    )  # fmt: skip
    made.do(
        decide, matter_id, granted=False, reason="独一无二的理由丙", no_interest=True,
        actor=made.reviewer, now=ANNOUNCED,
    )  # fmt: skip
    made.run(WINDOW_OVER)
    return matter_id


def test_L12_when_its_time_is_over_no_table_and_no_file_holds_what_it_was(made: World) -> None:
    matter_id = full(made)
    with made.database.read() as session:
        [file] = files_of(session, [matter_id])
    assert ACT in tables(made)
    over = WINDOW_OVER + 60 * DAY
    made.run(over)
    left = tables(made)
    for words in (ACT, SAID, "独一无二的理由丙"):
        assert words not in left
    assert rows(made, MatterText) == rows(made, MatterFile) == 0
    with pytest.raises(KeyError):
        made.database.info["instance"].blobs.open(file.blob_key)
    with made.database.read() as session:
        assert wrong_balances(session) == []
        assert own_matters(session, made.subject.id, over) == []
        assert matter_by_number(session, made.row(matter_id).number, over) is None


def test_L12_details_of_what_never_counted_go_after_the_citys_time(made: World) -> None:
    lapsed = waiting(made, act=ACT)
    end = made.row(lapsed).confirm_by
    assert end is not None
    made.run(end)
    made.run(end + 30 * DAY - timedelta(seconds=1))
    assert ACT in tables(made)
    made.run(end + 30 * DAY)
    assert ACT not in tables(made)
    assert made.row(lapsed).state is S.LAPSED


def test_L14_everything_is_handed_out_and_forgotten_with_the_account(made: World) -> None:
    full(made)
    running = announced(made, act="另一件", now=WINDOW_OVER, source="case:2")
    made.do(consent_to_basis, convention(made), made.subject.id, gates=made.gates, now=CHECKED)
    with made.database.write() as session:
        records = export_person(session, made.subject.id, now=WINDOW_OVER)["records"]
    assert len(records["credit_matter"]) == 2
    assert {SAID, ACT} <= {row["words"] for row in records["credit_matter_text"]}
    assert len(records["credit_matter_file"]) == len(records["credit_basis_consent"]) == 1
    with made.database.write() as session:
        erase_person(session, None, made.subject.id, now=WINDOW_OVER + HOUR)
    left = tables(made)
    for words in (ACT, SAID, "另一件"):
        assert words not in left
    row = made.row(running)
    assert (row.state, row.subject_person_id) == (S.VOIDED, None)
    made.run(WINDOW_OVER + DAY)
    with made.database.read() as session:
        assert wrong_balances(session) == []
        assert session.scalar(select(func.count()).select_from(Matter)) == 2


def test_what_the_person_is_told_names_no_act_and_is_wiped_with_the_rest(made: World) -> None:
    matter_id = announced(made, act=ACT)
    subject = f"matter:{made.row(matter_id).number}"
    vault = made.database.info["instance"].vault
    with made.database.read() as session:
        [message] = session.scalars(select(OutboxMessage).where(OutboxMessage.subject == subject))
    facts = json.loads(vault.unseal(message.sealed_facts or ""))
    assert set(facts) == {"number", "day"}
    with made.database.write() as session:
        erase_person(session, None, made.subject.id, now=ANNOUNCED + HOUR)
    with made.database.read() as session:
        [message] = session.scalars(select(OutboxMessage).where(OutboxMessage.subject == subject))
    assert message.sealed_to is None
