"""Organisations for tests."""

from datetime import date

from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.kernel.ids import new_id
from portal.organisations.models import Organisation
from portal.organisations.rules import OrganisationKind, Trade


def unit(
    session: Session,
    code: str = "DEMO-UNIT",
    name: str = "环卫中心",
    *,
    kind: OrganisationKind = OrganisationKind.DEPARTMENT,
    trade: Trade | None = None,
    area: Area | None = None,
    parent: Organisation | None = None,
    phone: str | None = None,
    valid_from: date = date(2020, 1, 1),
    valid_to: date | None = None,
) -> Organisation:
    """One organisation that serves a place (or no place)."""
    row = Organisation(
        id=new_id(),
        code=code,
        kind=kind,
        trade=trade,
        name_zh_hans=name,
        area_id=area.id if area else None,
        parent_id=parent.id if parent else None,
        phone=phone,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    session.add(row)
    # others refer to the row
    session.flush()
    return row
