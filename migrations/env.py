"""Run by ``gongzhi db upgrade`` on an open connection; see ``portal.site.schema``."""

from alembic import context

from portal.kernel.db import Base
from portal.site.schema import COMPARING

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # SQLite can undo DDL as PostgreSQL does: an upgrade happens whole or not at all
    transactional_ddl=True,
    **COMPARING,
)
with context.begin_transaction():
    context.run_migrations()
