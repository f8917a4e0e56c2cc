"""That a sealed entry's log exists is asked once a statement, not once a row.

A foreign key looks the log up for each of 50,000 rows of a sealing, although all of them name the
same one: a quarter of a sealing's time on PostgreSQL.
"""

from alembic import op

revision = "0046"
down_revision = "0045"

FUNCTION = (
    "CREATE FUNCTION credit_log_is_known() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF EXISTS (SELECT DISTINCT log FROM added EXCEPT SELECT number FROM credit_log) THEN "
    "RAISE EXCEPTION 'no such log'; END IF; RETURN NULL; END $$"
)
POSTGRESQL = (
    "CREATE TRIGGER credit_sealed_log AFTER INSERT ON credit_sealed "
    "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION credit_log_is_known()"
)
SQLITE = (
    "CREATE TRIGGER credit_sealed_log BEFORE INSERT ON credit_sealed "
    "WHEN NOT EXISTS (SELECT 1 FROM credit_log WHERE number = NEW.log) "
    "BEGIN SELECT RAISE(ABORT, 'no such log'); END"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("fk_credit_sealed_log", "credit_sealed", type_="foreignkey")
        op.execute(FUNCTION)
        op.execute(POSTGRESQL)
        return
    with op.batch_alter_table("credit_sealed") as table:
        table.drop_constraint("fk_credit_sealed_log", type_="foreignkey")
    _keep()
    op.execute(SQLITE)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER credit_sealed_log ON credit_sealed")
        op.execute("DROP FUNCTION credit_log_is_known()")
        op.create_foreign_key(
            "fk_credit_sealed_log", "credit_sealed", "credit_log", ["log"], ["number"]
        )
        return
    with op.batch_alter_table("credit_sealed") as table:
        table.create_foreign_key("fk_credit_sealed_log", "credit_log", ["log"], ["number"])
    _keep()


def _keep() -> None:
    """SQLite makes the table anew, and a new table has none of the triggers of the old one."""
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER credit_sealed_no_{verb.lower()} BEFORE {verb} ON credit_sealed "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END"
        )
