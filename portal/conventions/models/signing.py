"""Signatures under a version. A yes to be held to it is another thing, and stands in the ledger."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.conventions.models.keys import only_one
from portal.conventions.rules.signing import ContestAct, Signer, SignWay
from portal.conventions.rules.texts import DIGEST_LENGTH
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number


class SignOn(Base):
    """A signature, until it is withdrawn. A household's binds nobody else of it. Its name is shown
    only while ``named_at`` says that the signer wants it.

    ``household_hash`` is of the door; of a person on paper, of her name and door: one line of a
    sheet cannot count twice. ``sheet`` is the number of the sheet from which a line was typed.
    ``contested``: the committee ended it or hid its name. Until it lets her, her account does not
    do the same again under this version.
    """

    __tablename__ = "convention_sign_on"
    __table_args__ = (
        CheckConstraint(
            "signer <> 'household' OR household_hash IS NOT NULL OR withdrawn_at IS NOT NULL",
            name="household",
        ),
        CheckConstraint("(signer = 'unit') = (organisation_id IS NOT NULL)", name="unit"),
        CheckConstraint("way = 'screen' OR typed_by IS NOT NULL", name="typed"),
        CheckConstraint("(way = 'paper') = (sheet IS NOT NULL)", name="sheet"),
        CheckConstraint("(paper_key IS NULL) = (paper_thumbnail_key IS NULL)", name="paper"),
        CheckConstraint("withdrawn_at IS NULL OR withdrawn_at >= signed_at", name="withdrawn"),
        only_one(
            "convention_sign_on_person", "version_id", "person_id", "signer",
            # whoever speaks for units signs for each of them
            where="withdrawn_at IS NULL AND person_id IS NOT NULL AND signer <> 'unit'",
        ),
        only_one(
            "convention_sign_on_household", "version_id", "household_hash",
            where="withdrawn_at IS NULL AND household_hash IS NOT NULL",
        ),
        only_one(
            "convention_sign_on_unit", "version_id", "organisation_id",
            where="withdrawn_at IS NULL AND organisation_id IS NOT NULL",
        ),
        Index("ix_convention_sign_on_version_id", "version_id", "signed_at"),
        Index("ix_convention_sign_on_person_id", "person_id"),
        Index("ix_convention_sign_on_sheet", "sheet"),
        Index("ix_convention_sign_on_paper_key", "paper_key"),
        Index("ix_convention_sign_on_paper_thumbnail_key", "paper_thumbnail_key"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("convention_version.id"))
    signer: Mapped[Signer] = code_column(Signer)
    way: Mapped[SignWay] = code_column(SignWay)
    person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    sealed_name: Mapped[str | None] = mapped_column(Text)
    sealed_household: Mapped[str | None] = mapped_column(Text)
    household_hash: Mapped[str | None] = mapped_column(String(DIGEST_LENGTH))
    sheet: Mapped[str | None] = mapped_column(String(16))
    paper_key: Mapped[str | None] = mapped_column(String(80))
    paper_thumbnail_key: Mapped[str | None] = mapped_column(String(80))
    typed_by: Mapped[UUID | None]
    named_at: Mapped[datetime | None]
    signed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    contested: Mapped[ContestAct | None] = code_column(ContestAct)
