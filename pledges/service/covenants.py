"""An alliance's covenant: drafted by its head, published and sealed, signed by members (R281).

It stays a plain text with versions behind this door, beside that of conventions: members sign it
by sealed statements and elect who drafts it (decision 0054 says why the two are not joined).
"""

import secrets
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.rules.canonical import Json, canonical
from credit.rules.kinds import Kind
from credit.rules.leaf import SALT_LENGTH
from credit.service.known import Rejected
from credit.service.posting import Details
from credit.service.statements import seal_statement
from pledges.models import AllianceCovenant, AllianceSignOn
from pledges.queries.alliance_life import CovenantRow, covenants_of, sign_ons_of
from pledges.queries.alliances import AllianceRow
from pledges.rules.alliances import LONGEST_COVENANT, AllianceRefusal
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.signatures import LONGEST_SIGNATURE
from pledges.service.alliances import checked_words, inside, led
from portal.accounts.rules import Actor
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of


def draft_covenant(
    session: Session, actor: Actor, number: str, texts: dict[str, str], *, now: datetime
) -> None:
    """The head writes the next version; while it is a draft only she reads it."""
    row = led(session, actor, number, now).alliance
    said = {
        f"text_{language.lower()}": checked_words(
            text, LONGEST_COVENANT, f"text_{language.lower()}", empty=language != "zh_Hans"
        )
        or None
        for language, text in texts.items()
    }
    known = covenants_of(session, row)
    if known and known[0].published_at is None:
        session.execute(
            update(AllianceCovenant)
            .where(AllianceCovenant.district == row.district, AllianceCovenant.id == known[0].id)
            .values(**said, written_at=now)
        )
        return
    version = known[0].version + 1 if known else 1
    session.add(
        AllianceCovenant(
            district=row.district, alliance_id=row.id, version=version, written_at=now, **said
        )
    )


def publish_covenant(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Publish the draft: its hash is sealed, and from now on no letter of it changes."""
    row = led(session, actor, number, now).alliance
    known = covenants_of(session, row)
    if not known or known[0].published_at is not None:
        raise Conflict(AllianceRefusal.NO_DRAFT)
    draft, before = known[0], known[1] if len(known) > 1 else None
    if before is not None and before.texts == draft.texts:
        raise Refused(AllianceRefusal.SAME_TEXT)
    digest, entry_id = sha256(canonical(content_of(row, draft))).digest(), new_id()
    _seal(session, row, Kind.COVENANT_PUBLISHED, digest, entry_id,
          f"covenant:{row.number}:{draft.version}", now)  # fmt: skip
    session.execute(
        update(AllianceCovenant)
        .where(AllianceCovenant.district == row.district, AllianceCovenant.id == draft.id)
        .values(published_at=now, digest=digest.hex(), entry_id=entry_id)
    )


def content_of(row: AllianceRow, covenant: CovenantRow) -> dict[str, Json]:
    """What the hash of a version is made of; anybody can make it again."""
    return {
        "alliance": row.number, "version": covenant.version, "texts": dict(covenant.texts),
    }  # fmt: skip


def _seal(
    session: Session, row: AllianceRow, kind: Kind, digest: bytes, entry_id: UUID, source: str,
    now: datetime,
) -> None:  # fmt: skip
    outcome = seal_statement(
        session, district=row.district, entry_id=entry_id, kind=kind, digest=digest,
        details=Details(source), now=now,
    )  # fmt: skip
    if isinstance(outcome, Rejected):
        # the ledger stands still: this waits with it
        raise Conflict(outcome.code)


def newest(session: Session, row: AllianceRow) -> CovenantRow | None:
    """The version that counts."""
    return next((one for one in covenants_of(session, row) if one.published_at), None)


def sign_on(
    session: Session, actor: Actor, number: str, member: str, version: int, name: str,
    *, now: datetime,
) -> None:  # fmt: skip
    """A member stands by the newest version, by typing a name; sealed as a statement.

    ``version``: the one that the page showed. The name is sealed and shown to nobody else.
    """
    found = inside(session, actor, number, now, lock=True)
    row, mine, text = found.alliance, found.member(member), newest(session, found.alliance)
    if text is None or text.version != version:
        raise Conflict(AllianceRefusal.TEXT_CHANGED)
    typed = " ".join(name.split())
    if not typed:
        raise Refused(AllianceRefusal.NO_SIGNATURE, field="name")
    if len(typed) > LONGEST_SIGNATURE:
        raise Refused(PledgeRefusal.LONG, field="name", facts={"most": LONGEST_SIGNATURE})
    salt, entry_id = secrets.token_hex(SALT_LENGTH), new_id()
    said: dict[str, Json] = {
        "covenant": text.digest or "", "member": mine.number, "name": typed, "salt": salt,
        "at": now.isoformat(),
    }  # fmt: skip
    digest = sha256(canonical(said)).digest()
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    added = dialect.insert(AllianceSignOn).values(
        district=row.district, id=new_id(), covenant_id=text.id, member_id=mine.id,
        person_id=actor.person_id, sealed_signature=instance_of(session).vault.seal(typed),
        salt=salt, digest=digest.hex(), entry_id=entry_id, signed_at=now,
    )  # fmt: skip
    if changed_rows(session, added.on_conflict_do_nothing()) != 1:
        raise Conflict(AllianceRefusal.SIGNED)
    _seal(session, row, Kind.COVENANT_SIGNED, digest, entry_id, f"covenant:{row.number}", now)


def withdraw_sign_on(
    session: Session, actor: Actor, number: str, member: str, *, now: datetime
) -> None:
    """Stand by no version any longer, as easily as it was signed (L5)."""
    found = inside(session, actor, number, now, lock=True)
    row, mine = found.alliance, found.member(member)
    if mine.id not in sign_ons_of(session, row):
        raise Conflict(PledgeRefusal.MOVED_ON)
    versions = select(AllianceCovenant.id).where(
        AllianceCovenant.district == row.district, AllianceCovenant.alliance_id == row.id
    )
    session.execute(
        update(AllianceSignOn)
        .where(
            AllianceSignOn.district == row.district, AllianceSignOn.member_id == mine.id,
            AllianceSignOn.covenant_id.in_(versions), AllianceSignOn.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )  # fmt: skip
