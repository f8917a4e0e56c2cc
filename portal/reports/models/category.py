"""What people report: about 30 plain names over the city's class system, and their time limits."""

from datetime import date

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.reports.rules.codes import Closing, Precision, Target


class Category(Base):
    """One plain name a resident chooses, with the codes of the trade behind it."""

    __tablename__ = "category"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    group: Mapped[str] = mapped_column("function_group", String(40))
    position: Mapped[int] = mapped_column(Integer)
    name_zh_Hans: Mapped[str] = mapped_column(String(80))  # noqa: N815  language codes keep their case
    name_zh_Hant: Mapped[str] = mapped_column(String(80))  # noqa: N815  as above
    name_en: Mapped[str] = mapped_column(String(80))
    name_khb: Mapped[str | None] = mapped_column(String(80))
    hint_zh_Hans: Mapped[str] = mapped_column(String(200))  # noqa: N815  as above
    hint_zh_Hant: Mapped[str] = mapped_column(String(200))  # noqa: N815  as above
    hint_en: Mapped[str] = mapped_column(String(200))
    synonyms: Mapped[str] = mapped_column(Text, default="")
    event_codes: Mapped[str] = mapped_column(String(200), default="")
    component_codes: Mapped[str] = mapped_column(String(200), default="")
    target: Mapped[Target] = code_column(Target)
    place_precision: Mapped[Precision] = code_column(Precision)
    closing: Mapped[Closing] = code_column(Closing)
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class CategoryLimit(Base):
    """How long handling may take, from a date on (R002): working or urgent minutes, and why."""

    __tablename__ = "category_limit"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes"),)

    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    minutes: Mapped[int] = mapped_column(Integer)
    round_the_clock: Mapped[bool] = mapped_column(Boolean, default=False)
    source: Mapped[str] = mapped_column(String(200))


class LimitCondition(Base):
    """A condition under which a matter has its own limit (R024), e.g. more than a cubic metre."""

    __tablename__ = "limit_condition"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    name_zh_Hans: Mapped[str] = mapped_column(String(80))  # noqa: N815  as above
    name_zh_Hant: Mapped[str] = mapped_column(String(80))  # noqa: N815  as above
    name_en: Mapped[str] = mapped_column(String(80))


class HandlingLimit(Base):
    """A limit by kind of problem, condition and tag of the place, or a stage of it, since a day.

    ``condition`` and ``tag`` empty: whatever they are. Limits of one key differ by their stage.
    """

    __tablename__ = "handling_limit"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("stage > 0", name="stage"),
    )

    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"), primary_key=True)
    condition: Mapped[str] = mapped_column(String(40), primary_key=True)
    tag: Mapped[str] = mapped_column(String(32), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    stage: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    minutes: Mapped[int] = mapped_column(Integer)
    round_the_clock: Mapped[bool] = mapped_column(Boolean, default=False)
    calendar_code: Mapped[str | None] = mapped_column(String(40))
    stage_zh_Hans: Mapped[str] = mapped_column(String(40), default="")  # noqa: N815  as above
    stage_zh_Hant: Mapped[str] = mapped_column(String(40), default="")  # noqa: N815  as above
    stage_en: Mapped[str] = mapped_column(String(80), default="")
    closing_zh_Hans: Mapped[str] = mapped_column(String(200), default="")  # noqa: N815  as above
    closing_zh_Hant: Mapped[str] = mapped_column(String(200), default="")  # noqa: N815  as above
    closing_en: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(200))
