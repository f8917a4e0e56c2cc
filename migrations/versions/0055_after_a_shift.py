"""Words of organisers to one volunteer, points taken back after a void, the salt of an agreement
sealed.

What stood in clear is overwritten by the same UPDATE that seals it, so where there is an agreement
the upgrade needs the installation's SECRET_KEY.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _volunteer_feedback()
    op.add_column("volunteer_hours", sa.Column("taken_back_at", MOMENT, nullable=True))
    _seal_salts()


def _volunteer_feedback() -> None:
    op.create_table(
        "volunteer_feedback",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("sign_up_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("sealed_words", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_volunteer_feedback_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["volunteer_shift.id"], name=op.f("fk_volunteer_feedback_shift_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_feedback")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_feedback_number")),
        sa.UniqueConstraint("sign_up_id", "author_id", name="uq_volunteer_feedback_sign_up_id"),
    )
    op.create_index("ix_volunteer_feedback_person_id", "volunteer_feedback", ["person_id"])
    op.create_index("ix_volunteer_feedback_written_at", "volunteer_feedback", ["written_at"])


def _vault() -> Any:
    config = op.get_context().config
    vault = config.attributes.get("vault") if config else None
    if vault is None:
        raise RuntimeError("what is sealed is upgraded only with the installation's SECRET_KEY")
    return vault


def _seal_salts() -> None:
    op.add_column("adoption", sa.Column("sealed_salt", sa.Text(), nullable=True))
    adoption = sa.table(
        "adoption", sa.column("id", sa.Uuid()), sa.column("salt", sa.String()),
        sa.column("sealed_salt", sa.Text()),
    ).c  # fmt: skip
    rows = op.get_bind().execute(
        sa.select(adoption.id, adoption.salt).where(adoption.salt.is_not(None))
    )
    changed = [{"a": row.id, "sealed": _vault().seal(row.salt)} for row in rows.all()]
    if changed:
        changing = sa.update(adoption.id.table).where(adoption.id == sa.bindparam("a"))
        changing = changing.values(sealed_salt=sa.bindparam("sealed"), salt=None)
        op.get_bind().execute(changing, changed)
    op.drop_column("adoption", "salt")
