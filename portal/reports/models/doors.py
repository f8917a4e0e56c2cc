"""Who filed a case for somebody else, and the consent that was recorded (R036)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.reports.models.case import of_case
from portal.reports.rules.doors import Behalf, ConsentWay, ProxyRelation


class CaseProxy(Base):
    """One filing by staff. Relation, consent and the photo of the paper go with the reporter's
    identity; that somebody of the desk filed it stays, because she may not verify it.
    """

    __tablename__ = "case_proxy"
    __table_args__ = (
        of_case("case_proxy"),
        ForeignKeyConstraint(
            ["district", "reporter_id"],
            ["case_reporter.district", "case_reporter.id"],
            name="fk_case_proxy_reporter",
            ondelete="CASCADE",
        ),
        Index("ix_case_proxy_case", "district", "case_id"),
        Index("ix_case_proxy_reporter", "district", "reporter_id", unique=True),
        Index("ix_case_proxy_filer", "filer_id", "id"),
        Index("ix_case_proxy_paper_key", "paper_key"),
        CheckConstraint("(consent_way IS NULL) = (consent_words IS NULL)", name="consent"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID]
    reporter_id: Mapped[UUID]
    filer_id: Mapped[UUID]
    filed_at: Mapped[datetime]
    behalf: Mapped[Behalf] = code_column(Behalf)
    relation: Mapped[ProxyRelation | None] = code_column(ProxyRelation)
    consent_way: Mapped[ConsentWay | None] = code_column(ConsentWay)
    consent_version: Mapped[str | None] = mapped_column(String(40))
    consent_words: Mapped[str | None] = mapped_column(Text)
    # a re-encoded photo of the signed paper; never public, never a unit's
    paper_key: Mapped[str | None] = mapped_column(String(80))
    paper_thumbnail_key: Mapped[str | None] = mapped_column(String(80))
    withdrawn_at: Mapped[datetime | None]
