"""Reminders of shifts, messages to teams and shifts, and what people want of both."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _volunteer_announcement()
    _volunteer_announcement_receiver()
    _volunteer_reminder()
    _wishes()
    _volunteer_shift()


def _volunteer_announcement() -> None:
    op.create_table(
        "volunteer_announcement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("shift_id", sa.Uuid(), nullable=True),
        sa.Column("writer_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(team_id IS NULL) <> (shift_id IS NULL)", name=op.f("ck_volunteer_announcement_target")
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["volunteer_shift.id"], name=op.f("fk_volunteer_announcement_shift_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["volunteer_team.id"], name=op.f("fk_volunteer_announcement_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_announcement")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_announcement_number")),
    )
    op.create_index(
        "ix_volunteer_announcement_shift_id",
        "volunteer_announcement",
        ["shift_id", "sent_at"],
        unique=False,
    )
    op.create_index(
        "ix_volunteer_announcement_team_id",
        "volunteer_announcement",
        ["team_id", "sent_at"],
        unique=False,
    )


def _volunteer_announcement_receiver() -> None:
    op.create_table(
        "volunteer_announcement_receiver",
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["volunteer_announcement.id"],
            name=op.f("fk_volunteer_announcement_receiver_announcement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_volunteer_announcement_receiver_person_id")
        ),
        sa.PrimaryKeyConstraint(
            "announcement_id", "person_id", name=op.f("pk_volunteer_announcement_receiver")
        ),
    )
    op.create_index(
        "ix_volunteer_announcement_receiver_person_id",
        "volunteer_announcement_receiver",
        ["person_id", "announcement_id"],
        unique=False,
    )


def _volunteer_reminder() -> None:
    op.create_table(
        "volunteer_reminder",
        sa.Column("sign_up_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("about", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["sign_up_id"], ["volunteer_sign_up.id"], name=op.f("fk_volunteer_reminder_sign_up_id")
        ),
        sa.PrimaryKeyConstraint("sign_up_id", "kind", "about", name=op.f("pk_volunteer_reminder")),
    )


def _wishes() -> None:
    for name in ("day_before", "hours_before"):
        wish = sa.Column(name, sa.Boolean(), server_default=sa.true(), nullable=False)
        op.add_column("volunteer", wish)
    op.add_column("volunteer_team_member", sa.Column("muted_at", MOMENT, nullable=True))


def _volunteer_shift() -> None:
    op.add_column("volunteer_shift", sa.Column("changed_at", MOMENT, nullable=True))
