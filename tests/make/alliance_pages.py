"""Addresses of the pages of alliances and of off-peak parking: what stands in them."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from pledges.models import (
    Alliance,
    AllianceCandidate,
    AllianceCovenant,
    AllianceElection,
    AllianceHelp,
    AllianceLink,
    AllianceMember,
    ParkingHours,
    ParkingOffer,
    Premises,
    PremisesOperator,
)
from pledges.rules.alliances import LinkKind
from pledges.rules.clauses import Letter
from pledges.rules.elections import ElectionKind
from pledges.rules.parking import ParkingFee, ParkingState, ParkingUser
from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.clock import now
from portal.kernel.instance import instance_of
from tests.make import alliances
from tests.make import pledges as make

_ALLIANCE = (
    "alliance", "my_alliance", "my_alliance_leave", "my_alliance_notice", "my_alliance_link",
    "my_alliance_messages",
    "my_alliance_term", "my_alliance_ask", "my_alliance_covenant", "my_alliance_unsign",
    "my_alliance_draft", "my_alliance_call", "my_alliance_publish", "my_alliance_take_down",
    "desk_alliance", "desk_alliance_notice", "desk_alliance_election", "desk_alliance_term",
    "desk_alliance_end",
)  # fmt: skip
_OFFER = ("parking_offer", "my_offer", "my_offer_change", "my_offer_step", "desk_offer",
          "desk_offer_step")  # fmt: skip
CASES = {
    **{f"pledges.{page}": "alliance" for page in _ALLIANCE},
    "pledges.my_alliance_join": "alliance_to_join",
    "pledges.my_alliance_help": "alliance_help",
    "pledges.my_election": "alliance_election",
    **{f"pledges.{page}": "offer" for page in _OFFER},
    "pledges.my_offer_sign": "offer_written",
    "pledges.my_parking_new": "offer_none",
}
VALUES = {
    ("pledges.my_offer_step", "step"): "pause",
    ("pledges.desk_offer_step", "step"): "end",
}
NO_PAGE = {"pledges.parking_table": "a table to download"}


def alliance_things(session: Session, owner: Person, place: Area) -> dict[str, str]:
    """An alliance led by somebody who speaks for a shop in it, and another that it may join."""
    area, day = place, timedelta(days=1)
    row = alliances.alliance(session, area)
    other = alliances.alliance(session, area, name_zh_hans="夜市联盟")
    door, by = shop(session, area, "75号", owner)
    one = alliances.member(session, row, door, by)
    one.joined_at = now() - 30 * day
    alliances.head(session, row, one, owner)
    election = AllianceElection(
        district=row.district, alliance_id=row.id, kind=ElectionKind.HEAD, term_days=365,
        called_at=now() - 4 * day, polls_at=now() - day, closes_at=now() + 6 * day, roll=3,
    )  # fmt: skip
    vault = instance_of(session).vault
    asked = AllianceHelp(
        district=row.district, alliance_id=row.id, member_id=one.id, person_id=owner.id,
        sealed_words=vault.seal("谁能借一把梯子？"), made_at=now(),
    )  # fmt: skip
    session.add_all([election, asked])
    session.flush()
    _inside(session, row, one, election, owner)
    session.flush()
    return {
        "alliance": row.number, "alliance_to_join": other.number, "alliance_help": asked.number,
        "alliance_election": election.number,
    }  # fmt: skip


def _inside(
    session: Session, row: Alliance, one: AllianceMember, election: AllianceElection, owner: Person
) -> None:
    """A candidate, a covenant and a group."""
    vault, day = instance_of(session).vault, timedelta(days=1)
    session.add_all(
        [
            AllianceCandidate(
                district=row.district, election_id=election.id, member_id=one.id,
                person_id=owner.id, proposed_at=now() - 3 * day, agreed_at=now() - 3 * day,
            ),
            AllianceCovenant(
                district=row.district, alliance_id=row.id, version=1, digest="c" * 64,
                text_zh_hans="一起保持门前整洁。", written_at=now() - day, published_at=now() - day,
            ),
            AllianceLink(
                district=row.district, alliance_id=row.id, kind=LinkKind.QQ, label="商户群",
                sealed_link=vault.seal("123456789"), made_at=now(),
            ),
        ]
    )  # fmt: skip


def shop(
    session: Session, area: Area, door: str, owner: Person, **changes: Any
) -> tuple[Premises, PremisesOperator]:
    """A shop for which somebody speaks."""
    row = make.premises(session, area, door, **changes)
    return row, make.operator(session, row, person_id=owner.id)


def parking_things(
    session: Session, owner: Person, place: Area, code: str = "offpeak_pages"
) -> dict[str, str]:
    """An offer that is shown, one that is written, and a unit without one."""
    text = make.clauses(session, place, code, letter=Letter.PARKING)
    found = dict[str, str]()
    for door, state in (("72号", ParkingState.OFFERED), ("73号", ParkingState.WRITTEN)):
        row, by = shop(session, place, door, owner, title=f"东阁停车场{door}")
        pledge = None
        if state is ParkingState.OFFERED:
            pledge = make.pledge(session, by, text, place_path=place.path, letter=Letter.PARKING).id
        offer = ParkingOffer(
            district=row.district, premises_id=row.id, place_path=place.path, pledge_id=pledge,
            lon=119.95, lat=36.78, spaces=30, open_to=ParkingUser.EVERYBODY, fee=ParkingFee.FREE,
            phone="+866912120000", state=state, starts_on=make.TODAY - timedelta(days=30),
            updated_at=now(),
        )  # fmt: skip
        session.add(offer)
        session.flush()
        session.add(
            ParkingHours(
                district=row.district, offer_id=offer.id, weekday=0, opens=1080, closes=1920
            )
        )
        found["offer" if state is ParkingState.OFFERED else "offer_written"] = offer.number
    bare, _by = shop(session, place, "74号", owner)
    session.flush()
    return {**found, "offer_none": bare.number}
