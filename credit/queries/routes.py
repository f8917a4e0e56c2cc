"""Where the guard sent a proposal: sealed in the tables, opened here for those who must know (N1).

Whoever has the database but not SECRET_KEY can neither read a route nor write one, nor give a row
that of another.
"""

from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from credit.rules.guard import Route, bound_route, unbound_route
from portal.kernel.instance import instance_of

log = structlog.get_logger("gongzhi.credit")


def seal_route(session: Session, route: Route, table: str, row_id: UUID) -> str:
    """A route as its row keeps it."""
    return instance_of(session).vault.seal(bound_route(route, table, row_id))


def open_route(session: Session, sealed: str | None, table: str, row_id: UUID) -> Route | None:
    """The route of a row; None when there is none, or when it is not what we sealed for this row:
    then it goes to nobody."""
    if sealed is None:
        return None
    try:
        found = unbound_route(instance_of(session).vault.unseal(sealed), table, row_id)
    except ValueError:
        found = None
    if found is None:
        log.error("a route was changed in the database", table=table)
    return found
