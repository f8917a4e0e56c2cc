"""Elections of alliances, sealed covenants, and the steps of parking offers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _alliance_election()
    _alliance_election_indexes()
    _alliance_candidate()
    _alliance_voter()
    _alliance_ballot()
    _parking_event()
    _new_columns()


def _alliance_election_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("alliance_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("term_days", sa.Integer(), nullable=False),
        sa.Column("called_at", MOMENT, nullable=False),
        sa.Column("polls_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("roll", sa.Integer(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("turnout", sa.Integer(), nullable=True),
        sa.Column("blank", sa.Integer(), nullable=True),
        sa.Column("lot", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    ]


def _alliance_election() -> None:
    op.create_table(
        "alliance_election",
        *_alliance_election_columns(),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name=op.f("ck_alliance_election_closed")
        ),
        sa.CheckConstraint(
            "polls_at >= called_at AND closes_at > polls_at",
            name=op.f("ck_alliance_election_times"),
        ),
        sa.CheckConstraint(
            "roll >= 0 AND turnout >= 0 AND blank >= 0", name=op.f("ck_alliance_election_counts")
        ),
        sa.ForeignKeyConstraint(
            ["district", "alliance_id"],
            ["alliance.district", "alliance.id"],
            name="fk_alliance_election_alliance_id",
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_alliance_election")),
        sa.UniqueConstraint("number", name=op.f("uq_alliance_election_number")),
    )


def _alliance_election_indexes() -> None:
    op.create_index(
        "ix_alliance_election_alliance_id",
        "alliance_election",
        ["district", "alliance_id", "called_at"],
        unique=False,
    )
    op.create_index(
        "ix_alliance_election_closes_at",
        "alliance_election",
        ["closed_at", "closes_at"],
        unique=False,
    )
    op.create_index(
        "uq_alliance_election_now",
        "alliance_election",
        ["district", "alliance_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _alliance_candidate_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("votes", sa.Integer(), nullable=True),
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    ]


def _alliance_candidate() -> None:
    op.create_table(
        "alliance_candidate",
        *_alliance_candidate_columns(),
        sa.CheckConstraint("votes >= 0", name=op.f("ck_alliance_candidate_votes")),
        sa.ForeignKeyConstraint(
            ["district", "election_id"],
            ["alliance_election.district", "alliance_election.id"],
            name="fk_alliance_candidate_election_id",
        ),
        sa.ForeignKeyConstraint(
            ["district", "member_id"],
            ["alliance_member.district", "alliance_member.id"],
            name="fk_alliance_candidate_member_id",
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_alliance_candidate")),
        sa.UniqueConstraint(
            "district", "election_id", "member_id", name="uq_alliance_candidate_once"
        ),
        sa.UniqueConstraint("number", name=op.f("uq_alliance_candidate_number")),
    )
    op.create_index(
        "ix_alliance_candidate_member_id",
        "alliance_candidate",
        ["district", "member_id"],
        unique=False,
    )
    op.create_index(
        "ix_alliance_candidate_person_id", "alliance_candidate", ["person_id"], unique=False
    )


def _alliance_voter() -> None:
    op.create_table(
        "alliance_voter",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "election_id"],
            ["alliance_election.district", "alliance_election.id"],
            name="fk_alliance_voter_election_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district", "member_id"],
            ["alliance_member.district", "alliance_member.id"],
            name="fk_alliance_voter_member_id",
        ),
        sa.PrimaryKeyConstraint(
            "district", "election_id", "member_id", name=op.f("pk_alliance_voter")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_alliance_voter_member_id", "alliance_voter", ["district", "member_id"], unique=False
    )


def _alliance_ballot() -> None:
    op.create_table(
        "alliance_ballot",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["district", "candidate_id"],
            ["alliance_candidate.district", "alliance_candidate.id"],
            name="fk_alliance_ballot_candidate_id",
        ),
        sa.ForeignKeyConstraint(
            ["district", "election_id"],
            ["alliance_election.district", "alliance_election.id"],
            name="fk_alliance_ballot_election_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("district", "election_id", "id", name=op.f("pk_alliance_ballot")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_alliance_ballot_candidate_id",
        "alliance_ballot",
        ["district", "candidate_id"],
        unique=False,
    )


def _parking_event() -> None:
    op.create_table(
        "parking_event",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "offer_id"],
            ["parking_offer.district", "parking_offer.id"],
            name="fk_parking_event_offer_id",
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_parking_event")),
    )
    op.create_index(
        "ix_parking_event_offer_id", "parking_event", ["district", "offer_id", "at"], unique=False
    )


def _new_columns() -> None:
    inspects = sa.Column("inspects", sa.Boolean(), server_default=sa.false(), nullable=False)
    columns = (
        ("alliance", inspects),
        ("alliance_covenant", sa.Column("entry_id", sa.Uuid())),
        ("alliance_sign_on", sa.Column("salt", sa.String(length=64))),
        ("alliance_sign_on", sa.Column("digest", sa.String(length=64))),
        ("alliance_sign_on", sa.Column("entry_id", sa.Uuid())),
        ("parking_offer", sa.Column("phone", sa.String(length=20))),
        ("parking_offer", sa.Column("reason", sa.String(length=200))),
        ("parking_offer", sa.Column("hours_changed_at", MOMENT)),
    )
    for table, column in columns:
        op.add_column(table, column)
