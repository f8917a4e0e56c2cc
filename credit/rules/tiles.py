"""The tree as files that never change (C2SP tlog-tiles): 256 hashes each, eight rows of the tree.

Only hashes are written. ``tile/entries/…`` of the specification is never published: what is in a
leaf is told to those whom it concerns, and to nobody else.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from credit.rules.merkle import (
    HASH_LENGTH,
    LARGEST_SIZE,
    Frontier,
    consistency_proof,
    hash_pairs,
    inclusion_proof,
    nodes_of,
    range_hash,
    root_of,
)

HEIGHT = 8
WIDTH = 1 << HEIGHT
_PATH = re.compile(
    r"tile/([0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?\Z", re.ASCII
)

Read = Callable[[str], bytes]
"""The bytes of a path; KeyError or FileNotFoundError where there are none."""


class BadTile(ValueError):
    """A tile that is missing, cut or too long, or a path that names none."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: its level, its place in the level, and how many hashes it holds."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its address below the log's: ``tile/0/x001/x234/067``, ``tile/0/000.p/5``."""
        groups = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{self.level}/{'/'.join(groups)}{partial}"

    @property
    def full(self) -> bool:
        """Whether it can never grow."""
        return self.width == WIDTH


def parse_path(path: str) -> Tile:
    """The tile of an address. Only the one spelling that ``Tile.path`` writes is taken."""
    found = _PATH.match(path)
    if found is None:
        raise BadTile("no address of a tile")
    level, groups, partial = found.groups()
    tile = Tile(int(level), int(groups.replace("/", "").replace("x", "")), int(partial or WIDTH))
    if tile.path != path or tile.level > 63 or (partial and tile.width >= WIDTH):
        raise BadTile("no address of a tile")
    return tile


def whole_tile(tile: Tile, size: int) -> Tile | None:
    """The tile of a tree of this size that holds all hashes of another; None if there is none."""
    width = min(WIDTH, (size >> HEIGHT * tile.level) - tile.index * WIDTH)
    return Tile(tile.level, tile.index, width) if width >= tile.width else None


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile of a tree, level by level."""
    return changed(0, size)


def changed(old: int, new: int) -> Iterator[Tile]:
    """The tiles that a tree gets by growing. Old partial ones may stay: they are never wrong."""
    if not 0 <= old <= new <= LARGEST_SIZE:
        raise BadTile(f"a tree of {new} leaves did not grow from one of {old}")
    level = 0
    while new and old != new:
        for index in range(old // WIDTH, (new + WIDTH - 1) // WIDTH):
            yield Tile(level, index, min(WIDTH, new - index * WIDTH))
        old, new, level = old // WIDTH, new // WIDTH, level + 1


def grow(old: int, leaves: Sequence[bytes], read: Read) -> Iterator[tuple[Tile, bytes]]:
    """The tiles, with their bytes, that further leaf hashes make; lower levels first.

    ``read`` is asked for the tree's partial tiles at its old size, one a level at most. Raises
    BadTile where one is missing: a full tile in its place was left by a run that did not end well.
    """
    row, begin, level = list(leaves), old, 0
    while row:
        first, held = divmod(begin, WIDTH)
        if held:
            row = _first_there([Tile(level, first, held)], read) + row
        above = []
        for at in range(0, len(row), WIDTH):
            part = row[at : at + WIDTH]
            yield Tile(level, first + at // WIDTH, len(part)), b"".join(part)
            if len(part) == WIDTH:
                above.append(root_of(part))
        row, begin, level = above, first, level + 1


def _hashes(tile: Tile, read: Read) -> list[bytes]:
    data = read(tile.path)
    if len(data) != tile.width * HASH_LENGTH:
        raise BadTile(f"{tile.path}: {len(data)} bytes, not {tile.width * HASH_LENGTH}")
    return [data[at : at + HASH_LENGTH] for at in range(0, len(data), HASH_LENGTH)]


def _first_there(tiles: Sequence[Tile], read: Read) -> list[bytes]:
    for tile in tiles:
        try:
            return _hashes(tile, read)
        except (KeyError, FileNotFoundError):
            continue
    raise BadTile(f"{tiles[0].path}: is missing")


class TileWalk:
    """The tiles of a tree whose leaves come a few at a time: nothing is kept but its right edge."""

    def __init__(self) -> None:
        self._size = 0
        self._edge: dict[int, tuple[Tile, bytes]] = {}

    def extend(self, leaves: Sequence[bytes]) -> Iterator[tuple[Tile, bytes]]:
        """The tiles that these leaves filled."""
        edge = {tile.path: data for tile, data in self._edge.values()}
        for tile, data in grow(self._size, leaves, edge.__getitem__):
            self._edge.pop(tile.level, None)
            if tile.full:
                yield tile, data
            else:
                self._edge[tile.level] = tile, data
        self._size += len(leaves)

    def edge(self) -> Iterator[tuple[Tile, bytes]]:
        """The partial tiles at the end."""
        yield from self._edge.values()


class TiledTree:
    """A tree of a size, read from its tiles; each tile is read and hashed once.

    Nothing is believed of the tiles: a proof made from wrong ones leads to another root, and
    whoever checks it sees that. It keeps what it read: make one for an answer, not for a server.
    """

    def __init__(self, size: int, read: Read) -> None:
        self.size = size
        self._read = read
        self._rows: dict[tuple[int, int], list[list[bytes]]] = {}

    def node(self, height: int, index: int) -> bytes:
        """The hash of a complete node."""
        level, inside = divmod(height, HEIGHT)
        tile, at = divmod(index, WIDTH >> inside)
        return self._rows_of(level, tile)[inside][at]

    def _rows_of(self, level: int, index: int) -> list[list[bytes]]:
        rows = self._rows.get((level, index))
        if rows is None:
            width = min(WIDTH, (self.size >> HEIGHT * level) - index * WIDTH)
            # a log may delete a partial tile that it has outgrown: the full one begins with it
            there = [Tile(level, index, width), Tile(level, index)]
            rows = [_first_there(there, self._read)[:width]]
            while len(rows) < HEIGHT:
                rows.append(hash_pairs(rows[-1]))
            self._rows[level, index] = rows
        return rows

    def root(self) -> bytes:
        """The root of the whole tree."""
        return range_hash(0, self.size, self.node)

    def frontier(self) -> Frontier:
        """What a sealer carries on from, found again in the tiles."""
        nodes = nodes_of(0, self.size)
        return Frontier(self.size, [self.node(height, index) for height, index in nodes])

    def leaf(self, index: int) -> bytes:
        """The hash of one leaf."""
        if not 0 <= index < self.size:
            raise BadTile(f"a tree of {self.size} leaves has no leaf {index}")
        return self.node(0, index)

    def inclusion(self, index: int) -> list[bytes]:
        """The proof that a leaf is in this tree."""
        return inclusion_proof(index, self.size, self.node)

    def consistency(self, old: int) -> list[bytes]:
        """The proof that this tree grew from one of ``old`` leaves."""
        return consistency_proof(old, self.size, self.node)
