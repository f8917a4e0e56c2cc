"""Keys of programs for tests."""

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import ApiScope
from portal.accounts.service.api_keys import IssuedKey, KeyWish, issue_key
from portal.kernel.clock import now
from tests.make.accounts import person

BOTH = (ApiScope.FILE, ApiScope.READ_OWN)


def key(
    session: Session, owner: Person | None = None, scopes: tuple[ApiScope, ...] = BOTH
) -> IssuedKey:
    """A key of a person, as the operator would issue it."""
    whose = owner or person(session)
    # it is looked up by its number
    session.flush()
    return issue_key(session, None, KeyWish("a program", "", whose.number, scopes), now=now())
