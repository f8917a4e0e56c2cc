"""Working time as tables; limits by condition and place; clocks that stop, and what is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

COUNTS = ("times_extended", "times_suspended", "times_reassigned", "extended_minutes")
MOMENTS = ("clock_from", "paused_at", "paused_until", "promise_if_over")


def upgrade() -> None:
    _calendars()
    _limits()
    _clock_of_a_case()
    _pauses()
    _undo()


def _calendars() -> None:
    op.create_table(
        "work_calendar",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh_Hans", sa.String(length=80), nullable=False),
        sa.Column("name_zh_Hant", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("plan", sa.String(length=80), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("token", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_work_calendar")),
    )
    op.create_table(
        "work_year",
        sa.Column("calendar_code", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_code"], ["work_calendar.code"], name=op.f("fk_work_year_calendar_code")
        ),
        sa.PrimaryKeyConstraint("calendar_code", "year", name=op.f("pk_work_year")),
    )
    op.create_table(
        "work_day",
        sa.Column("calendar_code", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_code"], ["work_calendar.code"], name=op.f("fk_work_day_calendar_code")
        ),
        sa.PrimaryKeyConstraint("calendar_code", "day", name=op.f("pk_work_day")),
    )


def _limits() -> None:
    op.create_table(
        "limit_condition",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_zh_Hans", sa.String(length=80), nullable=False),
        sa.Column("name_zh_Hant", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_limit_condition")),
    )
    op.create_table(
        "handling_limit",
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("condition", sa.String(length=40), nullable=False),
        sa.Column("tag", sa.String(length=32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("stage", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("round_the_clock", sa.Boolean(), nullable=False),
        sa.Column("calendar_code", sa.String(length=40), nullable=True),
        sa.Column("stage_zh_Hans", sa.String(length=40), nullable=False),
        sa.Column("stage_zh_Hant", sa.String(length=40), nullable=False),
        sa.Column("stage_en", sa.String(length=80), nullable=False),
        sa.Column("closing_zh_Hans", sa.String(length=200), nullable=False),
        sa.Column("closing_zh_Hant", sa.String(length=200), nullable=False),
        sa.Column("closing_en", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_handling_limit_minutes")),
        sa.CheckConstraint("stage > 0", name=op.f("ck_handling_limit_stage")),
        sa.ForeignKeyConstraint(
            ["category_code"], ["category.code"], name=op.f("fk_handling_limit_category_code")
        ),
        sa.PrimaryKeyConstraint(
            "category_code", "condition", "tag", "valid_from", "stage",
            name=op.f("pk_handling_limit"),
        ),
    )  # fmt: skip


def _clock_of_a_case() -> None:
    """New columns are empty or nought: nothing is rewritten, however many cases there are."""
    for name in COUNTS:
        op.add_column("cases", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    for name in MOMENTS:
        op.add_column("cases", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name, length in (
        ("condition", 40),
        ("limit_tag", 32),
        ("calendar_code", 40),
        ("pause", 32),
    ):
        op.add_column("cases", sa.Column(name, sa.String(length=length), nullable=True))
    op.add_column("cases", sa.Column("limit_from", sa.Date(), nullable=True))
    op.add_column(
        "cases",
        sa.Column("question_open", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index("ix_cases_paused_until", "cases", ["paused_until"], unique=False)


def _pauses() -> None:
    op.create_table(
        "case_pause",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("until > started_at", name=op.f("ck_case_pause_until")),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_pause_case"
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_case_pause")),
    )
    op.create_index("ix_case_pause_case", "case_pause", ["district", "case_id", "id"], unique=False)


def _undo() -> None:
    """What an undo of the desk puts back."""
    for name, length in (("condition", 40), ("limit_tag", 32), ("calendar_code", 40)):
        column = sa.Column(f"was_{name}", sa.String(length=length), nullable=True)
        op.add_column("desk_batch_case", column)
    op.add_column("desk_batch_case", sa.Column("was_limit_from", sa.Date(), nullable=True))
    op.add_column(
        "desk_batch_case",
        sa.Column("was_times_reassigned", sa.Integer(), server_default="0", nullable=True),
    )


def downgrade() -> None:
    for name in ("condition", "limit_tag", "calendar_code", "limit_from", "times_reassigned"):
        op.drop_column("desk_batch_case", f"was_{name}")
    op.drop_table("case_pause")
    op.drop_index("ix_cases_paused_until", table_name="cases")
    for name in (*COUNTS, *MOMENTS, "condition", "limit_tag", "calendar_code", "pause",
                 "limit_from", "question_open"):  # fmt: skip
        op.drop_column("cases", name)
    for table in ("handling_limit", "limit_condition", "work_day", "work_year", "work_calendar"):
        op.drop_table(table)
