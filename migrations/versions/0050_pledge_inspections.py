"""Inspections of frontages with answers, scores and photos; breaches and their ladder."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _pledge_visit_plan()
    _pledge_visit_plan_stop()
    _pledge_inspection()
    _pledge_inspection_answer()
    _pledge_inspection_score()
    _pledge_breach()
    _pledge_breach_event()
    _pledge_breach_answer()
    _pledge_photo()


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


def _pledge_visit_plan() -> None:
    op.create_table(
        "pledge_visit_plan",
        *_key("pledge_visit_plan"),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("body", sa.String(32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.CheckConstraint("ends_on >= starts_on", name="ck_pledge_visit_plan_days"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_pledge_visit_plan_area_id"),
        sa.UniqueConstraint("number", name="uq_pledge_visit_plan_number"),
    )
    op.create_index(
        "ix_pledge_visit_plan_place_path", "pledge_visit_plan", ["place_path", "ends_on"]
    )


def _pledge_visit_plan_stop() -> None:
    op.create_table(
        "pledge_visit_plan_stop",
        sa.Column("district", sa.String(12), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "district", "plan_id", "premises_id", name="pk_pledge_visit_plan_stop"
        ),
        _within("pledge_visit_plan_stop", "plan_id", "pledge_visit_plan", ondelete="CASCADE"),
        _within("pledge_visit_plan_stop", "premises_id", "premises"),
        sa.UniqueConstraint(
            "district", "plan_id", "position", name="uq_pledge_visit_plan_stop_position"
        ),
    )
    op.create_index(
        "ix_pledge_visit_plan_stop_premises_id",
        "pledge_visit_plan_stop",
        ["district", "premises_id"],
    )


def _pledge_inspection_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("draft_key", sa.String(64)),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid()),
        sa.Column("pledge_id", sa.Uuid()),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid()),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("body", sa.String(32), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("alliance_id", sa.Uuid()),
        sa.Column("inspector_id", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("words", sa.String(300)),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("voided_at", MOMENT),
        sa.Column("voided_by", sa.Uuid()),
        sa.Column("void_reason", sa.String(200)),
    ]


def _pledge_inspection_constraints() -> list[Any]:
    return [
        sa.CheckConstraint(
            "organisation_id IS NULL OR alliance_id IS NULL", name="ck_pledge_inspection_one_body"
        ),
        sa.CheckConstraint("sent_at >= at", name="ck_pledge_inspection_sent"),
        sa.CheckConstraint(
            "(state = 'void') = (void_reason IS NOT NULL)", name="ck_pledge_inspection_void"
        ),
        _within("pledge_inspection", "alliance_id", "alliance"),
        _within("pledge_inspection", "operator_id", "premises_operator"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_pledge_inspection_organisation_id"
        ),
        _within("pledge_inspection", "plan_id", "pledge_visit_plan"),
        _within("pledge_inspection", "pledge_id", "pledge"),
        _within("pledge_inspection", "premises_id", "premises"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["clause_version.id"], name="fk_pledge_inspection_version_id"
        ),
        sa.UniqueConstraint("draft_key", name="uq_pledge_inspection_draft_key"),
        sa.UniqueConstraint("number", name="uq_pledge_inspection_number"),
    ]


def _pledge_inspection() -> None:
    op.create_table(
        "pledge_inspection",
        *_key("pledge_inspection"),
        *_pledge_inspection_columns(),
        *_pledge_inspection_constraints(),
    )
    op.create_index(
        "ix_pledge_inspection_inspector_id", "pledge_inspection", ["inspector_id", "at"]
    )
    op.create_index("ix_pledge_inspection_place_path", "pledge_inspection", ["place_path", "at"])
    op.create_index("ix_pledge_inspection_plan_id", "pledge_inspection", ["district", "plan_id"])
    op.create_index(
        "ix_pledge_inspection_pledge_id", "pledge_inspection", ["district", "pledge_id"]
    )
    op.create_index(
        "ix_pledge_inspection_premises_id", "pledge_inspection", ["district", "premises_id", "at"]
    )


def _pledge_inspection_answer() -> None:
    op.create_table(
        "pledge_inspection_answer",
        sa.Column("district", sa.String(12), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("clause_id", sa.Uuid(), nullable=False),
        sa.Column("finding", sa.String(32), nullable=False),
        sa.Column("note", sa.String(200)),
        sa.PrimaryKeyConstraint(
            "district", "inspection_id", "clause_id", name="pk_pledge_inspection_answer"
        ),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["clause.id"], name="fk_pledge_inspection_answer_clause_id"
        ),
        _within(
            "pledge_inspection_answer", "inspection_id", "pledge_inspection", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "ix_pledge_inspection_answer_clause_id", "pledge_inspection_answer", ["clause_id"]
    )


def _pledge_inspection_score() -> None:
    op.create_table(
        "pledge_inspection_score",
        sa.Column("district", sa.String(12), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("axis", sa.String(32), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "district", "inspection_id", "axis", name="pk_pledge_inspection_score"
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name="ck_pledge_inspection_score_score"),
        _within(
            "pledge_inspection_score", "inspection_id", "pledge_inspection", ondelete="CASCADE"
        ),
    )


def _pledge_breach_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("pledge_id", sa.Uuid()),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("clause_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_by", sa.Uuid()),
        sa.Column("rectify_by", sa.Date()),
        sa.Column("rectified_at", MOMENT),
        sa.Column("suspended_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("case_number", sa.String(16)),
        sa.Column("matter_number", sa.String(16)),
    ]


def _pledge_breach() -> None:
    op.create_table(
        "pledge_breach",
        *_key("pledge_breach"),
        *_pledge_breach_columns(),
        sa.CheckConstraint(
            "(ended_at IS NOT NULL) = (state IN ('rectified', 'void', 'handed_over'))",
            name="ck_pledge_breach_ended",
        ),
        sa.CheckConstraint(
            "state <> 'to_rectify' OR rectify_by IS NOT NULL", name="ck_pledge_breach_rectify_by"
        ),
        sa.ForeignKeyConstraint(["clause_id"], ["clause.id"], name="fk_pledge_breach_clause_id"),
        _within("pledge_breach", "inspection_id", "pledge_inspection"),
        _within("pledge_breach", "operator_id", "premises_operator"),
        _within("pledge_breach", "pledge_id", "pledge"),
        _within("pledge_breach", "premises_id", "premises"),
        sa.UniqueConstraint("number", name="uq_pledge_breach_number"),
    )
    op.create_index("ix_pledge_breach_case_number", "pledge_breach", ["case_number"])
    op.create_index(
        "ix_pledge_breach_inspection_id", "pledge_breach", ["district", "inspection_id"]
    )
    op.create_index(
        "ix_pledge_breach_place_path", "pledge_breach", ["place_path", "state", "rectify_by"]
    )
    op.create_index(
        "ix_pledge_breach_premises_id", "pledge_breach", ["district", "premises_id", "opened_at"]
    )
    op.create_index("ix_pledge_breach_rectify_by", "pledge_breach", ["state", "rectify_by"])
    _only_one(
        "uq_pledge_breach_clause",
        "pledge_breach",
        ["district", "premises_id", "clause_id"],
        "ended_at IS NULL",
    )


def _pledge_breach_event() -> None:
    op.create_table(
        "pledge_breach_event",
        *_key("pledge_breach_event"),
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("who", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("notice", sa.String(400)),
        sa.Column("reason", sa.String(300)),
        _within("pledge_breach_event", "breach_id", "pledge_breach"),
    )
    op.create_index(
        "ix_pledge_breach_event_breach_id", "pledge_breach_event", ["district", "breach_id", "at"]
    )


def _pledge_breach_answer() -> None:
    op.create_table(
        "pledge_breach_answer",
        *_key("pledge_breach_answer"),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("sealed_words", sa.Text()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("answer_due", sa.Date()),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("outcome", sa.String(32)),
        sa.Column("reason", sa.String(300)),
        sa.CheckConstraint(
            "outcome IS NULL OR kind = 'appeal'", name="ck_pledge_breach_answer_appeal"
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (outcome IS NULL)", name="ck_pledge_breach_answer_decided"
        ),
        sa.CheckConstraint(
            "outcome <> 'rejected' OR reason IS NOT NULL", name="ck_pledge_breach_answer_reason"
        ),
        _within("pledge_breach_answer", "breach_id", "pledge_breach"),
        sa.UniqueConstraint("number", name="uq_pledge_breach_answer_number"),
    )
    op.create_index(
        "ix_pledge_breach_answer_breach_id", "pledge_breach_answer", ["district", "breach_id", "at"]
    )
    op.create_index(
        "ix_pledge_breach_answer_decided_at", "pledge_breach_answer", ["kind", "decided_at"]
    )
    op.create_index("ix_pledge_breach_answer_person_id", "pledge_breach_answer", ["person_id"])
    _only_one(
        "uq_pledge_breach_answer_open",
        "pledge_breach_answer",
        ["district", "breach_id"],
        "kind = 'appeal' AND decided_at IS NULL",
    )


def _pledge_photo_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid()),
        sa.Column("answer_id", sa.Uuid()),
        sa.Column("clause_id", sa.Uuid()),
        sa.Column("side", sa.String(32), nullable=False),
        sa.Column("blob_key", sa.String(80), nullable=False),
        sa.Column("thumbnail_key", sa.String(80), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("checked_at", MOMENT),
        sa.Column("checked_by", sa.Uuid()),
        sa.Column("shown_at", MOMENT),
    ]


def _pledge_photo() -> None:
    op.create_table(
        "pledge_photo",
        *_key("pledge_photo"),
        *_pledge_photo_columns(),
        sa.CheckConstraint(
            "shown_at IS NULL OR checked_at IS NOT NULL", name="ck_pledge_photo_checked"
        ),
        sa.CheckConstraint(
            "(inspection_id IS NULL) <> (answer_id IS NULL)", name="ck_pledge_photo_of_one"
        ),
        sa.CheckConstraint("width > 0 AND height > 0", name="ck_pledge_photo_size"),
        _within("pledge_photo", "answer_id", "pledge_breach_answer", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["clause_id"], ["clause.id"], name="fk_pledge_photo_clause_id"),
        _within("pledge_photo", "inspection_id", "pledge_inspection", ondelete="CASCADE"),
        _within("pledge_photo", "premises_id", "premises"),
        sa.UniqueConstraint("code", name="uq_pledge_photo_code"),
    )
    op.create_index("ix_pledge_photo_answer_id", "pledge_photo", ["district", "answer_id"])
    op.create_index("ix_pledge_photo_blob_key", "pledge_photo", ["blob_key"])
    op.create_index("ix_pledge_photo_inspection_id", "pledge_photo", ["district", "inspection_id"])
    op.create_index(
        "ix_pledge_photo_premises_id", "pledge_photo", ["district", "premises_id", "at"]
    )
    op.create_index("ix_pledge_photo_thumbnail_key", "pledge_photo", ["thumbnail_key"])
