"""People, what they hold, and how they prove who they are. Phones are sealed, matched by hash."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.rules import CODE_TRIES, PIN_TRIES, AgeBand, Office, Seen, Way
from portal.areas.models import Area
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number


class Person(Base):
    """Somebody with an account. After erasure only the id and the date remain."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("(sealed_phone IS NULL) = (phone_hash IS NULL)", name="phone"),
        CheckConstraint(
            "erased_at IS NULL OR (phone_hash IS NULL AND password_hash IS NULL)", name="erased"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    display_name: Mapped[str] = mapped_column(String(80), default="")
    language: Mapped[str] = mapped_column(String(8), default="zh_Hans")
    age_band: Mapped[AgeBand] = code_column(AgeBand, default=AgeBand.UNKNOWN)
    sealed_phone: Mapped[str | None] = mapped_column(Text)
    phone_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    phone_verified_at: Mapped[datetime | None]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    demo: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class AgeStatement(Base):
    """What somebody said of her age group, or a desk after it had looked at a paper; only added to.

    ``seen`` None: said and not checked. ``by_id``: whoever confirmed it (None: herself, or the
    operator).
    """

    __tablename__ = "age_statement"
    __table_args__ = (Index("ix_age_statement_person_id", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    band: Mapped[AgeBand] = code_column(AgeBand)
    seen: Mapped[Seen | None] = code_column(Seen)
    by_id: Mapped[UUID | None]
    at: Mapped[datetime]


class PersonOffice(Base):
    """The one office (administration or audit) an account is bound to while it holds it.

    The primary key makes two racing grants impossible: each holding with an office points here.
    """

    __tablename__ = "person_office"
    __table_args__ = (UniqueConstraint("person_id", "office"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    office: Mapped[Office] = code_column(Office)


class RoleHolding(Base):
    """A role held in a place or an organisation for a time. Ended, never deleted."""

    __tablename__ = "role_holding"
    __table_args__ = (
        ForeignKeyConstraint(
            ["person_id", "office"],
            ["person_office.person_id", "person_office.office"],
            name="fk_role_holding_office",
        ),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid"),
        CheckConstraint("ended_at IS NULL OR office IS NULL", name="office"),
        Index("ix_role_holding_person_id", "person_id"),
        Index("ix_role_holding_role_area_id", "role", "area_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(40))
    office: Mapped[Office | None] = code_column(Office)
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey(Area.id))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    granted_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]


class LoginSession(Base):
    """One browser that is signed in. ``seen_at`` moves on POST only: reading leaves no trail."""

    __tablename__ = "login_session"
    __table_args__ = (Index("ix_login_session_person_id", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    way: Mapped[Way] = code_column(Way)
    device: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    second_factor_at: Mapped[datetime | None]


class SignInCode(Base):
    """A one-time code sent to a phone, good only in the browser that asked for it."""

    __tablename__ = "sign_in_code"
    __table_args__ = (CheckConstraint(f"tries BETWEEN 0 AND {CODE_TRIES}", name="tries"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    # whose new number is being proved; None when somebody signs in
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    # what it is good for, and for nothing else; None: it signs in, or proves a new number
    purpose: Mapped[str | None] = mapped_column(String(80))
    sealed_phone: Mapped[str] = mapped_column(Text)
    phone_hash: Mapped[str] = mapped_column(String(64), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    browser_hash: Mapped[str] = mapped_column(String(64), index=True)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class SignInLink(Base):
    """A link that signs in once, printed by ``gongzhi people add``."""

    __tablename__ = "sign_in_link"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Card(Base):
    """A printed card for somebody without a phone: the QR is had, the PIN is known."""

    __tablename__ = "card"
    __table_args__ = (
        CheckConstraint(f"tries BETWEEN 0 AND {PIN_TRIES}", name="tries"),
        Index("ix_card_person_id", "person_id"),
        Index("ix_card_area_id_id", "area_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    pin_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(Integer, default=0)
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey(Area.id))
    issued_by: Mapped[UUID | None]
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SecondFactor(Base):
    """The sealed TOTP secret of staff. ``last_step`` only grows, so that no code works twice."""

    __tablename__ = "second_factor"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sealed_secret: Mapped[str] = mapped_column(Text)
    last_step: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code on paper that stands in once for a lost authenticator."""

    __tablename__ = "recovery_code"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None]


class ApiKey(Base):
    """A program's key, of an organisation or a person. The key itself is shown once, at issue."""

    __tablename__ = "api_key"
    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) <> (person_id IS NULL)", name="owner"),
        Index("ix_api_key_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    scopes: Mapped[str] = mapped_column(String(200))
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID | None]
    last_used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]


class ErasureRecord(Base):
    """That somebody was erased, so that a restored backup can be cleaned of her again."""

    __tablename__ = "erasure_record"

    person_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[datetime]
