"""Plaques and their bindings; notices of duty areas, pledges, what was ticked, history."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _pledge_plaque_batch()
    _pledge_plaque()
    _pledge_plaque_binding()
    _pledge_duty_notice()
    _pledge()
    _pledge_extra()
    _pledge_tick()
    _pledge_event()


def _key(table: str) -> list[Any]:
    """A key that begins with the district's code (decision 0040)."""
    return [
        sa.Column("district", sa.String(12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("district", "id", name=f"pk_{table}"),
    ]


def _within(table: str, column: str, target: str, **options: Any) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district", column],
        [f"{target}.district", f"{target}.id"],
        name=f"fk_{table}_{column}",
        **options,
    )


def _only_one(name: str, table: str, columns: list[str], where: str) -> None:
    when = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=when, postgresql_where=when)


def _pledge_plaque_batch() -> None:
    op.create_table(
        "pledge_plaque_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("plaques", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_pledge_plaque_batch"),
        sa.CheckConstraint("plaques >= 1", name="ck_pledge_plaque_batch_plaques"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_pledge_plaque_batch_area_id"),
        sa.UniqueConstraint("number", name="uq_pledge_plaque_batch_number"),
    )
    op.create_index(
        "ix_pledge_plaque_batch_place_path", "pledge_plaque_batch", ["place_path", "made_at"]
    )


def _pledge_plaque() -> None:
    op.create_table(
        "pledge_plaque",
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.String(12), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("replaced_by", sa.String(16)),
        sa.Column("reason", sa.String(200)),
        sa.PrimaryKeyConstraint("code", name="pk_pledge_plaque"),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state IN ('issued', 'bound'))", name="ck_pledge_plaque_ended"
        ),
        sa.CheckConstraint(
            "replaced_by IS NULL OR replaced_by <> code", name="ck_pledge_plaque_other"
        ),
        sa.CheckConstraint(
            "(state = 'replaced') = (replaced_by IS NOT NULL)", name="ck_pledge_plaque_replaced"
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["pledge_plaque_batch.id"], name="fk_pledge_plaque_batch_id"
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by"], ["pledge_plaque.code"], name="fk_pledge_plaque_replaced_by"
        ),
    )
    op.create_index("ix_pledge_plaque_batch_id", "pledge_plaque", ["batch_id", "code"])
    op.create_index("ix_pledge_plaque_replaced_by", "pledge_plaque", ["replaced_by"])


def _pledge_plaque_binding() -> None:
    op.create_table(
        "pledge_plaque_binding",
        *_key("pledge_plaque_binding"),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid()),
        sa.Column("bound_at", MOMENT, nullable=False),
        sa.Column("bound_by", sa.Uuid()),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_why", sa.String(32)),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_why IS NULL)", name="ck_pledge_plaque_binding_ended"
        ),
        sa.ForeignKeyConstraint(
            ["code"], ["pledge_plaque.code"], name="fk_pledge_plaque_binding_code"
        ),
        _within("pledge_plaque_binding", "operator_id", "premises_operator"),
        _within("pledge_plaque_binding", "premises_id", "premises"),
    )
    op.create_index("ix_pledge_plaque_binding_code", "pledge_plaque_binding", ["code", "bound_at"])
    op.create_index(
        "ix_pledge_plaque_binding_premises_id",
        "pledge_plaque_binding",
        ["district", "premises_id", "bound_at"],
    )
    _only_one(
        "uq_pledge_plaque_binding_code", "pledge_plaque_binding", ["code"], "ended_at IS NULL"
    )
    _only_one(
        "uq_pledge_plaque_binding_door",
        "pledge_plaque_binding",
        ["district", "premises_id"],
        "ended_at IS NULL",
    )


