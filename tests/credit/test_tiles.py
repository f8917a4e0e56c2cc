"""The tree as files: which there are, what is in them, and proofs that are read from them."""

from contextlib import suppress
from pathlib import Path

import pytest
import tlog_scales.backend
import tlog_scales.reader
import tlog_scales.writer
from hypothesis import given, settings
from hypothesis import strategies as st
from tlog_scales.signing import DummySigner

from credit.rules.merkle import (
    BadProof,
    Frontier,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from credit.rules.tiles import BadTile, Tile, TiledTree, changed, grow, parse_path, tiles_of
from tests.house.session import examples

ENTRIES = [number.to_bytes(3, "big") for number in range(70_000)]
HASHES = [leaf_hash(entry) for entry in ENTRIES]
# around the edges of tiles, and none of them too large for a quick test
SIZES = st.one_of(
    st.integers(0, 1_200), st.sampled_from([255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537])
)


def written(*sizes: int) -> dict[str, bytes]:
    """The files of a log that was sealed at these sizes, one after the other."""
    store: dict[str, bytes] = {}
    old = 0
    for new in sizes:
        store |= {tile.path: data for tile, data in grow(old, HASHES[old:new], store.__getitem__)}
        old = new
    return store


@pytest.fixture(scope="module")
def large() -> dict[str, bytes]:
    return written(70_000)


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(0, 273, 112), "tile/0/273.p/112"),
        (Tile(1, 1_000, 1), "tile/1/x001/000.p/1"),
        (Tile(63, 999, 255), "tile/63/999.p/255"),
    ],
)
def test_addresses_are_those_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_path(path) == tile
    assert tile.full is (".p" not in path)


@given(st.integers(0, 63), st.integers(0, 2**62), st.integers(1, 256))
@settings(max_examples=examples(100), deadline=None)
def test_every_address_can_be_read_again(level: int, index: int, width: int) -> None:
    assert parse_path(Tile(level, index, width).path) == Tile(level, index, width)


@pytest.mark.parametrize(
    "path",
    [
        "", "tile", "tile/0", "tile/0/", "/tile/0/000", "tile/0/000/", "tile/00/000", "tile/64/000",
        "tile/-1/000", "tile/0/0", "tile/0/0000", "tile/0/x000/000", "tile/0/x000/001",
        "tile/0/001/000", "tile/0/x001", "tile/0/000.p/0", "tile/0/000.p/01", "tile/0/000.p/256",
        "tile/0/000.p/", "tile/0/000.p", "tile/0/../000", "tile/0/000\n", "tile/0/٠٠٠",
        "tile/entries/000", "tile/entries/000.p/3", "TILE/0/000",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999",
    ],
)  # fmt: skip
def test_what_names_no_tile_is_refused(path: str) -> None:
    with pytest.raises(BadTile, match="no address"):
        parse_path(path)


@given(st.text(max_size=30))
@settings(max_examples=examples(100), deadline=None)
def test_no_text_breaks_the_reading_of_addresses(text: str) -> None:
    with suppress(BadTile):
        assert parse_path(text).path == text


# --- which tiles ----------------------------------------------------------------------------------


