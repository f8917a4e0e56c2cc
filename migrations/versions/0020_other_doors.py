"""Filing for somebody else with recorded consent; and the days in which a reporter is asked."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    # empty for every case there is: nothing is rewritten
    op.add_column("cases", sa.Column("confirm_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "case_proxy",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("filer_id", sa.Uuid(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("behalf", sa.String(length=32), nullable=False),
        sa.Column("relation", sa.String(length=32), nullable=True),
        sa.Column("consent_way", sa.String(length=32), nullable=True),
        sa.Column("consent_version", sa.String(length=40), nullable=True),
        sa.Column("consent_words", sa.Text(), nullable=True),
        sa.Column("paper_key", sa.String(length=80), nullable=True),
        sa.Column("paper_thumbnail_key", sa.String(length=80), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(consent_way IS NULL) = (consent_words IS NULL)", name=op.f("ck_case_proxy_consent")
        ),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_proxy_case"
        ),
        sa.ForeignKeyConstraint(
            ["district", "reporter_id"],
            ["case_reporter.district", "case_reporter.id"],
            name="fk_case_proxy_reporter",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_case_proxy")),
    )
    for name, columns, unique in (
        ("case", ["district", "case_id"], False),
        ("reporter", ["district", "reporter_id"], True),
        ("filer", ["filer_id", "id"], False),
        ("paper_key", ["paper_key"], False),
    ):
        op.create_index(f"ix_case_proxy_{name}", "case_proxy", columns, unique=unique)


def downgrade() -> None:
    op.drop_table("case_proxy")
    op.drop_column("cases", "confirm_until")