def _pledge_duty_notice() -> None:
    op.create_table(
        "pledge_duty_notice",
        *_key("pledge_duty_notice"),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("duty_version", sa.Integer(), nullable=False),
        sa.Column("area_text", sa.String(400), nullable=False),
        sa.Column("way", sa.String(32), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("given_by", sa.Uuid()),
        sa.Column("received_at", MOMENT),
        sa.CheckConstraint("duty_version >= 1", name="ck_pledge_duty_notice_duty_version"),
        sa.CheckConstraint(
            "received_at IS NULL OR received_at >= given_at", name="ck_pledge_duty_notice_received"
        ),
        _within("pledge_duty_notice", "operator_id", "premises_operator"),
        _within("pledge_duty_notice", "premises_id", "premises"),
        sa.UniqueConstraint("number", name="uq_pledge_duty_notice_number"),
        sa.UniqueConstraint(
            "district", "operator_id", "duty_version", name="uq_pledge_duty_notice_once"
        ),
    )
    op.create_index(
        "ix_pledge_duty_notice_premises_id",
        "pledge_duty_notice",
        ["district", "premises_id", "given_at"],
    )


def _pledge_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("letter", sa.String(32), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid()),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("way", sa.String(32), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("signer_id", sa.Uuid()),
        sa.Column("sealed_signature", sa.Text()),
        sa.Column("witness_id", sa.Uuid()),
        sa.Column("paper_key", sa.String(80)),
        sa.Column("paper_thumbnail_key", sa.String(80)),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("salt", sa.String(64)),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("entry_id", sa.Uuid()),
        sa.Column("batch_id", sa.Uuid()),
        sa.Column("renews_id", sa.Uuid()),
        sa.Column("renewal_asked_at", MOMENT),
        sa.Column("ended_at", MOMENT),
    ]


def _pledge_constraints() -> list[Any]:
    return [
        sa.CheckConstraint("(state = 'in_force') = (ended_at IS NULL)", name="ck_pledge_ended"),
        sa.CheckConstraint(
            "letter <> 'frontage' OR notice_id IS NOT NULL", name="ck_pledge_notice"
        ),
        sa.CheckConstraint(
            "(paper_key IS NULL) = (paper_thumbnail_key IS NULL)", name="ck_pledge_paper"
        ),
        sa.CheckConstraint("way = 'code' OR witness_id IS NOT NULL", name="ck_pledge_witness"),
        _within("pledge", "notice_id", "pledge_duty_notice"),
        _within("pledge", "operator_id", "premises_operator"),
        _within("pledge", "premises_id", "premises"),
        _within("pledge", "renews_id", "pledge"),
        sa.ForeignKeyConstraint(["version_id"], ["clause_version.id"], name="fk_pledge_version_id"),
        sa.UniqueConstraint("number", name="uq_pledge_number"),
    ]


def _pledge() -> None:
    op.create_table(
        "pledge",
        *_key("pledge"),
        *_pledge_columns(),
        *_pledge_constraints(),
    )
    op.create_index("ix_pledge_batch_id", "pledge", ["batch_id"])
    op.create_index("ix_pledge_ended_at", "pledge", ["ended_at"])
    op.create_index("ix_pledge_operator_id", "pledge", ["district", "operator_id"])
    op.create_index("ix_pledge_paper_key", "pledge", ["paper_key"])
    op.create_index("ix_pledge_paper_thumbnail_key", "pledge", ["paper_thumbnail_key"])
    op.create_index("ix_pledge_place_path", "pledge", ["place_path", "letter", "state"])
    op.create_index("ix_pledge_premises_id", "pledge", ["district", "premises_id", "signed_at"])
    op.create_index("ix_pledge_signer_id", "pledge", ["signer_id"])
    op.create_index("ix_pledge_version_id", "pledge", ["version_id", "state"])
    _only_one(
        "uq_pledge_in_force", "pledge", ["district", "premises_id", "letter"], "state = 'in_force'"
    )


def _pledge_extra() -> None:
    op.create_table(
        "pledge_extra",
        sa.Column("district", sa.String(12), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("district", "pledge_id", "version_id", name="pk_pledge_extra"),
        _within("pledge_extra", "pledge_id", "pledge", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["clause_version.id"], name="fk_pledge_extra_version_id"
        ),
    )
    op.create_index("ix_pledge_extra_version_id", "pledge_extra", ["version_id"])


def _pledge_tick() -> None:
    op.create_table(
        "pledge_tick",
        sa.Column("district", sa.String(12), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("clause_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("district", "pledge_id", "clause_id", name="pk_pledge_tick"),
        sa.ForeignKeyConstraint(["clause_id"], ["clause.id"], name="fk_pledge_tick_clause_id"),
        _within("pledge_tick", "pledge_id", "pledge", ondelete="CASCADE"),
    )
    op.create_index("ix_pledge_tick_clause_id", "pledge_tick", ["clause_id"])


def _pledge_event() -> None:
    op.create_table(
        "pledge_event",
        *_key("pledge_event"),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("who", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(300)),
        _within("pledge_event", "pledge_id", "pledge"),
    )
    op.create_index("ix_pledge_event_pledge_id", "pledge_event", ["district", "pledge_id", "at"])