def test_the_example_of_the_specification_is_counted_right() -> None:
    """70,000 leaves: 273 full tiles and one of 112; one full and one of 17; one of 1."""
    found = list(tiles_of(70_000))
    assert sum(tile.full for tile in found if tile.level == 0) == 273
    assert [tile for tile in found if not tile.full] == [
        Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1),
    ]  # fmt: skip
    assert Tile(1, 0) in found
    assert len(found) == 274 + 2 + 1
    assert list(tiles_of(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_of(0)) == []


@given(SIZES, SIZES)
@settings(max_examples=examples(60), deadline=None)
def test_what_changes_is_what_is_new(one: int, other: int) -> None:
    old, new = sorted((one, other))
    before, after = set(tiles_of(old)), set(tiles_of(new))
    assert set(changed(old, new)) == after - before
    # what is gone was partial, and has been outgrown
    for gone in before - after:
        assert not gone.full
        assert any(
            tile.level == gone.level and tile.index == gone.index and tile.width > gone.width
            for tile in after
        )


def test_a_log_does_not_shrink() -> None:
    with pytest.raises(BadTile, match="did not grow"):
        list(changed(2, 1))


# --- what is in them ------------------------------------------------------------------------------


@given(st.lists(SIZES, min_size=1, max_size=4))
@settings(max_examples=examples(25), deadline=None)
def test_however_it_grew_the_tiles_are_the_same(sizes: list[int]) -> None:
    sizes.sort()
    store, size = written(*sizes), sizes[-1]
    at_once = written(size)
    assert set(at_once) == {tile.path for tile in tiles_of(size)}
    assert {path: store[path] for path in at_once} == at_once
    frontier = Frontier()
    frontier.extend(HASHES[:size])
    tree = TiledTree(size, store.__getitem__)
    assert tree.root() == frontier.root()
    assert tree.frontier().hashes == frontier.hashes


def test_a_hash_above_is_the_root_of_the_tile_below(large: dict[str, bytes]) -> None:
    assert large["tile/0/000"] == b"".join(HASHES[:256])
    assert large["tile/1/000"][:32] == root_of(HASHES[:256])
    assert large["tile/2/000.p/1"] == root_of(HASHES[:65_536])


def test_only_the_partial_tiles_of_the_old_size_are_read() -> None:
    store, asked = written(600), []

    def read(path: str) -> bytes:
        asked.append(path)
        return store[path]

    list(grow(600, HASHES[600:900], read))
    assert asked == ["tile/0/002.p/88", "tile/1/000.p/2"]


def test_nothing_is_built_on_a_full_tile_that_cannot_be_there_yet() -> None:
    """A sealer that was killed before its commit leaves tiles of a tree that never was."""
    store = written(100)
    store["tile/0/000"] = bytes(256 * 32)
    del store["tile/0/000.p/100"]
    with pytest.raises(BadTile, match=r"tile/0/000\.p/100: is missing"):
        list(grow(100, HASHES[100:120], store.__getitem__))


# --- proofs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 513, 65_536, 65_537, 70_000])
def test_proofs_from_tiles_hold(size: int, large: dict[str, bytes]) -> None:
    store = large if size == 70_000 else written(size)
    root = root_of(HASHES[:size])
    for at in {0, 1, size // 3, size // 2, size - 2, size - 1} & set(range(size)):
        tree = TiledTree(size, store.__getitem__)
        assert tree.root() == root
        assert tree.leaf(at) == HASHES[at]
        verify_inclusion(HASHES[at], at, size, tree.inclusion(at), root)
        verify_consistency(at, size, root_of(HASHES[:at]), root, tree.consistency(at))


def test_a_smaller_tree_is_read_from_the_tiles_of_a_larger_one(large: dict[str, bytes]) -> None:
    """Its partial tiles may be gone: the full ones hold the same hashes."""
    size = 65_000
    tree = TiledTree(size, large.__getitem__)
    assert tree.root() == root_of(HASHES[:size])
    verify_inclusion(HASHES[64_999], 64_999, size, tree.inclusion(64_999), tree.root())


def test_a_proof_reads_a_tile_a_level_on_its_way_and_those_at_the_edge(
    large: dict[str, bytes],
) -> None:
    asked: list[str] = []

    def read(path: str) -> bytes:
        asked.append(path)
        return large[path]

    TiledTree(70_000, read).inclusion(30_000)
    assert sorted(asked) == [
        "tile/0/117", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17",
    ]  # fmt: skip


def test_files_of_a_folder_are_read_as_they_lie(tmp_path: Path) -> None:
    put(tmp_path, written(300))
    tree = TiledTree(300, lambda path: (tmp_path / path).read_bytes())
    assert tree.root() == root_of(HASHES[:300])
    (tmp_path / "tile/0/000").unlink()
    with pytest.raises(BadTile, match="tile/0/000: is missing"):
        TiledTree(300, lambda path: (tmp_path / path).read_bytes()).leaf(7)


# --- damaged tiles --------------------------------------------------------------------------------


@given(st.data())
@settings(max_examples=examples(60), deadline=None)
def test_a_flipped_bit_leads_to_another_root(data: st.DataObject) -> None:
    size = data.draw(st.integers(257, 1_200))
    store = written(size)
    root = root_of(HASHES[:size])
    path = data.draw(st.sampled_from(sorted(store)))
    at = data.draw(st.integers(0, len(store[path]) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    store[path] = store[path][:at] + bytes([store[path][at] ^ bit]) + store[path][at + 1 :]
    index = data.draw(st.integers(0, size - 1))
    tree = TiledTree(size, store.__getitem__)
    proof = tree.inclusion(index)
    if proof != TiledTree(size, written(size).__getitem__).inclusion(index):
        with pytest.raises(BadProof):
            verify_inclusion(HASHES[index], index, size, proof, root)


@given(st.data())
@settings(max_examples=examples(60), deadline=None)
def test_a_tile_that_was_cut_or_grew_is_refused_by_its_name(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 1_200))
    store = written(size)
    tile = data.draw(st.sampled_from([tile for tile in tiles_of(size) if tile.level == 0]))
    whole = store[tile.path]
    end = data.draw(st.integers(0, len(whole) - 1))
    for damaged in (whole[:end], whole + bytes(32), whole + b"\n"):
        read = (store | {tile.path: damaged}).__getitem__
        with pytest.raises(BadTile, match=f"{tile.path}: {len(damaged)} bytes"):
            TiledTree(size, read).leaf(tile.index * 256)
        if not tile.full:
            # nothing is built on it either
            with pytest.raises(BadTile, match=tile.path):
                list(grow(size, HASHES[size : size + 1], read))


def test_a_leaf_beyond_the_end_is_refused(large: dict[str, bytes]) -> None:
    for at in (-1, 70_000):
        with pytest.raises(BadTile, match="has no leaf"):
            TiledTree(70_000, large.__getitem__).leaf(at)


# --- another's program ----------------------------------------------------------------------------


def reader_of(root: Path, size: int) -> tlog_scales.reader.TilesReader:
    reader = tlog_scales.reader.TilesReader(tlog_scales.backend.LocalBackend(root))
    reader.set_size(size)
    return reader


def put(root: Path, store: dict[str, bytes]) -> None:
    for path, data in store.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 1_000, 66_000])
def test_tlog_scales_reads_our_tiles_and_finds_our_proofs(size: int, tmp_path: Path) -> None:
    store = written(size // 2, size)
    put(tmp_path, store)
    reader, tree = reader_of(tmp_path, size), TiledTree(size, store.__getitem__)
    root = root_of(HASHES[:size])
    assert reader.calculate_root_hash() == root
    for at in {0, size // 2, size - 1}:
        assert reader.get_inclusion_proof(at, size).node_hashes == tree.inclusion(at)
        assert reader.get_consistency_proof(at + 1, size).node_hashes == tree.consistency(at + 1)


def test_we_write_the_tiles_that_tlog_scales_writes(tmp_path: Path) -> None:
    writer = tlog_scales.writer.TilesWriter.create(tmp_path / "log", "example.org/log")
    for entry in ENTRIES:
        writer.add_leaf(entry)
    writer.commit([DummySigner()])
    theirs = {
        str(path.relative_to(tmp_path / "log")): path.read_bytes()
        for path in (tmp_path / "log" / "tile").rglob("*")
        if path.is_file() and "entries" not in path.parts
    }
    assert theirs == written(70_000)
