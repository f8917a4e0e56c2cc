"""The register of organisations: dated, with successors."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import Area
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.organisations.rules import (
    CODE_LENGTH,
    NAME_LENGTH,
    CompanyStanding,
    OrganisationKind,
    Trade,
)


class Organisation(Base):
    """A unit that handles, supervises or takes part. Never deleted: it ends, and one follows it."""

    __tablename__ = "organisation"
    __table_args__ = (
        Index("ix_organisation_area_id", "area_id"),
        Index("ix_organisation_parent_id", "parent_id"),
        # few have ended, and each request of the staff asks whom theirs followed
        Index(
            "ix_organisation_successor_id",
            "successor_id",
            sqlite_where=text("successor_id IS NOT NULL"),
            postgresql_where=text("successor_id IS NOT NULL"),
        ),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
        CheckConstraint("successor_id IS NULL OR valid_to IS NOT NULL", name="successor"),
        CheckConstraint("successor_id IS NULL OR successor_id <> id", name="own_successor"),
        CheckConstraint("(standing IS NULL) = (standing_since IS NULL)", name="standing"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True)
    kind: Mapped[OrganisationKind] = code_column(OrganisationKind)
    trade: Mapped[Trade | None] = code_column(Trade)
    name_zh_hans: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_zh_hant: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    name_en: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey(Area.id))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    phone: Mapped[str | None] = mapped_column(String(40))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    # None: nobody keeps a list of how it stands, and it works like any other unit
    standing: Mapped[CompanyStanding | None] = code_column(CompanyStanding)
    standing_since: Mapped[date | None]
