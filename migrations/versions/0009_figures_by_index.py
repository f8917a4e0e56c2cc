"""Figures that anybody may read are counted in the index alone, by day, state and place."""

from alembic import op

revision = "0009"
down_revision = "0008"

INDEXES = (("ix_cases_closed_at", "closed_at"), ("ix_cases_found_at", "found_at"))


def upgrade() -> None:
    for name, moment in INDEXES:
        op.drop_index(name, table_name="cases")
        op.create_index(name, "cases", [moment, "state", "place_path"], unique=False)


def downgrade() -> None:
    for name, moment in INDEXES:
        op.drop_index(name, table_name="cases")
        op.create_index(name, "cases", [moment], unique=False)
