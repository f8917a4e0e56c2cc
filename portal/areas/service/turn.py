"""Changes of places take turns, so that two of them never both pass a check of their neighbours."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.areas.models import AreaVersion
from portal.kernel.ids import new_id


def renew_version(session: Session) -> None:
    """First statement of every change of the tree: waits for its turn and voids the caches."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(AreaVersion).values(id=1, token=new_id())
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[AreaVersion.id], set_={"token": statement.excluded.token}
        )
    )
