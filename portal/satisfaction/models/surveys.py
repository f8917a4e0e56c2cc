"""Tables of public surveys. What was answered names nobody; words stand apart and are sealed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from portal.satisfaction.rules.surveys import (
    LONGEST_QUESTION,
    LONGEST_TITLE,
    MOST_SHEETS,
    AskedWho,
    QuestionKind,
    SheetChannel,
    SurveyKind,
)


class Survey(Base):
    """A version of a survey; once started it never changes. ``sheets``: numbered paper handed out;
    ``drawn``: how many were invited, whatever became of their invitations.

    ``opens_on`` and ``closes_on`` are days of the city, both of them within.
    """

    __tablename__ = "survey"
    __table_args__ = (
        CheckConstraint("closes_on >= opens_on", name="days"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint(f"sheets BETWEEN 0 AND {MOST_SHEETS}", name="sheets"),
        Index("ix_survey_place_path", "place_path"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    kind: Mapped[SurveyKind] = code_column(SurveyKind)
    who: Mapped[AskedWho] = code_column(AskedWho)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    version: Mapped[int] = mapped_column(SmallInteger, default=1)
    copied_from: Mapped[UUID | None] = mapped_column(ForeignKey("survey.id"))
    title_zh_hans: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    title_zh_hant: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    title_en: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    notice_zh_hans: Mapped[str] = mapped_column(Text)
    notice_zh_hant: Mapped[str | None] = mapped_column(Text)
    notice_en: Mapped[str | None] = mapped_column(Text)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    sheets: Mapped[int] = mapped_column(Integer, default=0)
    drawn: Mapped[int] = mapped_column(Integer, default=0)
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    started_at: Mapped[datetime | None]


class SurveyQuestion(Base):
    """A question; ``options_*`` hold one option a line."""

    __tablename__ = "survey_question"
    __table_args__ = (CheckConstraint("position >= 1", name="position"),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    kind: Mapped[QuestionKind] = code_column(QuestionKind)
    needed: Mapped[bool] = mapped_column(Boolean)
    words_zh_hans: Mapped[str] = mapped_column(String(LONGEST_QUESTION))
    words_zh_hant: Mapped[str | None] = mapped_column(String(LONGEST_QUESTION))
    words_en: Mapped[str | None] = mapped_column(String(LONGEST_QUESTION))
    options_zh_hans: Mapped[str | None] = mapped_column(Text)
    options_zh_hant: Mapped[str | None] = mapped_column(Text)
    options_en: Mapped[str | None] = mapped_column(Text)


class SurveySheet(Base):
    """That somebody answered: ``rater_key`` is of this survey only and leads to nobody."""

    __tablename__ = "survey_sheet"
    __table_args__ = (UniqueConstraint("survey_id", "rater_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"))
    rater_key: Mapped[UUID]
    channel: Mapped[SheetChannel] = code_column(SheetChannel)


class SurveyMark(Base):
    """What was marked at a question."""

    __tablename__ = "survey_mark"
    __table_args__ = (
        CheckConstraint("value >= 1", name="value"),
        Index("ix_survey_mark_survey_id", "survey_id", "position", "value"),
    )

    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("survey_sheet.id"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    value: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"))


class SurveyWords(Base):
    """Free words, sealed, apart so that they can be erased."""

    __tablename__ = "survey_words"
    __table_args__ = (Index("ix_survey_words_written_at", "written_at"),)

    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("survey_sheet.id"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    sealed_text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]


class SurveyAgreement(Base):
    """Who agreed to be asked; taken back, the row goes."""

    __tablename__ = "survey_agreement"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    agreed_at: Mapped[datetime]


class SurveyInvitation(Base):
    """Who was drawn for a survey. It holds no secret: whoever is invited signs in."""

    __tablename__ = "survey_invitation"
    __table_args__ = (Index("ix_survey_invitation_person_id", "person_id"),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    invited_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
