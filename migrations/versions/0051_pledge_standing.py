"""Standing of shops, lists, replies of owners, uncounted taps; visits at the door."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _pledge_standing()
    _pledge_list_switch()
    _pledge_listing()
    _pledge_reply()
    _pledge_tap()
    _pledge_visit()


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


def _pledge_standing() -> None:
    op.create_table(
        "pledge_standing",
        sa.Column("district", sa.String(12), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(6), nullable=False),
        sa.Column("operator_id", sa.Uuid()),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("stars", sa.SmallInteger()),
        sa.Column("low", sa.Float()),
        sa.Column("high", sa.Float()),
        sa.Column("inspections", sa.Integer(), nullable=False),
        sa.Column("ratings", sa.Integer()),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("formula", sa.String(20), nullable=False),
        sa.Column("computed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("district", "premises_id", "quarter", name="pk_pledge_standing"),
        sa.CheckConstraint(
            "inspections >= 0 AND reports >= 0 AND ratings >= 0", name="ck_pledge_standing_counts"
        ),
        sa.CheckConstraint(
            "(stars IS NULL) = (low IS NULL) AND (stars IS NULL) = (high IS NULL)",
            name="ck_pledge_standing_interval",
        ),
        sa.CheckConstraint("high >= low", name="ck_pledge_standing_order"),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name="ck_pledge_standing_stars"),
        _within("pledge_standing", "operator_id", "premises_operator"),
        _within("pledge_standing", "premises_id", "premises"),
    )
    op.create_index(
        "ix_pledge_standing_place_path", "pledge_standing", ["quarter", "place_path", "stars"]
    )


def _pledge_list_switch() -> None:
    op.create_table(
        "pledge_list_switch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("basis", sa.String(300), nullable=False),
        sa.Column("on_at", MOMENT, nullable=False),
        sa.Column("on_by", sa.Uuid()),
        sa.Column("off_at", MOMENT),
        sa.Column("off_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_pledge_list_switch"),
        sa.CheckConstraint("basis <> ''", name="ck_pledge_list_switch_basis"),
        sa.CheckConstraint("off_at IS NULL OR off_at >= on_at", name="ck_pledge_list_switch_off"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_pledge_list_switch_area_id"),
    )
    op.create_index("ix_pledge_list_switch_place_path", "pledge_list_switch", ["place_path"])
    _only_one("uq_pledge_list_switch_on", "pledge_list_switch", ["area_id"], "off_at IS NULL")


def _pledge_listing_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("which", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("breach_id", sa.Uuid()),
        sa.Column("switch_id", sa.Uuid()),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("evidence", sa.String(300), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("proposed_by", sa.Uuid()),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("confirmed_by", sa.Uuid()),
        sa.Column("ended_at", MOMENT),
        sa.Column("reason", sa.String(300)),
    ]


def _pledge_listing_constraints() -> list[Any]:
    return [
        sa.CheckConstraint(
            "which <> 'to_rectify' OR switch_id IS NOT NULL", name="ck_pledge_listing_basis"
        ),
        sa.CheckConstraint(
            "which <> 'to_rectify' OR breach_id IS NOT NULL", name="ck_pledge_listing_breach"
        ),
        sa.CheckConstraint(
            "state = 'proposed' OR confirmed_at IS NOT NULL OR ended_at IS NOT NULL",
            name="ck_pledge_listing_confirmed",
        ),
        sa.CheckConstraint("ends_on >= starts_on", name="ck_pledge_listing_days"),
        sa.CheckConstraint(
            "(ended_at IS NOT NULL) = (state IN ('removed', 'expired'))",
            name="ck_pledge_listing_ended",
        ),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> proposed_by",
            name="ck_pledge_listing_two_people",
        ),
        _within("pledge_listing", "breach_id", "pledge_breach"),
        _within("pledge_listing", "operator_id", "premises_operator"),
        _within("pledge_listing", "premises_id", "premises"),
        sa.ForeignKeyConstraint(
            ["switch_id"], ["pledge_list_switch.id"], name="fk_pledge_listing_switch_id"
        ),
        sa.UniqueConstraint("number", name="uq_pledge_listing_number"),
    ]


def _pledge_listing() -> None:
    op.create_table(
        "pledge_listing",
        *_key("pledge_listing"),
        *_pledge_listing_columns(),
        *_pledge_listing_constraints(),
    )
    op.create_index("ix_pledge_listing_breach_id", "pledge_listing", ["district", "breach_id"])
    op.create_index(
        "ix_pledge_listing_place_path",
        "pledge_listing",
        ["which", "state", "place_path", "ends_on"],
    )
    op.create_index("ix_pledge_listing_premises_id", "pledge_listing", ["district", "premises_id"])
    _only_one(
        "uq_pledge_listing_now",
        "pledge_listing",
        ["district", "premises_id", "which"],
        "ended_at IS NULL",
    )


def _pledge_reply() -> None:
    op.create_table(
        "pledge_reply",
        *_key("pledge_reply"),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("sealed_words", sa.Text()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("reason", sa.String(300)),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name="ck_pledge_reply_decided"
        ),
        _within("pledge_reply", "operator_id", "premises_operator"),
        _within("pledge_reply", "premises_id", "premises"),
        sa.UniqueConstraint("number", name="uq_pledge_reply_number"),
    )
    op.create_index("ix_pledge_reply_person_id", "pledge_reply", ["person_id"])
    op.create_index(
        "ix_pledge_reply_premises_id", "pledge_reply", ["district", "premises_id", "at"]
    )
    op.create_index("ix_pledge_reply_state", "pledge_reply", ["state", "place_path", "at"])


def _pledge_tap() -> None:
    op.create_table(
        "pledge_tap",
        sa.Column("district", sa.String(12), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("hour", MOMENT, nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("many", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("district", "premises_id", "hour", "level", name="pk_pledge_tap"),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="ck_pledge_tap_level"),
        sa.CheckConstraint("many >= 1", name="ck_pledge_tap_many"),
        _within("pledge_tap", "premises_id", "premises"),
    )
    op.create_index("ix_pledge_tap_hour", "pledge_tap", ["hour"])


def _pledge_visit() -> None:
    op.create_table(
        "pledge_visit",
        *_key("pledge_visit"),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid()),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("body", sa.String(32), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("visitor_id", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(300)),
        sa.Column("voided_at", MOMENT),
        sa.Column("void_reason", sa.String(200)),
        sa.CheckConstraint("agreed OR words IS NULL", name="ck_pledge_visit_agreed"),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL)", name="ck_pledge_visit_void"
        ),
        _within("pledge_visit", "operator_id", "premises_operator"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_pledge_visit_organisation_id"
        ),
        _within("pledge_visit", "premises_id", "premises"),
        sa.UniqueConstraint("number", name="uq_pledge_visit_number"),
    )
    op.create_index("ix_pledge_visit_place_path", "pledge_visit", ["place_path", "at"])
    op.create_index(
        "ix_pledge_visit_premises_id", "pledge_visit", ["district", "premises_id", "at"]
    )
