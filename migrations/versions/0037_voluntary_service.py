"""Volunteers: teams, activities, shifts with their seats, and who signed up."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _volunteer()
    _volunteer_activity()
    _volunteer_team()
    _volunteer_activity_tag()
    _volunteer_activity_team()
    _volunteer_shift()
    _volunteer_team_member()
    _volunteer_shift_post()
    _volunteer_sign_up()
    _volunteer_sign_up_event()


def _volunteer() -> None:
    op.create_table(
        "volunteer",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("named_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_volunteer_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_volunteer")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_number")),
    )


def _volunteer_activity_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("title_zh_hans", sa.String(length=60), nullable=True),
        sa.Column("title_zh_hant", sa.String(length=60), nullable=True),
        sa.Column("title_en", sa.String(length=60), nullable=True),
        sa.Column("words_zh_hans", sa.Text(), nullable=True),
        sa.Column("words_zh_hant", sa.Text(), nullable=True),
        sa.Column("words_en", sa.Text(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=200), nullable=False),
        sa.Column("meeting_place", sa.String(length=200), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("risky", sa.Boolean(), nullable=False),
        sa.Column("risks", sa.String(length=500), nullable=False),
        sa.Column("insurance", sa.String(length=500), nullable=False),
        sa.Column("gear", sa.String(length=500), nullable=False),
        sa.Column("youngest", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("writer_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
    ]


def _volunteer_activity() -> None:
    op.create_table(
        "volunteer_activity",
        *_volunteer_activity_columns(),
        sa.CheckConstraint(
            "NOT risky OR insurance <> ''", name=op.f("ck_volunteer_activity_insured")
        ),
        sa.CheckConstraint(
            "(lon IS NULL) = (lat IS NULL)", name=op.f("ck_volunteer_activity_point")
        ),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name=op.f("fk_volunteer_activity_area_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_volunteer_activity_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_activity")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_activity_number")),
    )
    op.create_index(
        "ix_volunteer_activity_state_place",
        "volunteer_activity",
        ["state", "place_path", "id"],
        unique=False,
    )


def _volunteer_team_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=200), nullable=False),
        sa.Column("name_zh_hans", sa.String(length=60), nullable=False),
        sa.Column("name_zh_hant", sa.String(length=60), nullable=True),
        sa.Column("name_en", sa.String(length=60), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
    ]


def _volunteer_team() -> None:
    op.create_table(
        "volunteer_team",
        *_volunteer_team_columns(),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_volunteer_team_dates")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_volunteer_team_area_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_volunteer_team_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_team")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_team_number")),
    )
    op.create_index(
        "ix_volunteer_team_organisation_id", "volunteer_team", ["organisation_id"], unique=False
    )
    op.create_index("ix_volunteer_team_place_path", "volunteer_team", ["place_path"], unique=False)


def _volunteer_activity_tag() -> None:
    op.create_table(
        "volunteer_activity_tag",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["volunteer_activity.id"],
            name=op.f("fk_volunteer_activity_tag_activity_id"),
        ),
        sa.PrimaryKeyConstraint("activity_id", "tag", name=op.f("pk_volunteer_activity_tag")),
    )


def _volunteer_activity_team() -> None:
    op.create_table(
        "volunteer_activity_team",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["volunteer_activity.id"],
            name=op.f("fk_volunteer_activity_team_activity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["volunteer_team.id"], name=op.f("fk_volunteer_activity_team_team_id")
        ),
        sa.PrimaryKeyConstraint("activity_id", "team_id", name=op.f("pk_volunteer_activity_team")),
    )
    op.create_index(
        "ix_volunteer_activity_team_team_id", "volunteer_activity_team", ["team_id"], unique=False
    )


def _volunteer_shift_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("original_on", sa.Date(), nullable=True),
        sa.Column("duty", sa.String(length=32), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=200), nullable=False),
        sa.Column("meeting_place", sa.String(length=200), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("opens_at", MOMENT, nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("cancel_reason", sa.String(length=200), nullable=True),
    ]


def _volunteer_shift() -> None:
    op.create_table(
        "volunteer_shift",
        *_volunteer_shift_columns(),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)",
            name=op.f("ck_volunteer_shift_cancelled"),
        ),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_volunteer_shift_point")),
        sa.CheckConstraint(
            "(series_id IS NULL) = (original_on IS NULL)", name=op.f("ck_volunteer_shift_series")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_volunteer_shift_ends")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["volunteer_activity.id"], name=op.f("fk_volunteer_shift_activity_id")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_volunteer_shift_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_shift")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_shift_number")),
        sa.UniqueConstraint("series_id", "original_on", name="uq_volunteer_shift_series"),
    )
    op.create_index(
        "ix_volunteer_shift_activity_id",
        "volunteer_shift",
        ["activity_id", "starts_at"],
        unique=False,
    )
    op.create_index(
        "ix_volunteer_shift_place", "volunteer_shift", ["place_path", "starts_at"], unique=False
    )
    op.create_index(
        "ix_volunteer_shift_starts_at", "volunteer_shift", ["starts_at", "id"], unique=False
    )


def _volunteer_team_member() -> None:
    op.create_table(
        "volunteer_team_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "left_at IS NULL OR left_at >= joined_at", name=op.f("ck_volunteer_team_member_left")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_volunteer_team_member_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["volunteer_team.id"], name=op.f("fk_volunteer_team_member_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_team_member")),
    )
    op.create_index(
        "ix_volunteer_team_member_person_id", "volunteer_team_member", ["person_id"], unique=False
    )
    op.create_index(
        "uq_volunteer_team_member_there",
        "volunteer_team_member",
        ["team_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )


def _volunteer_shift_post() -> None:
    op.create_table(
        "volunteer_shift_post",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("qualification", sa.String(length=32), nullable=True),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("least BETWEEN 0 AND seats", name=op.f("ck_volunteer_shift_post_least")),
        sa.CheckConstraint("seats >= 1", name=op.f("ck_volunteer_shift_post_seats")),
        sa.CheckConstraint("taken BETWEEN 0 AND seats", name=op.f("ck_volunteer_shift_post_taken")),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["volunteer_shift.id"], name=op.f("fk_volunteer_shift_post_shift_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_shift_post")),
        sa.UniqueConstraint("shift_id", "role", name=op.f("uq_volunteer_shift_post_shift_id_role")),
    )


def _volunteer_sign_up_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
    ]


def _volunteer_sign_up() -> None:
    op.create_table(
        "volunteer_sign_up",
        *_volunteer_sign_up_columns(),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_volunteer_sign_up_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["volunteer_shift_post.id"], name=op.f("fk_volunteer_sign_up_post_id")
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["volunteer_shift.id"], name=op.f("fk_volunteer_sign_up_shift_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_sign_up")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_sign_up_number")),
    )
    op.create_index(
        "ix_volunteer_sign_up_person_id", "volunteer_sign_up", ["person_id", "state"], unique=False
    )
    op.create_index(
        "ix_volunteer_sign_up_post_id",
        "volunteer_sign_up",
        ["post_id", "state", "id"],
        unique=False,
    )
    op.create_index(
        "ix_volunteer_sign_up_until", "volunteer_sign_up", ["state", "until"], unique=False
    )
    op.create_index(
        "uq_volunteer_sign_up_active",
        "volunteer_sign_up",
        ["shift_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('offered', 'proposed', 'standby', 'taken', 'waiting')"),
        postgresql_where=sa.text("state IN ('offered', 'proposed', 'standby', 'taken', 'waiting')"),
    )


def _volunteer_sign_up_event() -> None:
    op.create_table(
        "volunteer_sign_up_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sign_up_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["sign_up_id"],
            ["volunteer_sign_up.id"],
            name=op.f("fk_volunteer_sign_up_event_sign_up_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_sign_up_event")),
    )
    op.create_index(
        "ix_volunteer_sign_up_event_sign_up_id",
        "volunteer_sign_up_event",
        ["sign_up_id", "id"],
        unique=False,
    )
    # ### end Alembic commands ###
