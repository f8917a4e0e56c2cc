"""Signing by a code: what is kept and sealed, and what is refused and changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from pledges.models import (
    Clause,
    DutyNotice,
    Pledge,
    PledgeEvent,
    PledgeTick,
    Premises,
    PremisesOperator,
)
from pledges.queries.letters import checked
from pledges.queries.premises import premises_by_number
from pledges.queries.signing import signature_of
from pledges.rules.clauses import Letter
from pledges.rules.premises import OperatorEnd
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.register import PremisesWish
from pledges.rules.signing import PledgeState, PledgeStep, SigningRefusal, SigningWay
from pledges.service.premises import change_premises
from portal.accounts.models import Person, SignInCode
from portal.accounts.rules import Refusal
from portal.accounts.service import sign_in_with_code
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.ids import new_id
from tests.make import pledges as make
from tests.make.accounts import actor
from tests.make.pledges import NOW, TODAY
from tests.make.sign_in import a_browser, other_than
from tests.make.signing import NAME, STREET, Door, a_door, how_many

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def door(app: Flask, database: Database) -> Door:
    return a_door(database)


def refused(act: Callable[[], Any]) -> Any:
    with pytest.raises(Refused) as told:
        act()
    return told.value.code


def test_what_is_signed_is_sealed_whole_and_can_be_computed_again(door: Door) -> None:
    signed = door.sign_by_code(door.ask())
    [row] = door.pledges()
    assert (row.number, row.digest, row.state) == (
        signed.number,
        signed.digest,
        PledgeState.IN_FORCE,
    )
    with door.database.read() as session:
        whole = signature_of(session, row.id, row.district)
        assert whole is not None
        assert whole.digest().hex() == signed.digest
        assert sha256(whole.canonical()).hexdigest() == signed.digest
        said = whole.canonical().decode()
        ticks = set(session.scalars(select(PledgeTick.clause_id)))
        notice = session.scalars(select(DutyNotice)).one()
        speaker = session.scalars(select(PremisesOperator.person_id)).one()
        has_phone = session.scalars(select(Person.id).where(Person.id == row.signer_id)).one()
    for part in (
        NAME,
        "swept",
        "three",
        "路沿石",
        door.premises,
        door.operator,
        str(row.signer_id),
    ):
        assert part in said
    assert row.salt in said
    assert ticks == set(door.clauses.values())
    assert notice.received_at == notice.given_at == NOW
    # whoever proved the phone of the register speaks for the shop from now on
    assert speaker == has_phone


def test_what_was_signed_reads_back_to_its_hash_and_anything_else_to_another(door: Door) -> None:
    with door.database.write() as session:
        extras = [
            make.clauses(session, door.tree[STREET], code, extra=True)[0].id
            for code in ("one_bin", "shop_sign")
        ]
    door.sign(extras=frozenset(extras))
    [row] = door.pledges()
    with door.database.read() as session:
        whole = signature_of(session, row.id, row.district)
    assert whole is not None
    assert [text.code for text in whole.texts] == ["three", "one_bin", "shop_sign"]
    assert sha256(whole.canonical()).hexdigest() == row.digest
    for change in (
        {"name": whole.name + "·"}, {"salt": "0" * len(whole.salt)}, {"texts": whole.texts[:-1]},
        {"texts": [*whole.texts[:1], *whole.texts[:0:-1]]}, {"notice": None}, {"signer": new_id()},
        {"way": SigningWay.DESK}, {"language": "zh_Hant"}, {"at": NOW + timedelta(seconds=1)},
    ):  # fmt: skip
        other = replace(whole, **change)
        assert sha256(other.canonical()).hexdigest() != row.digest, change


NOT_WHOLE: dict[Any, dict[str, Any]] = {
    SigningRefusal.NO_NAME: {"name": "  "},
    SigningRefusal.NOT_RECEIVED: {"received": False},
    SigningRefusal.NOT_TICKED: {"ticks": frozenset()},
    PledgeRefusal.STRAY_SIGNS: {"name": "=HYPERLINK(1)"},
    SigningRefusal.OTHER_OPERATOR: {"operator": "none"},
    SigningRefusal.NEW_DUTY: {"duty_version": 7},
    SigningRefusal.OTHER_PHONE: {"phone_hash": "0" * 64},
}


def test_nothing_is_signed_that_is_not_whole(door: Door) -> None:
    for why, changes in NOT_WHOLE.items():
        assert refused(partial(door.sign, **changes)) is why
    assert refused(lambda: door.sign(phone_hash=None)) is SigningRefusal.OTHER_PHONE
    one = door.clauses["trees"]
    missing = frozenset(door.clauses.values()) - {one}
    with pytest.raises(Refused) as told:
        door.sign(ticks=missing)
    assert told.value.field == f"tick-{one.hex}"
    assert how_many(door.database, Pledge) == how_many(door.database, DutyNotice) == 0


def test_a_code_signs_once_for_one_operator_in_one_browser_and_signs_nobody_in(door: Door) -> None:
    code = door.ask()
    assert refused(lambda: door.sign_by_code("")) is SigningRefusal.NO_CODE
    assert refused(lambda: door.sign_by_code(code, "another")) is Refusal.CODE_OVER
    with door.database.write() as session, pytest.raises(Refused) as told:
        sign_in_with_code(session, code, a_browser(), now=NOW)
    assert told.value.code is Refusal.CODE_OVER
    late = NOW + timedelta(minutes=11)
    assert refused(lambda: door.sign_by_code(code, now=late)) is Refusal.CODE_OVER
    door.sign_by_code(code)
    assert refused(lambda: door.sign_by_code(code)) is Refusal.CODE_OVER
    assert how_many(door.database, Pledge) == 1


def test_a_code_to_sign_in_signs_nothing(door: Door) -> None:
    with door.database.write() as session:
        session.add(
            SignInCode(
                sealed_phone="x", phone_hash="h", code_hash="c", browser_hash="b", created_at=NOW,
                expires_at=NOW + timedelta(minutes=10),
            )
        )  # fmt: skip
    assert refused(lambda: door.sign_by_code("123456")) is Refusal.CODE_OVER


def test_five_wrong_codes_are_enough(door: Door) -> None:
    code = door.ask()
    for _ in range(5):
        assert refused(lambda: door.sign_by_code(other_than(code))) is Refusal.WRONG_CODE
    assert refused(lambda: door.sign_by_code(code)) is Refusal.CODE_OVER
    assert refused(door.ask) is Refusal.TRY_IN_MINUTES


def test_a_refusal_after_the_right_code_leaves_the_code_good(door: Door) -> None:
    code = door.ask()
    assert refused(lambda: door.sign_by_code(code, ticks=frozenset())) is SigningRefusal.NOT_TICKED
    door.sign_by_code(code)
    assert len(door.pledges()) == 1


def test_the_same_text_is_signed_once_and_a_new_one_renews_it(door: Door) -> None:
    first = door.sign()
    assert refused(door.sign) is SigningRefusal.SIGNED_ALREADY
    newer = door.new_version(swept="门前清扫干净，雪天及时除雪")
    assert refused(door.sign) is SigningRefusal.NEW_TEXT
    with door.database.read() as session:
        ticks = frozenset(session.scalars(select(Clause.id).where(Clause.version_id == newer)))
    second = door.sign(version_id=newer, ticks=ticks, now=NOW + timedelta(days=1))
    old, new = door.pledges()
    assert (old.number, old.state) == (first.number, PledgeState.RENEWED)
    assert (new.number, new.state, new.renews_id) == (second.number, PledgeState.IN_FORCE, old.id)
    with door.database.read() as session:
        steps = list(session.scalars(select(PledgeEvent.step).order_by(PledgeEvent.at)))
    assert sorted(steps) == sorted([PledgeStep.SIGN, PledgeStep.RENEW, PledgeStep.SIGN])


def test_who_left_signs_no_more_and_neither_does_who_changed_her_phone(door: Door) -> None:
    code = door.ask()
    changed = update(PremisesOperator).values(phone_hash="0" * 64)
    with door.database.write() as session:
        session.execute(changed)
    assert refused(lambda: door.sign_by_code(code)) is SigningRefusal.OTHER_PHONE
    left = update(PremisesOperator).values(ends_on=TODAY, ended_why=OperatorEnd.CLOSED)
    with door.database.write() as session:
        session.execute(left)
    assert refused(lambda: door.sign_by_code(code)) is SigningRefusal.OTHER_OPERATOR
    assert refused(door.ask) is SigningRefusal.OTHER_OPERATOR
    assert not door.pledges()


def test_where_no_duty_area_or_no_text_is_nothing_is_signed(door: Door) -> None:
    with door.database.write() as session:
        session.execute(update(Premises).values(duty_words=None, duty_version=0))
    assert refused(lambda: door.sign(duty_version=0)) is SigningRefusal.NO_DUTY
    assert not door.pledges()


def test_r198_one_shop_one_bin_is_signed_beside_as_a_whole_and_only_by_whoever_wants_it(
    door: Door,
) -> None:
    with door.database.write() as session:
        extra, lines = make.clauses(session, door.tree[STREET], "one_bin", extra=True)
        extra_id, codes = extra.id, {one.id for one in lines}
    door.sign()
    with door.database.read() as session:
        assert not codes & set(session.scalars(select(PledgeTick.clause_id)))
    # the same text with one more beside it says something new
    door.sign(extras=frozenset({extra_id}), now=NOW + timedelta(days=1))
    old, new = door.pledges()
    assert (old.state, new.state) == (PledgeState.RENEWED, PledgeState.IN_FORCE)
    with door.database.read() as session:
        assert codes <= set(session.scalars(select(PledgeTick.clause_id)))
        whole = signature_of(session, new.id, new.district)
    assert whole is not None
    assert [text.code for text in whole.texts] == ["three", "one_bin"]
    unknown = frozenset({extra_id, door.premises_id})
    assert refused(lambda: door.sign(extras=unknown)) is SigningRefusal.NEW_TEXT


def test_r183_a_target_letter_between_levels_is_signed_and_checked_by_the_same_service(
    door: Door,
) -> None:
    with door.database.write() as session:
        version, lines = make.clauses(
            session, door.tree[STREET], "target_2026", letter=Letter.TARGET, name_en="Targets"
        )
        wish = {"letter": Letter.TARGET, "version_id": version.id, "received": False,
                "ticks": frozenset(one.id for one in lines)}  # fmt: skip
    door.sign()
    signed = door.sign(**wish)
    frontage, target = door.pledges()
    # each kind of letter has one in force, and only the frontage one rests on a notice
    assert (frontage.state, target.state) == (PledgeState.IN_FORCE, PledgeState.IN_FORCE)
    assert target.notice_id is None
    with door.database.read() as session:
        row = checked(session, signed.number, signed.digest)
        whole = signature_of(session, target.id, target.district)
    assert row is not None
    assert row.letter is Letter.TARGET
    assert whole is not None
    assert whole.digest().hex() == signed.digest
    assert refused(partial(door.sign, **wish)) is SigningRefusal.SIGNED_ALREADY


def test_a_duty_area_that_was_taken_away_and_written_anew_is_a_version_nobody_was_told(
    door: Door,
) -> None:
    door.sign()
    with door.database.write() as session:
        desk = actor(session, door.desk)
        for words in (None, "只到台阶"):
            row = premises_by_number(session, door.premises)
            assert row is not None
            wish = PremisesWish(
                title=row.title, kind=row.kind, trade=row.trade, road=row.road, door=row.door,
                place=STREET, duty_words=words, lon=None, lat=None, heads=None, operator=None,
            )  # fmt: skip
            change_premises(session, desk, door.premises, wish, seen=row.version, now=NOW)
        row = premises_by_number(session, door.premises)
    assert row is not None
    assert row.duty_version == 2
    newer = door.new_version(swept="门前清扫干净，雪天及时除雪")
    with door.database.read() as session:
        ticks = frozenset(session.scalars(select(Clause.id).where(Clause.version_id == newer)))
    door.sign(version_id=newer, ticks=ticks, duty_version=2)
    with door.database.read() as session:
        texts = list(
            session.scalars(select(DutyNotice.area_text).order_by(DutyNotice.duty_version))
        )
    assert texts == ["从店门到路沿石，左右到相邻店铺的中线", "只到台阶"]
