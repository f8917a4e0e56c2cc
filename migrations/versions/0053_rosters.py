"""Rosters: who wants to be asked, what was proposed at once."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _volunteer_ask_me()
    _volunteer_ask_me_window()
    _volunteer_roster()
    _volunteer_roster_proposal()


def _volunteer_ask_me() -> None:
    op.create_table(
        "volunteer_ask_me",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=False),
        sa.Column("place_path", sa.String(length=200), nullable=False),
        sa.Column("away_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["volunteer.person_id"], name=op.f("fk_volunteer_ask_me_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_volunteer_ask_me")),
    )


def _volunteer_ask_me_window() -> None:
    op.create_table(
        "volunteer_ask_me_window",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "end_minute > start_minute AND end_minute <= 1440",
            name=op.f("ck_volunteer_ask_me_window_end"),
        ),
        sa.CheckConstraint("start_minute >= 0", name=op.f("ck_volunteer_ask_me_window_start")),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6", name=op.f("ck_volunteer_ask_me_window_weekday")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["volunteer.person_id"],
            name=op.f("fk_volunteer_ask_me_window_person_id"),
        ),
        sa.PrimaryKeyConstraint(
            "person_id", "weekday", "start_minute", name=op.f("pk_volunteer_ask_me_window")
        ),
    )


def _volunteer_roster() -> None:
    op.create_table(
        "volunteer_roster",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("maker_id", sa.Uuid(), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["volunteer_activity.id"], name=op.f("fk_volunteer_roster_activity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_roster")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_roster_number")),
    )
    op.create_index(
        "ix_volunteer_roster_activity_id", "volunteer_roster", ["activity_id", "id"], unique=False
    )


def _volunteer_roster_proposal() -> None:
    op.create_table(
        "volunteer_roster_proposal",
        sa.Column("sign_up_id", sa.Uuid(), nullable=False),
        sa.Column("roster_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["roster_id"],
            ["volunteer_roster.id"],
            name=op.f("fk_volunteer_roster_proposal_roster_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sign_up_id"],
            ["volunteer_sign_up.id"],
            name=op.f("fk_volunteer_roster_proposal_sign_up_id"),
        ),
        sa.PrimaryKeyConstraint("sign_up_id", name=op.f("pk_volunteer_roster_proposal")),
    )
    op.create_index(
        "ix_volunteer_roster_proposal_roster_id",
        "volunteer_roster_proposal",
        ["roster_id"],
        unique=False,
    )
