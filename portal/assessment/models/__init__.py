"""Tables of assessment: what people put down, and what was frozen and never changes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.assessment.rules import (
    LONGEST_CODE,
    LONGEST_REASON,
    LONGEST_TITLE,
    ObjectionState,
    TalkState,
)
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number

_PERIOD = 8
_SLUG = 16
_NAME = 160
# of less than a set, each of LONGEST_CODE at most
_CODES = 1000


class Period(Base):
    """A period that was frozen once: whoever changes anything of it takes a turn at this row.

    ``version``: the newest.
    """

    __tablename__ = "assessment_period"
    __table_args__ = (CheckConstraint("version >= 0", name="version"),)

    period: Mapped[str] = mapped_column(String(_PERIOD), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)


class Frozen(Base):
    """A version of a period: its files as they are served for ever.

    ``digest`` is the SHA-256 of metadata.json, which holds those of the other files; it is sealed
    in the ledger as ``entry_id``. A later version applies corrections; ``reason`` names them.
    """

    __tablename__ = "assessment_frozen"
    __table_args__ = (
        UniqueConstraint("period", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(version = 1) = (reason IS NULL)", name="reason"),
    )

    slug: Mapped[str] = mapped_column(String(_SLUG), primary_key=True)
    period: Mapped[str] = mapped_column(ForeignKey(Period.period))
    version: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    set_code: Mapped[str] = mapped_column(String(LONGEST_CODE))
    frozen_at: Mapped[datetime]
    objections_until: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))
    entry_id: Mapped[UUID]
    # closed matters of the period by the means that solved them (721)
    by_service: Mapped[int] = mapped_column(Integer)
    by_management: Mapped[int] = mapped_column(Integer)
    by_enforcement: Mapped[int] = mapped_column(Integer)
    inputs_json: Mapped[str] = mapped_column(Text)
    result_csv: Mapped[str] = mapped_column(Text)
    metadata_json: Mapped[str] = mapped_column(Text)
    recompute_py: Mapped[str] = mapped_column(Text)


class OfUnit(Base):
    """What is said of an assessed unit: of a group, by its code in the register or the tree."""

    __abstract__ = True

    group: Mapped[str] = mapped_column("unit_group", String(LONGEST_CODE))
    unit: Mapped[str] = mapped_column("unit_code", String(LONGEST_CODE))


class FrozenRow(Base):
    """A row of a frozen table as pages read it. Points in hundredths; money in fen."""

    __tablename__ = "assessment_row"
    __table_args__ = (
        Index("ix_assessment_row_unit_code", "unit_code"),
        CheckConstraint("points BETWEEN low AND high", name="interval"),
        CheckConstraint("(points IS NULL) = (low IS NULL AND high IS NULL)", name="whole_row"),
        CheckConstraint("place IS NULL OR place >= 1", name="place"),
        CheckConstraint("(fund IS NULL) = (fund_fen IS NULL)", name="fund"),
    )

    slug: Mapped[str] = mapped_column(ForeignKey(Frozen.slug), primary_key=True)
    group: Mapped[str] = mapped_column("unit_group", String(LONGEST_CODE), primary_key=True)
    unit: Mapped[str] = mapped_column("unit_code", String(LONGEST_CODE), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    name_zh_hans: Mapped[str] = mapped_column(String(_NAME))
    name_zh_hant: Mapped[str | None] = mapped_column(String(_NAME))
    name_en: Mapped[str | None] = mapped_column(String(_NAME))
    points: Mapped[int | None] = mapped_column(Integer)
    low: Mapped[int | None] = mapped_column(Integer)
    high: Mapped[int | None] = mapped_column(Integer)
    rank: Mapped[int | None] = mapped_column("place", Integer)
    failed: Mapped[bool] = mapped_column(Boolean)
    fund: Mapped[str | None] = mapped_column(String(LONGEST_CODE))
    fund_fen: Mapped[int | None] = mapped_column(BigInteger)
    # of a unit of which too little is known: the codes of what is, with spaces between
    known: Mapped[str | None] = mapped_column(String(_CODES))


class DailyCheck(OfUnit):
    """What a checker saw of a unit on a day (日检查): scores of a hundred by axis, and why."""

    __tablename__ = "assessment_check"
    __table_args__ = (
        Index("ix_assessment_check_day", "day"),
        *(
            CheckConstraint(f"{axis} BETWEEN 0 AND 100", name=axis)
            for axis in ("clean", "green", "orderly", "lit")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    day: Mapped[date]
    place_path: Mapped[str] = mapped_column(String(255))
    clean: Mapped[int | None] = mapped_column(SmallInteger)
    green: Mapped[int | None] = mapped_column(SmallInteger)
    orderly: Mapped[int | None] = mapped_column(SmallInteger)
    lit: Mapped[int | None] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]


class MediaReport(OfUnit):
    """A critical report in the media about a unit (媒体考核, R080)."""

    __tablename__ = "assessment_media"
    __table_args__ = (Index("ix_assessment_media_day", "day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    day: Mapped[date]
    medium: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]


class RegisterCount(OfUnit):
    """How many things of a kind a unit has by its own register (street lamps, R120), since a day.
    Only added: the newest up to a month's end counts for it."""

    __tablename__ = "assessment_register"
    __table_args__ = (
        Index("ix_assessment_register_day", "kind", "day"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(LONGEST_CODE))
    day: Mapped[date]
    number: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]


