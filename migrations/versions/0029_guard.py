"""The retaliation guard, the switch of deductions, and a guardian's yes."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("ended_at IS NULL")
FROZEN = "credit_retaliation_month"


def upgrade() -> None:
    _guard_outcome()
    _guardian()
    _probing_alarm()
    _protected_mark()
    _retaliation_month()
    _switch()
    _freeze()


def _freeze() -> None:
    """A published month is never changed; the function is there since the ledger is."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {FROZEN}_no_{verb.lower()} BEFORE {verb} ON {FROZEN} "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {FROZEN}_no_change BEFORE UPDATE OR DELETE ON {FROZEN} "
        "FOR EACH ROW EXECUTE FUNCTION credit_is_kept()"
    )
    op.execute(
        f"CREATE TRIGGER {FROZEN}_no_truncate BEFORE TRUNCATE ON {FROZEN} "
        "FOR EACH STATEMENT EXECUTE FUNCTION credit_is_kept()"
    )


def _guard_outcome() -> None:
    op.create_table(
        "credit_guard_outcome",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("route", sa.String(length=32), nullable=False),
        sa.Column("proposer_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_credit_guard_outcome")),
        sa.UniqueConstraint("district", "proposal_hash", name="uq_credit_guard_outcome_proposal"),
    )
    op.create_index("ix_credit_guard_outcome_at", "credit_guard_outcome", ["at"], unique=False)
    op.create_index(
        "ix_credit_guard_outcome_proposer",
        "credit_guard_outcome",
        ["proposer_id", "at"],
        unique=False,
    )
    op.create_index(
        "ix_credit_guard_outcome_unit", "credit_guard_outcome", ["unit_id", "at"], unique=False
    )


def _guardian() -> None:
    op.create_table(
        "credit_guardian",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("phone_hash", sa.String(length=64), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_credit_guardian_ended")
        ),
        sa.CheckConstraint("guardian_id <> child_id", name=op.f("ck_credit_guardian_two_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_guardian")),
        sa.UniqueConstraint("number", name=op.f("uq_credit_guardian_number")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_credit_guardian_token_hash")),
    )
    op.create_index(
        "ix_credit_guardian_expires_at", "credit_guardian", ["expires_at"], unique=False
    )
    op.create_index(
        "ix_credit_guardian_guardian_id", "credit_guardian", ["guardian_id"], unique=False
    )
    op.create_index(
        "uq_credit_guardian_open",
        "credit_guardian",
        ["child_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _probing_alarm() -> None:
    op.create_table(
        "credit_probing_alarm",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.String(length=32), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("proposer_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("times >= 1", name=op.f("ck_credit_probing_alarm_times")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_credit_probing_alarm")),
    )
    op.create_index(
        "ix_credit_probing_alarm_about", "credit_probing_alarm", ["about_id", "at"], unique=False
    )
    op.create_index("ix_credit_probing_alarm_at", "credit_probing_alarm", ["at"], unique=False)


def _protected_mark() -> None:
    op.create_table(
        "credit_protected_mark",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("who", sa.LargeBinary(length=32), nullable=False),
        sa.Column("source_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("unit_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_credit_protected_mark")),
    )
    op.create_index(
        "ix_credit_protected_mark_until", "credit_protected_mark", ["until"], unique=False
    )
    op.create_index("ix_credit_protected_mark_who", "credit_protected_mark", ["who"], unique=False)


def _retaliation_month() -> None:
    op.create_table(
        "credit_retaliation_month",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("computed_at", MOMENT, nullable=False),
        sa.Column("smallest_cell", sa.Integer(), nullable=False),
        sa.Column("proposals", sa.Integer(), nullable=True),
        sa.Column("proposals_from", sa.String(length=7), nullable=True),
        sa.Column("never", sa.Integer(), nullable=True),
        sa.Column("outside", sa.Integer(), nullable=True),
        sa.Column("guarded_from", sa.String(length=7), nullable=True),
        sa.Column("alarms", sa.Integer(), nullable=True),
        sa.Column("alarms_from", sa.String(length=7), nullable=True),
        sa.CheckConstraint(
            "(alarms IS NULL) = (alarms_from IS NULL)",
            name=op.f("ck_credit_retaliation_month_alarms"),
        ),
        sa.CheckConstraint(
            "(never IS NULL) = (guarded_from IS NULL) AND (never IS NULL) = (outside IS NULL)",
            name=op.f("ck_credit_retaliation_month_guarded"),
        ),
        sa.CheckConstraint(
            "(proposals IS NULL) = (proposals_from IS NULL)",
            name=op.f("ck_credit_retaliation_month_proposals"),
        ),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_credit_retaliation_month")),
    )


def _switch_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("responsible", sa.String(length=80), nullable=False),
        sa.Column("post", sa.String(length=120), nullable=False),
        sa.Column("document_key", sa.String(length=80), nullable=False),
        sa.Column("document_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("document_public", sa.Boolean(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("on_statement_id", sa.Uuid(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("off_statement_id", sa.Uuid(), nullable=True),
    ]


def _switch() -> None:
    op.create_table(
        "credit_switch",
        *_switch_columns(),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)"
            " AND (confirmed_by IS NULL) = (on_statement_id IS NULL)",
            name=op.f("ck_credit_switch_confirmed"),
        ),
        sa.CheckConstraint(
            "(ended_by IS NULL) = (ended_at IS NULL) AND (ended_by IS NULL) = (reason IS NULL)",
            name=op.f("ck_credit_switch_ended"),
        ),
        sa.CheckConstraint("confirmed_by <> proposed_by", name=op.f("ck_credit_switch_two_people")),
        sa.ForeignKeyConstraint(
            ["district", "off_statement_id"],
            ["credit_entry.district", "credit_entry.id"],
            name="fk_credit_switch_off",
        ),
        sa.ForeignKeyConstraint(
            ["district", "on_statement_id"],
            ["credit_entry.district", "credit_entry.id"],
            name="fk_credit_switch_on",
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_credit_switch")),
        sa.UniqueConstraint("number", name=op.f("uq_credit_switch_number")),
    )
    op.create_index(
        "uq_credit_switch_open",
        "credit_switch",
        ["district"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
