"""Who signs a convention, how often, and that nothing more follows from it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from credit.models import BasisConsent, DeductionBasis, Matter
from credit.rules.process import BasisEnd, MatterRefusal
from credit.service import agree_to_marked, let_speak
from credit.service.process import consent_to_basis
from portal.accounts.queries import actor_for
from portal.accounts.rules import Actor
from portal.accounts.service import Place, grant_role
from portal.areas.rules import Keeper
from portal.conventions.models import SignOn
from portal.conventions.queries.signing import names_of_signers
from portal.conventions.rules.published import EndWay
from portal.conventions.rules.roll import RollProblem
from portal.conventions.rules.signing import SheetProblem, Signer, SignRefusal, SignWay, SignWish
from portal.conventions.service.bases import end_old_bases, end_yes, make_basis
from portal.conventions.service.sheets import BadSheet, undo_lines
from portal.conventions.service.signing import show_name, sign_version, withdraw_signature
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.instance import instance_of
from portal.organisations.service import end_organisation
from tests.make.accounts import LONG_AGO
from tests.make.organisations import unit
from tests.make.process import START, announced, proposed, switch_on
from tests.make.signed import SIGNED_AT, Signing, publish

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOUSE, UNIT = Signer.HOUSEHOLD, Signer.UNIT


@pytest.fixture
def town(app: Flask, database: Database) -> Signing:
    return Signing(database)


def refused(code: Any, act: Any, *given: Any, **named: Any) -> None:
    with pytest.raises(Refused) as caught:
        act(*given, **named)
    assert caught.value.code is code


def shown(town: Signing) -> list[str]:
    with town.database.read() as session:
        return [name for _number, name in names_of_signers(session, town.version_id)]


def test_a_person_a_household_and_a_unit_sign_once_each(town: Signing) -> None:
    with town.database.write() as session:
        shop = unit(session, "PD-SHOP-1", "好味小吃店", area=town.area)
        let_speak(session, organisation_id=shop.id, person_id=town.people[1].id,
                  source="operator:1", now=SIGNED_AT)  # fmt: skip
    town.sign(0)
    town.sign(0, HOUSE, door="3-101")
    town.sign(1, UNIT, unit="PD-SHOP-1", named=True)
    refused(SignRefusal.SIGNED, town.sign, 0)
    refused(SignRefusal.SIGNED, town.sign, 0, HOUSE, door="3-102")
    refused(SignRefusal.UNIT_SIGNED, town.sign, 1, UNIT, unit="PD-SHOP-1")
    # of whom she does not speak
    refused(SignRefusal.NO_UNIT, town.sign, 0, UNIT, unit="PD-SHOP-1")
    refused(SignRefusal.NO_DOOR, town.sign, 1, HOUSE)
    refused(SignRefusal.NO_NAME, town.sign, 1, named=True)
    assert vars(town.counts) == {"people": 1, "households": 1, "units": 1, "paper": 0}
    assert shown(town) == ["好味小吃店"]


def test_r004_the_successor_takes_back_what_a_unit_signed(town: Signing) -> None:
    with town.database.write() as session:
        old, new = (unit(session, code, area=town.area) for code in ("OLD-1", "NEW-1"))
        for one, of in ((0, old), (1, new)):
            at = Place(area_id=None, organisation_id=of.id)
            grant_role(session, None, town.people[one].id, "handling_unit", at, now=LONG_AGO)

    def acts(at: int) -> Actor:
        with town.database.read() as session:
            return actor_for(session, town.people[at].id, SIGNED_AT, second_factor=True)

    number = town.act(sign_version, acts(0), town.number, SignWish(UNIT, unit="OLD-1"))
    with pytest.raises(Missing):
        town.act(withdraw_signature, acts(1), number)
    town.act(
        end_organisation, Keeper(None, None), "OLD-1", on=SIGNED_AT.date(), successor_code="NEW-1"
    )
    # she signs for the new one only
    refused(
        SignRefusal.NO_UNIT, town.act, sign_version, acts(1), town.number,
        SignWish(UNIT, unit="OLD-1"),
    )  # fmt: skip
    town.act(withdraw_signature, acts(1), number)
    assert town.counts.units == 0


def test_a_household_is_one_however_its_door_is_written(town: Signing) -> None:
    town.sign(0, HOUSE, door="丁香苑3-101")
    refused(SignRefusal.HOUSEHOLD_SIGNED, town.sign, 1, HOUSE, door=" 丁香苑３－１０１")
    town.sign(1)
    assert vars(town.counts) == {"people": 1, "households": 1, "units": 0, "paper": 0}
    with town.database.read() as session:
        kept = " ".join(str(row) for row in session.execute(select(*SignOn.__table__.c)))
    assert "丁香苑" not in kept


def test_doors_are_not_tried_one_after_the_other(town: Signing) -> None:
    """Or whoever asks would learn who has signed and who has not."""
    town.sign(0, HOUSE, door="3-101")
    for _ in range(5):
        refused(SignRefusal.HOUSEHOLD_SIGNED, _counted, town)
    refused(SignRefusal.TOO_MANY, _counted, town)


def _counted(town: Signing) -> None:
    """A try as a page makes it: what it cost stays written."""
    found = None
    with town.database.write() as session:
        try:
            sign_version(
                session, town.actors[1], town.number, SignWish(HOUSE, door="3-101"), now=SIGNED_AT
            )
        except Refused as refusal:
            found = refusal
    assert found is not None
    raise found


def test_a_name_is_read_while_she_wants_it_and_not_kept_otherwise(town: Signing) -> None:
    number = town.sign(0, name="王秀英")
    assert shown(town) == []
    with town.database.read() as session:
        assert session.scalars(select(SignOn.sealed_name)).one() is None
    refused(SignRefusal.NO_NAME, town.act, show_name, town.actors[0], number, " ", show=True)
    town.act(show_name, town.actors[0], number, "王秀英", show=True)
    assert shown(town) == ["王秀英"]
    with pytest.raises(Missing):
        town.act(show_name, town.actors[1], number, "王", show=True)
    town.act(show_name, town.actors[0], number, "", show=False)
    assert shown(town) == []


def test_a_signature_is_withdrawn_and_given_again(town: Signing) -> None:
    number = town.sign(0, name="王秀英", named=True)
    with pytest.raises(Missing):
        town.act(withdraw_signature, town.actors[1], number)
    town.act(withdraw_signature, town.actors[0], number)
    refused(SignRefusal.WITHDRAWN, town.act, withdraw_signature, town.actors[0], number)
    assert town.counts.people == 0
    town.sign(0)
    assert [one.stands for one in town.signed_by(0)] == [True, False]


def test_of_a_new_version_everybody_is_asked_anew(town: Signing) -> None:
    town.sign(0)
    with town.database.write() as session:
        publish(session, town.of, 2)
    refused(SignRefusal.NEWER, town.sign, 1)
    assert town.counts.people == 1


def test_what_has_ended_is_not_signed(town: Signing) -> None:
    with town.database.write() as session:
        of = session.merge(town.of)
        of.ended_on, of.ended_why, of.ended_way = SIGNED_AT.date() - DAY, "社区合并", EndWay.LAW
    refused(SignRefusal.ENDED, town.sign, 0)


def test_a_sheet_is_typed_whole_or_not_at_all(town: Signing) -> None:
    town.sign(0, HOUSE, door="3-101")
    with pytest.raises(BadSheet) as caught:
        town.sheet("王秀英,3-101\n李明,3-102\n张伟,\n赵,３-102")
    assert caught.value.flaws == [
        (3, RollProblem.NO_DOOR, {}), (4, RollProblem.DOOR_TWICE, {"first": 2}),
    ]  # fmt: skip
    with pytest.raises(BadSheet) as caught:
        town.sheet("李明,3-102\n王秀英,3-101")
    assert caught.value.flaws == [(2, SheetProblem.SIGNED, {})]
    assert town.counts.households == 1
    refused(RollProblem.TOO_LARGE, town.sheet, "\n".join(f"人,9-{at}" for at in range(61)))
    assert town.sheet("李明,3-102\n张伟,3-103") == 2
    assert town.sheet("李明,3-102\n李明,3-103", Signer.PERSON) == 2
    assert vars(town.counts) == {"people": 2, "households": 3, "units": 0, "paper": 2}
    with pytest.raises(BadSheet):
        town.sheet("李 明,3-102", Signer.PERSON)


def test_a_sheet_is_undone_by_line_and_whole_and_its_photo_goes_last(town: Signing) -> None:
    town.sheet("李明,3-102\n张伟,3-103\n赵强,3-104")
    with town.database.read() as session:
        numbers = session.scalars(select(SignOn.number).order_by(SignOn.id)).all()
        key = session.scalars(select(SignOn.paper_key)).first()
    town.act(undo_lines, town.committee, numbers[0], whole=False)
    with town.database.read() as session:
        assert key in set(instance_of(session).blobs.every_key())
    with pytest.raises(Missing):
        town.act(undo_lines, town.actors[0], numbers[1], whole=True)
    town.act(undo_lines, town.committee, numbers[1], whole=True)
    assert town.counts.households == 0
    with town.database.read() as session:
        assert key not in set(instance_of(session).blobs.every_key())
        kept = session.scalars(select(SignOn.sealed_household)).all()
    assert kept == [None] * 3
    # it can be typed again, as it was meant
    assert town.sheet("李明,3-102") == 1


def test_L5_signing_works_without_any_yes_and_a_yes_without_signing_does_not(
    town: Signing,
) -> None:
    town.make_basis()
    town.sign(0)
    with town.database.read() as session:
        assert session.scalars(select(BasisConsent)).all() == []
    # neither a signature of the household nor one of nobody opens the way
    town.sign(1, HOUSE, door="3-101")
    refused(SignRefusal.NOT_SIGNED, town.yes, 1)
    town.yes(0)
    town.yes(0)
    town.act(end_yes, town.actors[0], town.number)
    assert town.counts.people == 1
    town.yes(0)


def test_L2_whoever_has_not_signed_herself_or_said_no_yes_is_never_charged(
    town: Signing,
) -> None:
    basis = town.make_basis()
    world = replace(town.ledger, subject=town.people[0], basis=basis)
    stops = (MatterRefusal.NO_BASIS_CONSENT, proposed, world)
    refused(*stops)
    town.sign(0, HOUSE, door="3-101")
    refused(*stops)
    town.sign(0)
    refused(*stops)
    town.yes(0)
    assert proposed(world)
    # her neighbour, and whoever lives with her, are not meant by it
    refused(MatterRefusal.NO_BASIS_CONSENT, proposed, replace(world, subject=town.people[1]))


def test_L2_no_other_door_leads_to_a_yes_under_a_published_convention(town: Signing) -> None:
    basis = town.make_basis()
    with pytest.raises(Missing):
        town.act(consent_to_basis, basis, town.people[1].id, gates=town.ledger.gates)
    with pytest.raises(Missing):
        town.act(agree_to_marked, "no such", town.people[1].id)


def test_L5_with_her_signature_her_yes_ends_and_what_rested_on_it(town: Signing) -> None:
    basis = town.make_basis()
    number = town.sign(0)
    town.yes(0)
    world = replace(town.ledger, subject=town.people[0], basis=basis)
    announced(world)
    at = START + 2 * DAY
    town.act(withdraw_signature, town.actors[0], number, now=at)
    with town.database.read() as session:
        assert session.scalars(select(BasisConsent.ended_at)).one() == at
        assert session.scalars(select(Matter.basis_ended_at)).one() == at
    refused(SignRefusal.NOT_SIGNED, town.yes, 0)


def test_L10_a_version_that_was_followed_is_no_basis_any_more(town: Signing) -> None:
    town.make_basis()
    town.sign(0)
    town.yes(0)
    with town.database.write() as session:
        publish(session, town.of, 2, effective_from=(START + 5 * DAY).date())
    assert end_old_bases(town.database, START) == 0
    assert end_old_bases(town.database, START + 6 * DAY) == 1
    with town.database.read() as session:
        why = session.scalars(
            select(DeductionBasis.revoked_because).where(DeductionBasis.marker.is_not(None))
        ).one()
    assert why == BasisEnd.SUPERSEDED
    assert end_old_bases(town.database, START + 7 * DAY) == 0
    # the yes to it can still be ended
    town.act(end_yes, town.actors[0], town.number, now=START + 7 * DAY)


def test_a_version_is_one_basis_at_a_time(town: Signing) -> None:
    town.make_basis()
    refused(SignRefusal.ALREADY_BASIS, town.make_basis, on=False)
    with pytest.raises(Missing):
        town.act(make_basis, town.committee, town.number, "公告")


def test_only_adults_agree_and_only_where_deductions_are_on(town: Signing) -> None:
    town.make_basis(on=False)
    town.sign(0)
    refused(MatterRefusal.SWITCHED_OFF, town.yes, 0)
    switch_on(town.ledger, SIGNED_AT - HOUR)
    town.sign(2)
    refused(MatterRefusal.NOT_ADULT, town.yes, 2)


def test_paper_lines_have_no_account(town: Signing) -> None:
    town.sheet("李明,3-102", Signer.PERSON)
    with town.database.read() as session:
        row = session.execute(select(SignOn.way, SignOn.person_id, SignOn.named_at)).one()
    assert tuple(row) == (SignWay.PAPER, None, None)
