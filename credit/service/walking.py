"""One log from its first number to its last: entries, numbers, tree, checkpoints, tiles."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from credit.queries.whole import Line, WholeLog, checkpoint_stream, sealed_lines
from credit.rules.checkpoint import open_checkpoint
from credit.rules.flaws import Flaw, Problem
from credit.rules.kinds import Kind
from credit.rules.merkle import EMPTY_ROOT, Frontier
from credit.rules.note import BadNote, VerifierKey, read_note
from credit.rules.standing import Noted
from credit.rules.tiles import WIDTH, BadTile, Tile, TiledTree, TileWalk
from credit.service.entry_checks import Books, earlier_of, flaw_of_line
from credit.service.logfiles import LogFiles
from credit.service.opening import opener
from portal.kernel.instance import instance_of

Checkpoints = Iterator[tuple[int, bytes, bytes]]


@dataclass
class Walk:
    """What is carried from one part of a log to the next, and what was found."""

    session: Session
    log: WholeLog
    files: LogFiles
    books: Books
    keys: list[VerifierKey]
    checkpoints: Checkpoints
    with_files: bool
    against: Noted | None
    served: str | None
    frontier: Frontier = field(default_factory=Frontier)
    tiles: TileWalk = field(default_factory=TileWalk)
    next: tuple[int, bytes, bytes] | None = None
    checked: int = 0
    is_served_found: bool = False
    problems: list[Problem] = field(default_factory=list)

    @property
    def size(self) -> int:
        return self.frontier.size

    def say(self, flaw: Flaw, seq: int | None = None, about: str = "") -> Problem:
        """A problem of this log."""
        return Problem(flaw, self.log.number, seq, about)


def walk_log(
    session: Session,
    log: WholeLog,
    files: LogFiles,
    books: Books,
    *,
    with_files: bool,
    against: Noted | None,
    served: bytes | None,
    tick: Callable[[int], None] | None,
) -> Walk:
    """Recompute one log. It ends at the first number that is wrong: all that follows hangs on it.

    An older log has its files no more to answer for: what was lost of it is named in its successor.
    """
    with closing(checkpoint_stream(session, log.number)) as checkpoints:
        walk = Walk(
            session, log, files, books, files.verifiers(), checkpoints, with_files, against,
            _text(served),
        )  # fmt: skip
        walk.next = next(walk.checkpoints, None)
        if against is not None and not against.size and against.root != EMPTY_ROOT:
            walk.problems.append(walk.say(Flaw.AGAINST))
        if not walk.keys:
            walk.problems.append(walk.say(Flaw.NO_KEY))
        found = _walk(walk, tick)
        walk.problems += _end(walk) if found is None else [found]
    return walk


def _walk(walk: Walk, tick: Callable[[int], None] | None) -> Problem | None:
    """From part to part, up to the first flaw."""
    vault = instance_of(walk.session).vault
    with (
        opener(vault, walk.log.size) as details,
        closing(sealed_lines(walk.session, walk.log.number)) as parts,
    ):
        for lines in parts:
            details.take(lines)
            found = _part(walk, lines)
            wrong = details.first_wrong(all_of_it=found is not None)
            if found is not None or wrong is not None:
                return _earliest(walk, found, wrong)
            if tick is not None:
                tick(walk.size)
        return _earliest(walk, None, details.first_wrong(all_of_it=True))


def _earliest(walk: Walk, found: Problem | None, wrong: int | None) -> Problem | None:
    """What is wrong with details is told only where nothing before it is."""
    if wrong is None or (found is not None and (found.seq or 0) <= wrong):
        return found
    return walk.say(Flaw.DETAILS_CHANGED, wrong)


def _part(walk: Walk, lines: Sequence[Line]) -> Problem | None:
    """The first flaw of the entries or the tree of one part; a tile that differs from both of
    them comes after."""
    leaves = [line.leaf_hash for line in lines]
    found = [flaw for flaw in (_entries(walk, lines), _tree(walk, leaves)) if flaw is not None]
    if found:
        return min(found, key=lambda problem: problem.seq or 0)
    made = walk.tiles.extend(leaves) if walk.with_files else ()
    return _first(_tile(walk, *each) for each in made)


def _first(problems: Iterable[Problem | None]) -> Problem | None:
    return next((problem for problem in problems if problem is not None), None)


def _entries(walk: Walk, lines: Sequence[Line]) -> Problem | None:
    earlier = earlier_of(walk.session, lines)
    for expected, line in enumerate(lines, walk.size):
        if line.seq != expected:
            return walk.say(Flaw.GAP, min(expected, line.seq))
        place = (walk.log.number, line.seq)
        flaw = flaw_of_line(line, place, earlier, walk.books)
        if flaw is not None:
            return walk.say(flaw, line.seq)
    first = lines[0].entry
    is_named = first is not None and first.kind is Kind.LOG_RESUMED
    if walk.size == 0 and walk.log.number > 1 and not is_named:
        return walk.say(Flaw.NO_FIRST, 0)
    return None


def _tree(walk: Walk, leaves: Sequence[bytes]) -> Problem | None:
    """Grow the tree from checkpoint to checkpoint; each must have its root."""
    begin, end = walk.size, walk.size + len(leaves)
    while walk.next is not None and walk.next[0] <= end:
        size, root, note = walk.next
        since = walk.size
        _grow(walk, leaves[walk.size - begin : size - begin])
        if walk.frontier.root() != root:
            return walk.say(Flaw.ROOT, _first_other(walk, since, leaves[since - begin :], size))
        if walk.keys and not _is_signed(walk, size, root, note):
            return walk.say(Flaw.SIGNATURE, size - 1)
        walk.is_served_found |= _text(note) == walk.served
        walk.checked, walk.next = size, next(walk.checkpoints, None)
    _grow(walk, leaves[walk.size - begin :])
    return None


def _grow(walk: Walk, leaves: Sequence[bytes]) -> None:
    """Append leaves; on the way hold the tree against the checkpoint that somebody kept."""
    old = walk.against
    if old is not None and walk.size < old.size <= walk.size + len(leaves):
        cut = old.size - walk.size
        walk.frontier.extend(leaves[:cut])
        if walk.frontier.root() != old.root:
            walk.problems.append(walk.say(Flaw.AGAINST, old.size - 1))
        leaves = leaves[cut:]
    walk.frontier.extend(leaves)


def _first_other(walk: Walk, since: int, leaves: Sequence[bytes], size: int) -> int:
    """The first number whose leaf is not the one in the public tiles; where there is none, the
    first that the checkpoint before does not vouch for."""
    tree = TiledTree(size, walk.files.read_tile)
    try:
        for seq, leaf in enumerate(leaves[: size - since], since):
            if tree.leaf(seq) != leaf:
                return seq
    except (BadTile, FileNotFoundError):
        pass
    return since


def _is_signed(walk: Walk, size: int, root: bytes, note: bytes) -> bool:
    try:
        found = open_checkpoint(note, walk.keys).checkpoint
    except BadNote:
        return False
    return (found.origin, found.size, found.root) == (walk.log.origin, size, root)


def _tile(walk: Walk, tile: Tile, data: bytes) -> Problem | None:
    try:
        there = walk.files.read_tile(tile.path)
    except FileNotFoundError:
        there = b""
    # a tile of a higher level stands for many entries: its first names it
    first = tile.index * WIDTH ** (tile.level + 1)
    return None if there == data else walk.say(Flaw.TILE, first, tile.path)


def _end(walk: Walk) -> Iterator[Problem]:
    """Whether the log ends where its checkpoints, its row and its files end."""
    log, size = walk.log, walk.size
    if walk.next is not None or log.size > size:
        yield walk.say(Flaw.GAP, size)
        return
    yield from _end_of_tree(walk, log, size)
    if walk.with_files:
        tile = _first(_tile(walk, *made) for made in walk.tiles.edge())
        if tile is not None:
            yield tile
        if size and not walk.is_served_found:
            yield walk.say(Flaw.SERVED)


def _end_of_tree(walk: Walk, log: WholeLog, size: int) -> Iterator[Problem]:
    if log.size != size:
        yield walk.say(Flaw.SIZE, log.size)
    if walk.checked != size:
        yield walk.say(Flaw.NO_CHECKPOINT, walk.checked)
    if walk.frontier.pack() != log.frontier:
        yield walk.say(Flaw.FRONTIER)
    if walk.against is not None and walk.against.size > size:
        yield walk.say(Flaw.AGAINST_LARGER, about=f"{walk.against.size} entries")


def _text(note: bytes | None) -> str | None:
    """What a note says; its signatures aside, because witnesses add theirs to what is served."""
    try:
        return None if note is None else read_note(note).text
    except BadNote:
        return ""