class MutualScore(OfUnit):
    """What one unit gave another for a month (双向考核): once, with a reason. ``by_code``: the
    rating unit; of a liaison officer a keyed hash of her account, the month and the unit."""

    __tablename__ = "assessment_score"
    __table_args__ = (
        UniqueConstraint("period", "by_group", "by_code", "unit_group", "unit_code"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    period: Mapped[str] = mapped_column(String(_PERIOD))
    by_group: Mapped[str] = mapped_column(String(LONGEST_CODE))
    by_code: Mapped[str] = mapped_column(String(64))
    score: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]


class Objection(OfUnit):
    """A unit's objection to one figure of a frozen version, and what was decided by another.

    Upheld, it is a correction: ``becomes`` is the value in ten-thousandths that ``was`` before.
    Nothing of it is ever overwritten.
    """

    __tablename__ = "assessment_objection"
    __table_args__ = (
        Index("ix_assessment_objection_period", "period", "state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(state = 'open') = (why IS NULL)", name="why"),
        CheckConstraint("(state = 'upheld') = (becomes IS NOT NULL)", name="becomes"),
        CheckConstraint("becomes BETWEEN 0 AND 10000000", name="value"),
        CheckConstraint("decided_by <> made_by", name="another"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    period: Mapped[str] = mapped_column(ForeignKey(Period.period))
    slug: Mapped[str] = mapped_column(ForeignKey(Frozen.slug))
    indicator: Mapped[str] = mapped_column(String(LONGEST_CODE))
    words: Mapped[str] = mapped_column(String(LONGEST_REASON))
    state: Mapped[ObjectionState] = code_column(ObjectionState, default=ObjectionState.OPEN)
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    was: Mapped[int | None] = mapped_column(Integer)
    becomes: Mapped[int | None] = mapped_column(Integer)
    why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class TalkRecord(OfUnit):
    """A talk (约谈) that a rule asked for: who, why, when, promise, follow-up. Never public."""

    __tablename__ = "assessment_talk"
    __table_args__ = (
        UniqueConstraint("slug", "rule_code", "unit_code"),
        CheckConstraint("(state = 'due') = (held_on IS NULL)", name="held"),
        CheckConstraint("(state = 'due') = (promise IS NULL)", name="promise"),
        CheckConstraint("(state = 'followed') = (followed IS NOT NULL)", name="followed"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    slug: Mapped[str] = mapped_column(ForeignKey(Frozen.slug))
    rule_code: Mapped[str] = mapped_column(String(LONGEST_CODE))
    state: Mapped[TalkState] = code_column(TalkState, default=TalkState.DUE)
    # the office that was spoken for, never a name
    office: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    held_on: Mapped[date | None]
    promise: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    follow_up_on: Mapped[date | None]
    followed: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    made_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


FIXED = ("assessment_frozen", "assessment_row")
WHY = "a frozen assessment never changes"


def fixing_statements(dialect: str) -> list[str]:
    """The triggers that refuse to change what was frozen; the migration runs the same."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_fixed_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
            for table in FIXED
            for verb in ("UPDATE", "DELETE")
        ]
    function = (
        "CREATE OR REPLACE FUNCTION frozen_assessment_is_fixed() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN RAISE EXCEPTION '{WHY}'; END $$"
    )
    triggers = [
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION frozen_assessment_is_fixed()"
        for table in FIXED
    ]
    return [function, *triggers]


@event.listens_for(FrozenRow.__table__, "after_create")
def fix_frozen(_table: object, connection: Connection, **_options: object) -> None:
    """Install the triggers with the last of the tables."""
    for statement in fixing_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
