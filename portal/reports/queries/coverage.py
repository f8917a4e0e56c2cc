"""Which communities nobody looks after on the spot (R293)."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.queries import role_holders
from portal.accounts.rules import Permission, Scope, roles
from portal.areas.queries import AreaRow, descendants_at_level
from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of


def lead_roles() -> list[str]:
    """The roles, held in a place, that may settle small matters there: the grid leads."""
    return [
        role.code
        for role in roles().values()
        if role.scope is Scope.AREA and Permission.REPORT_HANDLE in role.permissions
    ]


def communities_without_lead(
    session: Session, now: datetime, *, under: str = "/", level: str = "community"
) -> list[AreaRow]:
    """Communities of today without a lead for themselves or for a grid in them.

    One question for each community: this is for ``gongzhi city check``, not for a page.
    """
    today = city_day(now, instance_of(session).city.zone)
    return [
        community
        for community in descendants_at_level(session, under, level, on=today)
        if not any(role_holders(session, role, community.path, now) for role in lead_roles())
    ]
