"""Who acts for voluntary service, and what the audit keeps of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.errors import Forbidden


def who(actor: Actor) -> UUID:
    """The person who acts. Raises Forbidden for nobody."""
    if actor.person_id is None:
        raise Forbidden
    return actor.person_id


def note(
    session: Session,
    actor: Actor,
    action: str,
    number: str,
    now: datetime,
    reason: str | None = None,
) -> None:
    """One line of the audit."""
    subject = f"volunteer:{number}"
    note_action(
        session, at=now, actor_id=actor.person_id, action=action, subject=subject, reason=reason
    )
