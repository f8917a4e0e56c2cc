"""The whole ledger of one person as a file: every entry with its leaf, its details and their key.

Whoever has the file can compute each leaf's hash and open each commitment (L14).
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.mine import Line, lines_of, mine
from credit.service.proofs import details_file
from credit.service.writing import leaf_hash, leaf_of

FORMAT: Final = "gongzhi-credit-ledger-1"


def ledger_file(session: Session, person_id: UUID | None, *, now: datetime) -> dict[str, Any]:
    """Everything of her ledger, machine-readable: entries the oldest first."""
    who = mine(session, person_id)
    lines = lines_of(session, who.accounts, None, limit=None)
    return {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "accounts": [
            {
                "district": one.district, "account": str(one.account_id), "unit": one.unit.value,
                "balance": one.balance, "held": one.held,
            }
            for one in who.accounts
        ],
        "consents": [
            {
                "district": one.district, "given_at": one.given_at.isoformat(),
                "ended_at": one.ended_at.isoformat() if one.ended_at else None,
            }
            for one in who.consents
        ],
        "entries": [_entry(line) for line in reversed(lines)],
    }  # fmt: skip


def _entry(line: Line) -> dict[str, Any]:
    opened = details_file(line)
    return {
        "account": str(line.account_id),
        "kind": line.entry.kind.value,
        "balance_after": line.after,
        "until": line.entry.until.isoformat() if line.entry.until else None,
        "matter": line.matter.number if line.matter else None,
        "disputed": line.matter is not None and line.matter.disputed,
        "log": line.log,
        "number": line.seq,
        "leaf": leaf_of(line.entry).encode().decode(),
        "leaf_hash": leaf_hash(line.entry).hex(),
        "details": opened["details"] if opened else None,
        "details_salt": opened["salt"] if opened else None,
    }
