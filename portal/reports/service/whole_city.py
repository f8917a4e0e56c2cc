"""Whether somebody may do a thing for the whole city: roles of the city stand at its root."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import root_areas


def may_in_whole_city(session: Session, actor: Actor, permission: Permission) -> bool:
    """Whether a permission holds in every place."""
    if actor.may_everywhere(permission):
        return True
    roots = root_areas(session)
    return bool(roots) and all(actor.may(permission, place_path=root.path) for root in roots)
