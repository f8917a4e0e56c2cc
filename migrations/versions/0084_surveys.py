"""Public surveys: questions, answers, invitations"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0083"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _survey_agreement()
    _survey()
    _survey_invitation()
    _survey_question()
    _survey_sheet()
    _survey_mark()
    _survey_words()


def _survey_agreement() -> None:
    op.create_table(
        "survey_agreement",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_survey_agreement")),
    )


def _survey_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("copied_from", sa.Uuid(), nullable=True),
        sa.Column("title_zh_hans", sa.String(length=120), nullable=False),
        sa.Column("title_zh_hant", sa.String(length=120), nullable=True),
        sa.Column("title_en", sa.String(length=120), nullable=True),
        sa.Column("notice_zh_hans", sa.Text(), nullable=False),
        sa.Column("notice_zh_hant", sa.Text(), nullable=True),
        sa.Column("notice_en", sa.Text(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("started_at", MOMENT, nullable=True),
    ]


def _survey() -> None:
    op.create_table(
        "survey",
        *_survey_columns(),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_survey_days")),
        sa.CheckConstraint("sheets BETWEEN 0 AND 5000", name=op.f("ck_survey_sheets")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_survey_version")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_survey_area_id")),
        sa.ForeignKeyConstraint(["copied_from"], ["survey.id"], name=op.f("fk_survey_copied_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("number", name=op.f("uq_survey_number")),
    )
    op.create_index("ix_survey_place_path", "survey", ["place_path"], unique=False)


def _survey_invitation() -> None:
    op.create_table(
        "survey_invitation",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("invited_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_survey_invitation_survey_id")
        ),
        sa.PrimaryKeyConstraint("survey_id", "person_id", name=op.f("pk_survey_invitation")),
    )
    op.create_index(
        "ix_survey_invitation_person_id", "survey_invitation", ["person_id"], unique=False
    )


def _survey_question_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("needed", sa.Boolean(), nullable=False),
        sa.Column("words_zh_hans", sa.String(length=300), nullable=False),
        sa.Column("words_zh_hant", sa.String(length=300), nullable=True),
        sa.Column("words_en", sa.String(length=300), nullable=True),
        sa.Column("options_zh_hans", sa.Text(), nullable=True),
        sa.Column("options_zh_hant", sa.Text(), nullable=True),
        sa.Column("options_en", sa.Text(), nullable=True),
    ]


def _survey_question() -> None:
    op.create_table(
        "survey_question",
        *_survey_question_columns(),
        sa.CheckConstraint("position >= 1", name=op.f("ck_survey_question_position")),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_survey_question_survey_id")
        ),
        sa.PrimaryKeyConstraint("survey_id", "position", name=op.f("pk_survey_question")),
    )


def _survey_sheet() -> None:
    op.create_table(
        "survey_sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("rater_key", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_survey_sheet_survey_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_sheet")),
        sa.UniqueConstraint(
            "survey_id", "rater_key", name=op.f("uq_survey_sheet_survey_id_rater_key")
        ),
    )


def _survey_mark() -> None:
    op.create_table(
        "survey_mark",
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("value >= 1", name=op.f("ck_survey_mark_value")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["survey_sheet.id"], name=op.f("fk_survey_mark_sheet_id")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_survey_mark_survey_id")
        ),
        sa.PrimaryKeyConstraint("sheet_id", "position", "value", name=op.f("pk_survey_mark")),
    )
    op.create_index(
        "ix_survey_mark_survey_id", "survey_mark", ["survey_id", "position", "value"], unique=False
    )


def _survey_words() -> None:
    op.create_table(
        "survey_words",
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("sealed_text", sa.Text(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["survey_sheet.id"], name=op.f("fk_survey_words_sheet_id")
        ),
        sa.PrimaryKeyConstraint("sheet_id", "position", name=op.f("pk_survey_words")),
    )
    op.create_index("ix_survey_words_written_at", "survey_words", ["written_at"], unique=False)
    # ### end Alembic commands ###
