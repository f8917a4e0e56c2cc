"""Votes on conventions: roll, urn, open ballots, paper tallies."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _convention_vote()
    _convention_elector()
    _convention_paper_tally()
    _convention_urn()
    _convention_vote_notice()
    _convention_open_ballot()
    _convention_paper_ballot()


def _convention_vote_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("text_digest", sa.String(length=64), nullable=False),
        sa.Column("electorate", sa.String(length=32), nullable=False),
        sa.Column("ballot", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("meeting_id", sa.Uuid()),
        sa.Column("electors", sa.Integer(), nullable=False),
        sa.Column("area", sa.BigInteger()),
        sa.Column("called_at", MOMENT, nullable=False),
        sa.Column("called_by", sa.Uuid()),
        sa.Column("opens_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("women_present", sa.Integer()),
        sa.Column("outcome", sa.String(length=32)),
        sa.Column("figures", sa.Text()),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("void_why", sa.String(length=400)),
    ]


def _convention_vote() -> None:
    op.create_table(
        "convention_vote",
        *_convention_vote_columns(),
        sa.CheckConstraint(
            "(electorate = 'heads_and_area') = (area IS NOT NULL)",
            name="ck_convention_vote_area",
        ),
        sa.CheckConstraint(
            "(state = 'decided') = (figures IS NOT NULL)", name="ck_convention_vote_figures"
        ),
        sa.CheckConstraint(
            "(state = 'decided') = (outcome IS NOT NULL)", name="ck_convention_vote_outcome"
        ),
        sa.CheckConstraint(
            "(state = 'void') = (void_why IS NOT NULL)", name="ck_convention_vote_void"
        ),
        sa.CheckConstraint(
            "electorate <> 'heads_and_area' OR ballot = 'open'",
            name="ck_convention_vote_area_is_open",
        ),
        sa.CheckConstraint("closes_at > opens_at", name="ck_convention_vote_times"),
        sa.CheckConstraint("electors >= 1", name="ck_convention_vote_electors"),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["community_meeting.id"], name="fk_convention_vote_meeting_id"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["convention_round.id"], name="fk_convention_vote_round_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_vote"),
        sa.UniqueConstraint("number", name="uq_convention_vote_number"),
    )
    _convention_vote_indexes()


def _convention_vote_indexes() -> None:
    op.create_index(
        "ix_convention_vote_place_path",
        "convention_vote",
        ["place_path", "closes_at"],
    )
    op.create_index(
        "uq_convention_vote_running",
        "convention_vote",
        ["round_id"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('decided', 'void')"),
        postgresql_where=sa.text("state NOT IN ('decided', 'void')"),
    )


def _convention_elector_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vote_id", sa.Uuid(), nullable=False),
        sa.Column("roll", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("sealed_name", sa.Text()),
        sa.Column("household_hash", sa.String(length=64)),
        sa.Column("area", sa.BigInteger()),
        sa.Column("took_part", sa.String(length=32)),
        sa.Column("struck_on", sa.Date()),
        sa.Column("struck_why", sa.String(length=400)),
    ]


def _convention_elector() -> None:
    op.create_table(
        "convention_elector",
        *_convention_elector_columns(),
        sa.CheckConstraint(
            "(struck_on IS NULL) = (struck_why IS NULL)", name="ck_convention_elector_struck"
        ),
        sa.CheckConstraint("area IS NULL OR area > 0", name="ck_convention_elector_area"),
        sa.CheckConstraint(
            "struck_on IS NULL OR took_part IS NULL",
            name="ck_convention_elector_struck_or_voted",
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["convention_vote.id"], name="fk_convention_elector_vote_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_elector"),
        sa.UniqueConstraint("vote_id", "roll", name="uq_convention_elector_roll"),
    )
    op.create_index("ix_convention_elector_person_id", "convention_elector", ["person_id"])
    op.create_index(
        "uq_convention_elector_household",
        "convention_elector",
        ["vote_id", "household_hash"],
        unique=True,
        sqlite_where=sa.text("household_hash IS NOT NULL"),
        postgresql_where=sa.text("household_hash IS NOT NULL"),
    )
    op.create_index(
        "uq_convention_elector_person",
        "convention_elector",
        ["vote_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("person_id IS NOT NULL"),
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )


def _convention_paper_tally_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vote_id", sa.Uuid(), nullable=False),
        sa.Column("box", sa.String(length=40), nullable=False),
        sa.Column("entry", sa.SmallInteger(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("abstain", sa.Integer(), nullable=False),
        sa.Column("spoilt", sa.Integer(), nullable=False),
        sa.Column("photo_key", sa.String(length=80)),
        sa.Column("typed_by", sa.Uuid()),
        sa.Column("typed_at", MOMENT, nullable=False),
        sa.Column("countersigned_at", MOMENT),
        sa.Column("countersigned_by", sa.Uuid()),
    ]


def _convention_paper_tally() -> None:
    op.create_table(
        "convention_paper_tally",
        *_convention_paper_tally_columns(),
        sa.CheckConstraint(
            "(countersigned_at IS NULL) OR (photo_key IS NOT NULL AND entry = 1)",
            name="ck_convention_paper_tally_countersigned",
        ),
        sa.CheckConstraint("entry IN (1, 2)", name="ck_convention_paper_tally_entry"),
        sa.CheckConstraint(
            "yes >= 0 AND no >= 0 AND abstain >= 0 AND spoilt >= 0",
            name="ck_convention_paper_tally_counts",
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["convention_vote.id"], name="fk_convention_paper_tally_vote_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_paper_tally"),
        sa.UniqueConstraint("vote_id", "box", "entry", name="uq_convention_paper_tally_entry"),
    )
    op.create_index("ix_convention_paper_tally_photo_key", "convention_paper_tally", ["photo_key"])
    op.create_index(
        "uq_convention_paper_tally_typist",
        "convention_paper_tally",
        ["vote_id", "box", "typed_by"],
        unique=True,
        sqlite_where=sa.text("typed_by IS NOT NULL"),
        postgresql_where=sa.text("typed_by IS NOT NULL"),
    )


def _convention_urn() -> None:
    op.create_table(
        "convention_urn",
        sa.Column("vote_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_sums", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["convention_vote.id"], name="fk_convention_urn_vote_id"
        ),
        sa.PrimaryKeyConstraint("vote_id", name="pk_convention_urn"),
    )


def _convention_vote_notice() -> None:
    op.create_table(
        "convention_vote_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vote_id", sa.Uuid(), nullable=False),
        sa.Column("on_board", sa.Boolean(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["convention_vote.id"], name="fk_convention_vote_notice_vote_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_vote_notice"),
    )
    op.create_index(
        "ix_convention_vote_notice_vote_id",
        "convention_vote_notice",
        ["vote_id", "at"],
    )


def _convention_open_ballot() -> None:
    op.create_table(
        "convention_open_ballot",
        sa.Column("elector_id", sa.Uuid(), nullable=False),
        sa.Column("vote_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["elector_id"],
            ["convention_elector.id"],
            name="fk_convention_open_ballot_elector_id",
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["convention_vote.id"], name="fk_convention_open_ballot_vote_id"
        ),
        sa.PrimaryKeyConstraint("elector_id", name="pk_convention_open_ballot"),
    )
    op.create_index(
        "ix_convention_open_ballot_vote_id",
        "convention_open_ballot",
        ["vote_id"],
    )


def _convention_paper_ballot() -> None:
    op.create_table(
        "convention_paper_ballot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vote_id", sa.Uuid(), nullable=False),
        sa.Column("elector_id", sa.Uuid(), nullable=False),
        sa.Column("entry", sa.SmallInteger(), nullable=False),
        sa.Column("choice", sa.String(length=32), nullable=False),
        sa.Column("typed_by", sa.Uuid()),
        sa.CheckConstraint("entry IN (1, 2)", name="ck_convention_paper_ballot_entry"),
        sa.ForeignKeyConstraint(
            ["elector_id"],
            ["convention_elector.id"],
            name="fk_convention_paper_ballot_elector_id",
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["convention_vote.id"], name="fk_convention_paper_ballot_vote_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_paper_ballot"),
        sa.UniqueConstraint("elector_id", "entry", name="uq_convention_paper_ballot_entry"),
    )
    op.create_index("ix_convention_paper_ballot_vote_id", "convention_paper_ballot", ["vote_id"])
