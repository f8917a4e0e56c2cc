"""What is hashed of a signature: who, when, what text in which version. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from credit.rules.canonical import Json, canonical
from pledges.rules.clauses import Letter
from pledges.rules.signing import SigningWay

LONGEST_SIGNATURE: Final = 40
SALT_BYTES: Final = 16


@dataclass(frozen=True)
class SignedText:
    """A text that was signed: its set, its version, and the hash under which that was sealed."""

    code: str
    version: int
    digest: str
    clauses: tuple[str, ...]

    def said(self) -> dict[str, Json]:
        return {
            "set": self.code, "version": self.version, "digest": self.digest,
            "ticked": list(self.clauses),
        }  # fmt: skip


@dataclass(frozen=True)
class Noticed:
    """The notice of the duty area that was received with it."""

    number: str
    duty_version: int
    text: str

    def said(self) -> dict[str, Json]:
        return {"number": self.number, "version": self.duty_version, "text": self.text}


@dataclass(frozen=True)
class Signature:
    """One signature, whole. ``signer``: the account; None for one on paper. ``offer``: what is
    offered by the letter, where it is one of parking."""

    number: str
    letter: Letter
    premises: str
    operator: str
    name: str
    signer: UUID | None
    at: datetime
    way: SigningWay
    language: str
    texts: Sequence[SignedText]
    notice: Noticed | None
    salt: str
    offer: Mapping[str, Json] | None = None

    def canonical(self) -> bytes:
        """The very bytes of which the sealed hash is made."""
        offered: dict[str, Json] = {} if self.offer is None else {"offer": dict(self.offer)}
        return canonical(
            {
                "pledge": self.number, "letter": self.letter.value, "premises": self.premises,
                "operator": self.operator, "name": self.name,
                "signer": str(self.signer or ""),
                "at": self.at.astimezone(UTC).isoformat(),
                "way": self.way.value, "language": self.language,
                "texts": [text.said() for text in self.texts],
                "notice": self.notice.said() if self.notice else {}, "salt": self.salt,
                **offered,
            }
        )  # fmt: skip

    def digest(self) -> bytes:
        return sha256(self.canonical()).digest()


def clean_name(typed: str) -> str:
    """A typed name as it is kept: on one line, without doubled spaces."""
    return " ".join(typed.split())[:LONGEST_SIGNATURE]


def unticked(wanted: Iterable[UUID], ticked: frozenset[UUID]) -> list[UUID]:
    """The clauses of the main text that were not ticked, in their order: each is ticked singly."""
    return [one for one in wanted if one not in ticked]


def is_renewal(
    held: tuple[UUID, frozenset[UUID]], offered: tuple[UUID, frozenset[UUID]]
) -> bool:  # fmt: skip
    """Whether a signature would say anything that the one in force does not: another main text,
    or other extra ones."""
    return held != offered
