"""Addresses of the pages of signing, handling and rating: what stands in them."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.conventions.models import ConventionVersion, Handling, Head, SignOn
from portal.conventions.rules.community import HandlingWay, HeadRole
from portal.conventions.rules.signing import Signer, SignWay
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from tests.make import conventions as make
from tests.make.conventions import NOW, TODAY
from tests.make.photos import jpeg
from tests.make.signed import publish

CASES = {
    **dict.fromkeys(
        (
            f"conventions.{page}"
            for page in ("signing", "sign_convention", "sign_sheet", "convention_poster",
                         "rate_self_government", "desk_signatures", "desk_sign_sheet",
                         "desk_contested", "desk_convention_basis", "desk_handling_new")
        ),
        "convention_signed",
    ),
    "conventions.desk_signature": "convention_paper_line",
    "conventions.desk_handling": "community_handling",
    "conventions.my_signature": "convention_own_signature",
    "conventions.my_building_matter": "community_handling",
}  # fmt: skip
NO_PAGE = {
    "conventions.desk_signature_photo": "a picture",
}


def sign_things(session: Session, area: Area, her: Person | None = None) -> dict[str, str]:
    """A published version with a line of paper, somebody's signature and building, a record."""
    run = publish(session, make.convention(session, area, title="东阁社区文明公约"))
    version = session.scalars(
        select(ConventionVersion).where(ConventionVersion.round_id == run.id)
    ).one()
    vault = instance_of(session).vault
    paper = instance_of(session).blobs.put(jpeg(), "jpg")
    line = SignOn(
        version_id=version.id, signer=Signer.HOUSEHOLD, way=SignWay.PAPER, sheet="S",
        sealed_name=vault.seal("李明"), sealed_household=vault.seal("3-102"), paper_key=paper,
        household_hash="a" * 64, paper_thumbnail_key=paper, typed_by=new_id(), signed_at=NOW,
    )  # fmt: skip
    her_id = her.id if her else None
    own = SignOn(
        version_id=version.id, signer=Signer.PERSON, way=SignWay.SCREEN, person_id=her_id,
        signed_at=NOW,
    )  # fmt: skip
    place = {"area_id": area.id, "place_path": area.path}
    head = Head(
        **place, role=HeadRole.BUILDING, covers="3号楼", person_id=her_id, made_at=NOW,
        starts_on=TODAY - timedelta(days=900),
    )  # fmt: skip
    session.add_all([line, own, head])
    session.flush()
    handling = Handling(
        **place, way=HandlingWay.PUT_RIGHT, located="3号楼", at=NOW, head_id=head.id
    )
    session.add(handling)
    session.flush()
    return {
        "convention_signed": run.number,
        "convention_paper_line": line.number,
        "convention_own_signature": own.number,
        "community_handling": handling.number,
    }
