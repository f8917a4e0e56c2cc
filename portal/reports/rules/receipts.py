"""How the secret on a receipt is kept: only as a keyed hash, bound to its number."""

from portal.kernel.ids import clean_lookup_code
from portal.kernel.vault import Vault


def lookup_hash(vault: Vault, number: str, code: str) -> str:
    """What is stored of a look-up code, as typed or as printed; ``number`` as it is stored."""
    return vault.keyed_hash("lookup", number + clean_lookup_code(code))
