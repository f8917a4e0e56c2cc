"""The credit ledger: accounts, entries that are only added to, rules, and the sealed log."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

MOMENT = sa.DateTime(timezone=True)
LATER = sa.text("of_id IS NOT NULL")
AWARDS = sa.text("kind = 'award'")
RESOLVING = sa.text(
    "kind IN ('deduction_expire', 'deduction_post', 'deduction_void', 'redeem_post', 'redeem_void')"
)
FORM = " AND ".join(
    f"(amount IS NULL) = ({other})"
    for other in ("digest IS NOT NULL", "unit IS NULL", "debit_id IS NULL", "credit_id IS NULL",
                  "rule IS NULL", "source_hash IS NULL")
)  # fmt: skip
KEPT = ("credit_entry", "credit_sealed", "credit_checkpoint", "credit_rule", "credit_refusal")
FUNCTION = (
    "CREATE OR REPLACE FUNCTION credit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'the ledger is only added to'; END $$"
)


def upgrade() -> None:
    _account()
    _holder()
    _consent()
    _entry()
    _entry_indexes()
    _detail()
    _refusal()
    _due()
    _log()
    _unsealed()
    _sealed()
    _checkpoint()
    _rule()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FUNCTION)
    for table in KEPT:
        _keep(table)


def _keep(table: str) -> None:
    """Triggers that refuse to change or drop a row."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION credit_is_kept()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION credit_is_kept()"
    )


def _account() -> None:
    op.create_table(
        "credit_account",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("party", sa.String(length=32), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "unit <> 'conduct' OR (balance <= 0 AND balance - held >= -100)",
            name=op.f("ck_credit_account_conduct"),
        ),
        sa.CheckConstraint(
            "unit <> 'points' OR balance - held >= 0", name=op.f("ck_credit_account_points")
        ),
        sa.CheckConstraint("held >= 0", name=op.f("ck_credit_account_held")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_credit_account")),
    )


def _holder() -> None:
    op.create_table(
        "credit_holder",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "account_id"],
            ["credit_account.district", "credit_account.id"],
            name="fk_credit_holder_account",
        ),
        sa.PrimaryKeyConstraint("district", "account_id", name=op.f("pk_credit_holder")),
        sa.UniqueConstraint("district", "party", "holder_id", "unit", name="uq_credit_holder_one"),
    )
    op.create_index("ix_credit_holder_holder_id", "credit_holder", ["holder_id"], unique=False)


def _consent() -> None:
    op.create_table(
        "credit_consent",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("district", "person_id", name=op.f("pk_credit_consent")),
    )


def _entry() -> None:
    op.create_table(
        "credit_entry",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=True),
        sa.Column("debit_id", sa.Uuid(), nullable=True),
        sa.Column("credit_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("rule", sa.String(length=70), nullable=True),
        sa.Column("source_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("of_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.CheckConstraint(
            FORM,
            name=op.f("ck_credit_entry_form"),
        ),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000", name=op.f("ck_credit_entry_amount")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_credit_entry_two_accounts")),
        sa.CheckConstraint("of_id <> id", name=op.f("ck_credit_entry_earlier")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_credit_entry")),
    )


def _entry_indexes() -> None:
    op.create_index(
        "ix_credit_entry_credit", "credit_entry", ["district", "credit_id", "id"], unique=False
    )
    op.create_index(
        "ix_credit_entry_debit", "credit_entry", ["district", "debit_id", "id"], unique=False
    )
    op.create_index(
        "ix_credit_entry_of",
        "credit_entry",
        ["district", "of_id"],
        unique=False,
        sqlite_where=LATER,
        postgresql_where=LATER,
    )
    op.create_index(
        "uq_credit_entry_resolved",
        "credit_entry",
        ["district", "of_id"],
        unique=True,
        sqlite_where=RESOLVING,
        postgresql_where=RESOLVING,
    )
    op.create_index(
        "uq_credit_entry_source",
        "credit_entry",
        ["district", "source_hash"],
        unique=True,
        sqlite_where=AWARDS,
        postgresql_where=AWARDS,
    )


def _detail() -> None:
    op.create_table(
        "credit_detail",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed_details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "entry_id"],
            ["credit_entry.district", "credit_entry.id"],
            name="fk_credit_detail_entry",
        ),
        sa.PrimaryKeyConstraint("district", "entry_id", name=op.f("pk_credit_detail")),
    )
    op.create_index(
        "ix_credit_detail_account", "credit_detail", ["district", "account_id"], unique=False
    )


def _refusal() -> None:
    op.create_table(
        "credit_refusal",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_credit_refusal")),
    )


def _due() -> None:
    op.create_table(
        "credit_due",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("district", "entry_id", name=op.f("pk_credit_due")),
    )
    op.create_index(
        "ix_credit_due_account", "credit_due", ["district", "account_id", "due_at"], unique=False
    )
    op.create_index("ix_credit_due_due_at", "credit_due", ["due_at"], unique=False)


def _log() -> None:
    op.create_table(
        "credit_log",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_credit_log_size")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_credit_log")),
        sa.UniqueConstraint("origin", name=op.f("uq_credit_log_origin")),
    )


def _unsealed() -> None:
    op.create_table(
        "credit_unsealed",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("district", "entry_id", name=op.f("pk_credit_unsealed")),
    )
    op.create_index(
        "ix_credit_unsealed_entry_id", "credit_unsealed", ["entry_id", "district"], unique=False
    )


def _sealed() -> None:
    op.create_table(
        "credit_sealed",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("seq >= 0", name=op.f("ck_credit_sealed_seq")),
        sa.ForeignKeyConstraint(["log"], ["credit_log.number"], name=op.f("fk_credit_sealed_log")),
        sa.PrimaryKeyConstraint("log", "seq", name=op.f("pk_credit_sealed")),
        sa.UniqueConstraint("district", "entry_id", name="uq_credit_sealed_entry"),
    )


def _checkpoint() -> None:
    op.create_table(
        "credit_checkpoint",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["log"], ["credit_log.number"], name=op.f("fk_credit_checkpoint_log")
        ),
        sa.PrimaryKeyConstraint("log", "size", name=op.f("pk_credit_checkpoint")),
    )
    op.create_index(
        op.f("ix_credit_checkpoint_made_at"), "credit_checkpoint", ["made_at"], unique=False
    )


def _rule() -> None:
    op.create_table(
        "credit_rule",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fact", sa.String(length=40), nullable=False),
        sa.Column("rule_class", sa.String(length=32), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("life_days", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        sa.Column("proposers", sa.String(length=200), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("life_days BETWEEN 1 AND 1826", name=op.f("ck_credit_rule_life")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_credit_rule_points")),
        sa.CheckConstraint(
            "valid_from >= published_at", name=op.f("ck_credit_rule_not_retroactive")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_credit_rule_version")),
        sa.ForeignKeyConstraint(
            ["district", "statement_id"],
            ["credit_entry.district", "credit_entry.id"],
            name="fk_credit_rule_statement",
        ),
        sa.PrimaryKeyConstraint("district", "code", "version", name=op.f("pk_credit_rule")),
    )
    op.create_index(
        "ix_credit_rule_fact", "credit_rule", ["district", "fact", "valid_from"], unique=False
    )


def downgrade() -> None:
    for table in (
        "credit_rule",
        "credit_checkpoint",
        "credit_sealed",
        "credit_unsealed",
        "credit_log",
        "credit_due",
        "credit_refusal",
        "credit_detail",
        "credit_entry",
        "credit_consent",
        "credit_holder",
        "credit_account",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS credit_is_kept()")
