"""How many public points lie in each square of the map is kept; what is there is counted once."""

import math
from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

# as they were when this was written: a later change of the squares brings its own migration
COARSEST, FINEST = 8, 16


def upgrade() -> None:
    op.create_table(
        "map_cell",
        sa.Column("zoom", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("x", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("y", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("zoom", "x", "y", name=op.f("pk_map_cell")),
    )
    op.create_table(
        "map_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_change")),
    )
    op.create_index("ix_map_change_x_y", "map_change", ["x", "y"], unique=False)
    _count_what_is_there()


def _count_what_is_there() -> None:
    found: Counter[tuple[int, int, int]] = Counter()
    points = op.get_bind().execute(
        sa.text(
            "SELECT lon, lat, count(*) FROM case_search WHERE lon IS NOT NULL GROUP BY lon, lat"
        )
    )
    for lon, lat, count in points:
        x, y = _tile(lon, lat)
        for zoom in range(COARSEST, FINEST + 1):
            found[zoom, x >> FINEST - zoom, y >> FINEST - zoom] += count
    cells = sa.table("map_cell", *(sa.column(name) for name in ("zoom", "x", "y", "points")))
    rows = [{"zoom": z, "x": x, "y": y, "points": n} for (z, x, y), n in sorted(found.items())]
    if rows:
        op.bulk_insert(cells, rows)


def _tile(lon: float, lat: float) -> tuple[int, int]:
    count = 1 << FINEST
    x = int((lon + 180.0) / 360.0 * count)
    bounded = math.radians(min(max(lat, -85.05), 85.05))
    y = int((1.0 - math.asinh(math.tan(bounded)) / math.pi) / 2.0 * count)
    return min(max(x, 0), count - 1), min(max(y, 0), count - 1)


def downgrade() -> None:
    op.drop_table("map_change")
    op.drop_table("map_cell")
