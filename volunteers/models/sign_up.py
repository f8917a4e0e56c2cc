"""Who comes to a shift, and how that came about."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from volunteers.rules.shifts import LONGEST_REASON
from volunteers.rules.signing_up import ACTIVE, SignUpState

_ACTIVE = text(f"state IN ({', '.join(sorted(repr(state.value) for state in ACTIVE))})")


class SignUp(Base):
    """One person for one shift. Only one of a person's is active at a time.

    ``until``: how long an offer or a proposal is kept. ``sequence``: the shift as she last agreed
    to it; when the shift's own is higher she is asked again.
    """

    __tablename__ = "volunteer_sign_up"
    __table_args__ = (
        Index(
            "uq_volunteer_sign_up_active",
            "shift_id",
            "person_id",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
        Index("ix_volunteer_sign_up_person_id", "person_id", "state"),
        Index("ix_volunteer_sign_up_post_id", "post_id", "state", "id"),
        Index("ix_volunteer_sign_up_until", "state", "until"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_shift.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_shift_post.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[SignUpState] = code_column(SignUpState)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    until: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(default=0)


class SignUpEvent(Base):
    """One step of a sign-up: to which state, by whom (None: the clock), why. Only ever added.

    ``overridden``: codes of the rules that an organiser set aside, between spaces.
    """

    __tablename__ = "volunteer_sign_up_event"
    __table_args__ = (Index("ix_volunteer_sign_up_event_sign_up_id", "sign_up_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sign_up_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_sign_up.id"))
    at: Mapped[datetime]
    state: Mapped[SignUpState] = code_column(SignUpState)
    actor_id: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    overridden: Mapped[str | None] = mapped_column(String(200))
