"""Addresses of ratings, lists and replies of shops: what stands in them, and who opens them."""

from sqlalchemy.orm import Session

from pledges.models import Listing, ListWish, OwnerReply
from pledges.rules.standing import ListKind
from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from tests.make import pledges as make
from tests.make.pledges import NOW, TODAY

WHO = {
    "pledges.my_reply_new": "resident",
    "pledges.my_reply_back": "resident",
}
CASES = {
    **dict.fromkeys(("pledges.rate_frontage_page", "pledges.rated_frontage"), "kept_plaque"),
    **dict.fromkeys(
        ("pledges.desk_confirm_listing", "pledges.desk_remove_listing"), "kept_listing"
    ),
    **dict.fromkeys(("pledges.my_reply_back", "pledges.desk_reply"), "kept_reply"),
    **dict.fromkeys(("pledges.desk_propose_listing", "pledges.my_reply_new"), "kept_premises"),
    "pledges.desk_list_switch": "kept_place",
}  # fmt: skip
VALUES = {
    ("pledges.desk_list_switch", "what"): "on",
    ("pledges.public_listing", "slug"): "exemplary",
}


def kept_things(session: Session, area: Area, door: str, owner: Person | None) -> dict[str, str]:
    """A shop with a plaque, a proposed row of a list and a reply that waits."""
    shop = make.premises(session, area, door)
    runs = make.operator(session, shop, person_id=owner.id if owner else None)
    plaque = make.plaque(session, area)
    make.hang(session, plaque, shop, runs)
    listing = Listing(
        district=shop.district, which=ListKind.EXEMPLARY, premises_id=shop.id,
        operator_id=runs.id, place_path=area.path, evidence="四季整洁", starts_on=TODAY,
        ends_on=TODAY, proposed_at=NOW, proposed_by=new_id(),
    )  # fmt: skip
    reply = OwnerReply(
        district=shop.district, premises_id=shop.id, operator_id=runs.id, place_path=area.path,
        person_id=owner.id if owner else None, at=NOW,
        sealed_words=instance_of(session).vault.seal("谢谢大家的支持"),
    )  # fmt: skip
    session.add_all([listing, reply])
    if session.get(ListWish, area.id) is None:
        session.add(
            ListWish(
                area_id=area.id, place_path=area.path, basis="条例（演示）", asked_at=NOW,
                asked_by=new_id(),
            )
        )  # fmt: skip
    session.flush()
    return {
        "plaque": plaque.code, "listing": listing.number, "reply": reply.number,
        "premises": shop.number, "place": area.code,
    }  # fmt: skip


def shop_page_things(session: Session, owner: Person, place: Area) -> dict[str, str]:
    """The same by the words of addresses."""
    made = kept_things(session, place, "95号", owner)
    return {f"kept_{name}": value for name, value in made.items()}
