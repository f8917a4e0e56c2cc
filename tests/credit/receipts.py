"""A receipt for tests: the golden award as the seventh of thirteen leaves, seen by a witness.

What was written the first time lies in ``golden.tlog-proof``.
"""

from pathlib import Path

from credit.rules.checkpoint import Checkpoint, cosign
from credit.rules.merkle import inclusion_proof, leaf_hash, root_of
from credit.rules.receipt import make_receipt
from tests.credit.leaves import AWARD
from tests.credit.signers import LOG, ORIGIN, SEEN_AT, WITNESS

SIZE, INDEX = 13, 6
LEAF = AWARD.encode()
HASHES = [leaf_hash(bytes([number])) for number in range(SIZE)]
HASHES[INDEX] = leaf_hash(LEAF)


def node(height: int, index: int) -> bytes:
    return root_of(HASHES[index << height : (index + 1) << height])


PROOF = inclusion_proof(INDEX, SIZE, node)
NOTE = cosign(Checkpoint(ORIGIN, SIZE, root_of(HASHES)).signed(LOG), WITNESS, SEEN_AT)
RECEIPT = make_receipt(LEAF, INDEX, PROOF, NOTE)
GOLDEN = Path(__file__).with_name("golden.tlog-proof")
