"""Addresses of the pages of signing: what stands in them, and who opens them."""

from sqlalchemy.orm import Session

from pledges.models import PremisesClaim
from pledges.rules.premises import ClaimKind
from pledges.rules.signing import SigningWay
from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from tests.make import pledges as make
from tests.make.pledges import NOW

CASES = {
    **dict.fromkeys(("pledges.sign_at_plaque", "pledges.claim_door"), "sign_plaque"),
    **dict.fromkeys(
        ("pledges.sign_own_place", "pledges.desk_sign", "pledges.desk_sign_sheet"),
        "sign_premises",
    ),
    **dict.fromkeys(
        ("pledges.my_pledge", "pledges.my_letter", "pledges.withdraw_pledge"), "sign_pledge"
    ),
    "pledges.desk_paper": "sign_paper",
    **dict.fromkeys(("pledges.my_claim", "pledges.desk_claim"), "sign_claim"),
}  # fmt: skip


def signing_things(
    session: Session, owner: Person, place: Area, *, code: str = "signing_pages"
) -> dict[str, str]:
    """A shop to sign for behind a plaque, with a claim that waits, and one that pledged."""
    text = make.clauses(session, place, code)
    open_shop = make.premises(session, place, "85号")
    runs = make.operator(session, open_shop, person_id=owner.id)
    plaque = make.plaque(session, place)
    make.hang(session, plaque, open_shop, runs)
    claim = PremisesClaim(
        district=open_shop.district, premises_id=open_shop.id, operator_id=runs.id,
        place_path=place.path, kind=ClaimKind.OTHER_PHONE, person_id=owner.id,
        sealed_name=instance_of(session).vault.seal("王秀英"), made_at=NOW,
    )  # fmt: skip
    session.add(claim)
    pledged = make.premises(session, place, "83号")
    other = make.operator(session, pledged, person_id=owner.id)
    pledge = make.pledge(session, other, text, place_path=place.path, signer_id=owner.id)
    on_paper = make.premises(session, place, "77号")
    paper = make.pledge(
        session, make.operator(session, on_paper), text, place_path=place.path,
        way=SigningWay.VISIT_PAPER, witness_id=new_id(),
    )  # fmt: skip
    session.flush()
    return {
        "sign_plaque": plaque.code, "sign_premises": open_shop.number,
        "sign_pledge": pledge.number, "sign_claim": claim.number,
        "sign_paper": paper.number,
    }  # fmt: skip
