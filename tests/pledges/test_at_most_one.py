"""What the database itself keeps of pledges, on both engines (decision 0040)."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pledges.models import (
    Alliance,
    AllianceHead,
    AllianceMember,
    Clause,
    Listing,
    ListSwitch,
    ParkingHours,
    ParkingOffer,
    Plaque,
    Pledge,
    Premises,
    PremisesOperator,
)
from pledges.rules.breaches import AnswerKind, AppealOutcome
from pledges.rules.clauses import Letter
from pledges.rules.parking import ParkingFee, ParkingState, ParkingUser
from pledges.rules.plaques import BindingEnd
from pledges.rules.premises import OperatorEnd, PremisesKind, PremisesState
from pledges.rules.signing import PledgeState, SigningWay
from pledges.rules.standing import ListKind
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from tests.make import pledges as make
from tests.make.areas import small_tree
from tests.make.pledges import NOW, TODAY

STREET = "370283001"
Act = Callable[[Session, Mapping[str, Area]], Any]


def shop(session: Session, tree: Mapping[str, Area]) -> tuple[Premises, PremisesOperator]:
    door = make.premises(session, tree[STREET])
    return door, make.operator(session, door)


def signed(session: Session, tree: Mapping[str, Area]) -> tuple[Pledge, list[Clause]]:
    door, by = shop(session, tree)
    text = make.clauses(session, tree[STREET])
    return make.pledge(session, by, text, place_path=door.place_path), text[1]


def two_places_at_one_door(session: Session, tree: Mapping[str, Area]) -> None:
    make.premises(session, tree[STREET])
    make.premises(session, tree[STREET], title="另一家")


def two_operators_at_once(session: Session, tree: Mapping[str, Area]) -> None:
    door, _ = shop(session, tree)
    make.operator(session, door)


def an_end_without_a_reason(session: Session, tree: Mapping[str, Area]) -> None:
    _, by = shop(session, tree)
    by.ends_on = TODAY


def two_pledges_in_force(session: Session, tree: Mapping[str, Area]) -> None:
    pledge, _ = signed(session, tree)
    session.add(
        Pledge(
            district=pledge.district, letter=Letter.FRONTAGE, premises_id=pledge.premises_id,
            operator_id=pledge.operator_id, place_path=pledge.place_path,
            version_id=pledge.version_id, notice_id=pledge.notice_id, way=SigningWay.CODE,
            language="en", signed_at=NOW, digest="f" * 64,
        )
    )  # fmt: skip


def a_pledge_without_its_notice(session: Session, tree: Mapping[str, Area]) -> None:
    pledge, _ = signed(session, tree)
    pledge.notice_id = None


def an_assisted_pledge_without_a_witness(session: Session, tree: Mapping[str, Area]) -> None:
    pledge, _ = signed(session, tree)
    pledge.way = SigningWay.VISIT_PAPER


def a_plaque_at_two_doors(session: Session, tree: Mapping[str, Area]) -> None:
    one = make.plaque(session, tree[STREET])
    for door in ("1号", "2号"):
        make.hang(session, one, make.premises(session, tree[STREET], door))


def two_plaques_at_a_door(session: Session, tree: Mapping[str, Area]) -> None:
    door, _ = shop(session, tree)
    for _ in range(2):
        make.hang(session, make.plaque(session, tree[STREET]), door)


def two_breaches_of_one_clause(session: Session, tree: Mapping[str, Area]) -> None:
    pledge, lines = signed(session, tree)
    found = make.inspection(session, pledge, lines, broken="swept")
    for _ in range(2):
        make.breach(session, found, lines[0])


def two_open_appeals(session: Session, tree: Mapping[str, Area]) -> None:
    pledge, lines = signed(session, tree)
    breach = make.breach(session, make.inspection(session, pledge, lines), lines[0])
    for _ in range(2):
        make.answer(session, breach)


def an_appeal_rejected_without_a_reason(session: Session, tree: Mapping[str, Area]) -> None:
    pledge, lines = signed(session, tree)
    breach = make.breach(session, make.inspection(session, pledge, lines), lines[0])
    make.answer(session, breach, decided_at=NOW, outcome=AppealOutcome.REJECTED)


def a_reply_with_an_outcome(session: Session, tree: Mapping[str, Area]) -> None:
    pledge, lines = signed(session, tree)
    breach = make.breach(session, make.inspection(session, pledge, lines), lines[0])
    make.answer(
        session, breach, kind=AnswerKind.REPLY, decided_at=NOW, outcome=AppealOutcome.DROPPED
    )


def _listing(session: Session, tree: Mapping[str, Area], **changes: Any) -> None:
    door, by = shop(session, tree)
    values: dict[str, Any] = {
        "district": door.district, "which": ListKind.EXEMPLARY, "premises_id": door.id,
        "operator_id": by.id, "place_path": door.place_path, "evidence": "三次检查均符合",
        "starts_on": TODAY, "ends_on": TODAY, "proposed_at": NOW,
    }  # fmt: skip
    session.add(Listing(**values | changes))


def a_list_of_faults_without_a_basis(session: Session, tree: Mapping[str, Area]) -> None:
    _listing(session, tree, which=ListKind.TO_RECTIFY)


def a_listing_by_one_person(session: Session, tree: Mapping[str, Area]) -> None:
    one = new_id()
    _listing(session, tree, proposed_by=one, confirmed_by=one, confirmed_at=NOW)


def a_switch_without_a_basis(session: Session, tree: Mapping[str, Area]) -> None:
    street = tree[STREET]
    session.add(ListSwitch(area_id=street.id, place_path=street.path, basis="", on_at=NOW))


def two_heads_of_an_alliance(session: Session, tree: Mapping[str, Area]) -> None:
    door, by = shop(session, tree)
    alliance = Alliance(
        district=door.district, name_zh_hans="胜利路联盟", area_id=door.area_id,
        place_path=door.place_path, founded_on=TODAY, made_at=NOW,
    )  # fmt: skip
    session.add(alliance)
    session.flush()
    member = AllianceMember(
        district=door.district, alliance_id=alliance.id, premises_id=door.id, operator_id=by.id,
        joined_at=NOW,
    )  # fmt: skip
    session.add(member)
    session.flush()
    for _ in range(2):
        session.add(
            AllianceHead(
                district=door.district, alliance_id=alliance.id, member_id=member.id,
                elected_on=TODAY, starts_on=TODAY, ends_on=TODAY + timedelta(days=365),
            )
        )  # fmt: skip


def _offer(session: Session, tree: Mapping[str, Area], state: ParkingState) -> ParkingOffer:
    door = make.premises(session, tree[STREET], kind=PremisesKind.PARKING)
    offer = ParkingOffer(
        district=door.district, premises_id=door.id, place_path=door.place_path, lon=119.9,
        lat=36.7, spaces=20, open_to=ParkingUser.RESIDENTS, fee=ParkingFee.FREE, state=state,
        starts_on=TODAY, updated_at=NOW,
    )  # fmt: skip
    session.add(offer)
    session.flush()
    return offer


def parking_that_nobody_signed(session: Session, tree: Mapping[str, Area]) -> None:
    _offer(session, tree, ParkingState.OFFERED)


def parking_for_more_than_a_day(session: Session, tree: Mapping[str, Area]) -> None:
    offer = _offer(session, tree, ParkingState.WRITTEN)
    session.add(
        ParkingHours(
            district=offer.district, offer_id=offer.id, weekday=0, opens=60, closes=60 + 1441
        )
    )


@pytest.mark.parametrize(
    "act",
    [
        two_places_at_one_door,
        two_operators_at_once,
        an_end_without_a_reason,
        two_pledges_in_force,
        a_pledge_without_its_notice,
        an_assisted_pledge_without_a_witness,
        a_plaque_at_two_doors,
        two_plaques_at_a_door,
        two_breaches_of_one_clause,
        two_open_appeals,
        an_appeal_rejected_without_a_reason,
        a_reply_with_an_outcome,
        a_list_of_faults_without_a_basis,
        a_listing_by_one_person,
        a_switch_without_a_basis,
        two_heads_of_an_alliance,
        parking_that_nobody_signed,
        parking_for_more_than_a_day,
    ],
)
def test_the_database_refuses(database: Database, act: Act) -> None:
    with database.write() as session:
        tree = small_tree(session)
    with pytest.raises(IntegrityError), database.write() as session:
        act(session, tree)
    with database.read() as session:
        assert session.scalars(select(Premises.id)).all() == []


def test_a_change_of_tenant_leaves_the_door_its_history_and_room_for_the_next(
    database: Database,
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        pledge, lines = signed(session, tree)
        door = session.get_one(Premises, (pledge.district, pledge.premises_id))
        first = session.get_one(PremisesOperator, (pledge.district, pledge.operator_id))
        plaque = make.plaque(session, tree[STREET])
        hung = make.hang(session, plaque, door, first)
        first.ends_on, first.ended_why = TODAY, OperatorEnd.TENANT_CHANGE
        pledge.state, pledge.ended_at = PledgeState.ENDED, NOW
        hung.ended_at, hung.ended_why = NOW, BindingEnd.TENANT_CHANGE
        session.flush()
        second = make.operator(session, door, phone="+8613900000018")
        make.hang(session, plaque, door, second)
        version = (make.clauses(session, tree[STREET], "five")[0], lines)
        make.pledge(session, second, version, place_path=door.place_path)
    with database.read() as session:
        assert len(session.scalars(select(Pledge.id)).all()) == 2
        assert session.scalars(select(Plaque.code)).all() == [plaque.code]


def test_a_door_is_free_again_when_what_stood_there_is_gone(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        old = make.premises(session, tree[STREET])
        old.state, old.gone_on = PremisesState.GONE, TODAY
        session.flush()
        make.premises(session, tree[STREET])
    with database.read() as session:
        assert len(session.scalars(select(Premises.id)).all()) == 2
