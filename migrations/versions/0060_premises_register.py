"""Premises are found by the beginning of a name or road; a table taken in can be undone."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"

MOMENT = sa.DateTime(timezone=True)
KEY = sa.String(160).with_variant(sa.String(160, collation="C"), "postgresql")
AT_ONCE = 1_000


def upgrade() -> None:
    _imports()
    for name in ("title_key", "road_key"):
        op.add_column("premises", sa.Column(name, KEY, nullable=False, server_default=""))
    op.add_column("premises", sa.Column("import_id", sa.Uuid()))
    _fill()
    for name in ("title_key", "road_key", "import_id"):
        op.create_index(f"ix_premises_{name}", "premises", [name])


def _imports() -> None:
    op.create_table(
        "premises_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("undone_at", MOMENT),
        sa.Column("undone_by", sa.Uuid()),
        sa.CheckConstraint("lines >= 1", name="ck_premises_import_lines"),
        sa.PrimaryKeyConstraint("id", name="pk_premises_import"),
        sa.UniqueConstraint("number", name="uq_premises_import_number"),
    )
    op.create_index("ix_premises_import_place_path", "premises_import", ["place_path", "made_at"])


def _key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())[:160]


def _fill() -> None:
    """The keys of what stands in the register already."""
    names = ("district", "id", "title", "road", "door", "title_key", "road_key")
    premises = sa.table("premises", *(sa.column(name) for name in names))
    connection = op.get_bind()
    rows = connection.execute(sa.select(*(premises.c[name] for name in names[:5]))).all()
    change = (
        sa.update(premises)
        .where(premises.c.district == sa.bindparam("d"), premises.c.id == sa.bindparam("i"))
        .values(title_key=sa.bindparam("t"), road_key=sa.bindparam("r"))
    )
    for at in range(0, len(rows), AT_ONCE):
        connection.execute(
            change,
            [
                {"d": row.district, "i": row.id, "t": _key(row.title),
                 "r": _key(f"{row.road}{row.door}")}
                for row in rows[at : at + AT_ONCE]
            ],
        )  # fmt: skip
