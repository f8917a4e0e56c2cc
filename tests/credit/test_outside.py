"""The two ways to check a receipt without us, run as they stand in the decision."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from credit.rules.checkpoint import Checkpoint
from credit.rules.leaf import commitment
from credit.rules.merkle import inclusion_proof, leaf_hash, root_of
from credit.rules.note import Signer, VerifierKey, sign_note
from credit.rules.receipt import make_receipt
from tests.credit.leaves import AWARD
from tests.credit.receipts import GOLDEN, LEAF, RECEIPT
from tests.credit.signers import LOG, NEXT, ORIGIN, STRANGER
from tests.house.tree import ROOT

FILES = ROOT / "credit/data"
PAGE = ROOT / "docs/decisions/0027-proofs.md"
WAYS = {"python": [sys.executable], "sh": ["sh"]}
NO_OPENSSL = "no openssl; run `apt-get install openssl`"
ways = pytest.mark.parametrize(
    "way",
    [
        "python",
        pytest.param(
            "sh", marks=pytest.mark.skipif(not shutil.which("openssl"), reason=NO_OPENSSL)
        ),
    ],
)


def block_of(way: str) -> str:
    """The block of the page; the file that the portal hands out must be the same."""
    (block,) = re.findall(
        rf"^```{way}\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    return str(block)


@pytest.mark.parametrize(("way", "name"), [("python", "check.py"), ("sh", "check.sh")])
def test_what_is_handed_out_is_what_stands_in_the_decision(way: str, name: str) -> None:
    assert (FILES / f"{name}.txt").read_text("utf-8") == block_of(way)


def run(way: str, receipt: Path, key: VerifierKey) -> subprocess.CompletedProcess[bytes]:
    """The block of the page, in a process of its own that knows nothing of this checkout."""
    script = receipt.with_name(f"check.{way}")
    script.write_text(block_of(way), "utf-8")
    return subprocess.run(
        [*WAYS[way], script, receipt, str(key)],
        capture_output=True, timeout=60, check=False, cwd=receipt.parent,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )  # fmt: skip


@ways
def test_a_stranger_finds_the_receipt_right(way: str, tmp_path: Path) -> None:
    receipt = Path(shutil.copy(GOLDEN, tmp_path))
    found = run(way, receipt, LOG.verifier)
    assert found.returncode == 0, found.stderr
    assert found.stdout.strip().endswith(LEAF)


@ways
@pytest.mark.parametrize(("at", "size"), [(0, 1), (12, 13), (4, 5), (7, 8)])
def test_it_works_at_the_edge_of_a_tree_and_while_keys_change(
    way: str, at: int, size: int, tmp_path: Path
) -> None:
    hashes = [leaf_hash(bytes([number])) for number in range(size)]
    hashes[at] = leaf_hash(LEAF)
    proof = inclusion_proof(
        at, size, lambda height, index: root_of(hashes[index << height : (index + 1) << height])
    )
    text = Checkpoint(ORIGIN, size, root_of(hashes)).text()
    note = sign_note(text, NEXT.signature(text), LOG.signature(text))
    receipt = tmp_path / "made.tlog-proof"
    receipt.write_bytes(make_receipt(LEAF, at, proof, note))
    found = run(way, receipt, LOG.verifier)
    assert found.returncode == 0, found.stderr
    assert found.stdout.strip().endswith(LEAF)


@ways
@pytest.mark.parametrize("key", [NEXT, STRANGER], ids=["another key", "another log"])
def test_a_stranger_does_not_believe_another_key(way: str, key: Signer, tmp_path: Path) -> None:
    receipt = Path(shutil.copy(GOLDEN, tmp_path))
    found = run(way, receipt, key.verifier)
    assert found.returncode != 0
    assert LEAF not in found.stdout


@ways
@pytest.mark.parametrize("number", [2, 3, 5, 10, 11, 13])
def test_a_stranger_sees_a_changed_line(way: str, number: int, tmp_path: Path) -> None:
    lines = RECEIPT.decode().split("\n")
    line = lines[number - 1]
    # the last letter of base64 may hold bits that are thrown away: the one in the middle never does
    at = len(line) - 1 if line[-1].isdigit() else len(line) - 20
    lines[number - 1] = (
        line[:at] + ("A" if line[at].isalpha() and line[at] != "A" else "7") + line[at + 1 :]
    )
    receipt = tmp_path / "changed.tlog-proof"
    receipt.write_text("\n".join(lines), "utf-8")
    assert receipt.read_bytes() != RECEIPT
    found = run(way, receipt, LOG.verifier)
    assert found.returncode != 0
    assert not found.stdout.strip().endswith(b"}")


def check_details(folder: Path, details: dict[str, object]) -> subprocess.CompletedProcess[bytes]:
    """The third file: whether details are those under the hash of a leaf."""
    given = folder / "details.json"
    given.write_text(json.dumps(details), "utf-8")
    script = shutil.copy(FILES / "check-details.py.txt", folder / "check-details.py")
    return subprocess.run(
        [sys.executable, script, folder / "made.tlog-proof", given],
        capture_output=True, timeout=60, check=False, cwd=folder,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )  # fmt: skip


def test_a_stranger_finds_the_details_under_the_hash_and_no_others(tmp_path: Path) -> None:
    salt = bytes(range(16))
    details = {"source": "shift:1", "times": 2, "words": '清扫“东门”\t"1号"\n\x07 🙂', "a": ["b"]}
    leaf = replace(AWARD, commitment=commitment(salt, details)).encode()
    note = Checkpoint(ORIGIN, 1, root_of([leaf_hash(leaf)])).signed(LOG)
    (tmp_path / "made.tlog-proof").write_bytes(make_receipt(leaf, 0, [], note))
    found = check_details(tmp_path, {"salt": salt.hex(), "details": details})
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout) == details
    for wrong in (
        {"salt": salt.hex(), "details": details | {"times": 3}},
        {"salt": bytes(16).hex(), "details": details},
    ):
        assert check_details(tmp_path, wrong).returncode != 0
