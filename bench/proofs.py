"""``python -m bench.proofs``: what hashing, sealing, proving and checking the ledger cost.

No database: how many leaves one processor makes, appends and checks, in its own time; proofs by the
clock on the wall. The hashes that a tree cannot do without stand beside it, in turn in one run.
"""

import random
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from statistics import median
from uuid import UUID

from credit.rules.checkpoint import Checkpoint, open_checkpoint
from credit.rules.leaf import Transfer, Unit, read_leaf
from credit.rules.merkle import Frontier, leaf_hash, root_of, verify_consistency, verify_inclusion
from credit.rules.note import Signer
from credit.rules.receipt import make_receipt, verify_receipt
from credit.rules.tiles import TiledTree, grow

ORIGIN = "bench.example/credit/log"
SIGNER = Signer.from_seed(ORIGIN, bytes(32))
BATCH = 1_000
SAMPLES = 300
MOST_PROOF_MS, MOST_VERIFY_SECONDS, LEAST_SEALED = 5.0, 60.0, 100_000
WHEN = datetime(2026, 11, 29, tzinfo=UTC)


def leaf(number: int) -> Transfer:
    """A leaf as large as a real one."""
    return Transfer(
        id=UUID(int=number + 1), unit=Unit.POINTS, debit=UUID(int=1 << 100),
        credit=UUID(int=(1 << 101) + number % 3_000), amount=1 + number % 50, kind="award",
        rule="shift_hours@3", source=number.to_bytes(32, "big"), salt=number.to_bytes(16, "big"),
        commitment=number.to_bytes(32, "big"), posted_at=WHEN,
    )  # fmt: skip


def seconds(act: Callable[[], object]) -> float:
    """The processor's time for something: neighbours on the machine do not count."""
    start = time.process_time()
    act()
    return time.process_time() - start


def say(what: str, figure: str, goal: str = "", met: bool | None = None) -> None:
    """One row of the table."""
    print(f"| {what} | {figure} | {goal} | {'' if met is None else 'yes' if met else 'NO'} |")


class Log:
    """A log in a folder, sealed batch by batch as the sealer does it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.frontier = Frontier()
        self.note = b""

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def tree(self) -> TiledTree:
        """The tree as it is on the disk, nothing of it read yet."""
        return TiledTree(self.frontier.size, self.read)

    def seal(self, leaves: list[bytes]) -> None:
        """Hash, append, write tiles, sign; no ``fsync``, which is the disk's and not ours."""
        hashes = [leaf_hash(each) for each in leaves]
        for tile, data in grow(self.frontier.size, hashes, self.read):
            path = self.folder / tile.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self.frontier.extend(hashes)
        checkpoint = Checkpoint(ORIGIN, self.frontier.size, self.frontier.root())
        self.note = checkpoint.signed(SIGNER)


def append(hashes: list[bytes]) -> Iterator[tuple[str, float]]:
    """The frontier beside as many bare hashes of pairs, three turns of each."""
    pair = hashes[0] + hashes[-1]

    def bare() -> None:
        for _ in hashes:
            sha256(b"\x01" + pair).digest()

    turns = [(seconds(lambda: Frontier().extend(hashes)), seconds(bare)) for _ in range(3)]
    yield "append to the frontier", median(turn[0] for turn in turns)
    yield "as many bare SHA-256 of two hashes", median(turn[1] for turn in turns)
    yield "root of all leaf hashes at once", seconds(lambda: root_of(hashes))


def making(count: int) -> list[bytes]:
    """Leaves: made, written, read again, hashed."""
    rows = [leaf(number) for number in range(count)]
    data: list[bytes] = []
    took = seconds(lambda: data.extend(row.encode() for row in rows))
    say("write a leaf", f"{1e6 * took / count:.1f} µs ({len(data[0])} bytes)")
    some = data[:: max(1, count // 20_000)]
    took = seconds(lambda: [read_leaf(each) for each in some])
    say("read a leaf strictly", f"{1e6 * took / len(some):.1f} µs")
    hashes = [leaf_hash(each) for each in data]
    for what, took in append(hashes):
        say(what, f"{took:.2f} s for {count:,}, {count / took:,.0f} a second")
    return data


def sealing(log: Log, data: list[bytes]) -> None:
    """Batches of a thousand, each with its tiles and its signed checkpoint."""
    count = len(data)
    took = seconds(lambda: [log.seal(data[at : at + BATCH]) for at in range(0, count, BATCH)])
    rate = count / took
    say(f"seal in batches of {BATCH:,}, tiles written, signed", f"{rate:,.0f} a second",
        f"≥ {LEAST_SEALED:,}", rate >= LEAST_SEALED)  # fmt: skip


def proving(log: Log, data: list[bytes]) -> None:
    """Proofs from the files of the log; every one is checked."""
    chance, count, root = random.Random(7), len(data), log.frontier.root()
    inclusion, consistency = [], []
    for _ in range(SAMPLES):
        at = chance.randrange(count)
        start = time.perf_counter()
        proof = log.tree().inclusion(at)
        inclusion.append(time.perf_counter() - start)
        verify_inclusion(leaf_hash(data[at]), at, count, proof, root)
        start = time.perf_counter()
        steps = log.tree().consistency(at + 1)
        consistency.append(time.perf_counter() - start)
        if at < 20_000:
            old = root_of([leaf_hash(each) for each in data[: at + 1]])
            verify_consistency(at + 1, count, old, root, steps)
    for what, took in (("inclusion", inclusion), ("consistency", consistency)):
        middle, worst = 1e3 * median(took), 1e3 * max(took)
        say(f"{what} proof from tiles at {count:,}", f"{middle:.2f} ms, worst {worst:.2f} ms",
            f"< {MOST_PROOF_MS:g} ms", middle < MOST_PROOF_MS)  # fmt: skip
    receipt = make_receipt(data[7], 7, log.tree().inclusion(7), log.note)
    took = [seconds(lambda: verify_receipt(receipt, [SIGNER.verifier])) for _ in range(SAMPLES)]
    say("check a receipt", f"{1e3 * median(took):.2f} ms ({len(receipt):,} bytes)")


def verify(log: Log, data: list[bytes]) -> None:
    """Everything again from the leaves: read strictly, hashed, every tile and the root compared."""
    hashes = [leaf_hash(read_leaf(each).encode()) for each in data]
    for tile, found in grow(0, hashes, log.read):
        if log.read(tile.path) != found:
            raise SystemExit(f"{tile.path} differs")
    signed = open_checkpoint(log.note, [SIGNER.verifier]).checkpoint
    if signed.root != root_of(hashes):
        raise SystemExit("the root differs")


def main() -> None:
    parser = ArgumentParser(prog="python -m bench.proofs", description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000, help="entries in the log")
    count = parser.parse_args().count
    print("| what | figure | goal | met |\n|---|---:|---:|---|")
    data = making(count)
    with tempfile.TemporaryDirectory() as folder:
        log = Log(Path(folder))
        sealing(log, data)
        proving(log, data)
        took = seconds(lambda: verify(log, data))
        say(f"verify {count:,}: every leaf, tile and the root", f"{took:.1f} s",
            f"< {MOST_VERIFY_SECONDS:g} s", took < MOST_VERIFY_SECONDS)  # fmt: skip


if __name__ == "__main__":
    main()
