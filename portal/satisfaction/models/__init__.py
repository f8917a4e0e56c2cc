"""Tables of ratings, their erasable words, and the months' figures that never change again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Connection,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.satisfaction.models.surveys import Survey as Survey
from portal.satisfaction.models.surveys import SurveyAgreement as SurveyAgreement
from portal.satisfaction.models.surveys import SurveyInvitation as SurveyInvitation
from portal.satisfaction.models.surveys import SurveyMark as SurveyMark
from portal.satisfaction.models.surveys import SurveyQuestion as SurveyQuestion
from portal.satisfaction.models.surveys import SurveySheet as SurveySheet
from portal.satisfaction.models.surveys import SurveyWords as SurveyWords
from portal.satisfaction.rules import Reason, SubjectKind
from portal.satisfaction.rules.release import YEAR_MILLI


class Rating(Base):
    """One rater's answer about one cycle of a subject. ``rater_key`` says nothing by itself.

    ``version`` counts changes: a form says which one it was made from. ``unit_key`` is the same for
    all ratings of one resident in one month and kind; what has none enters no release.
    """

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("district", "subject_kind", "subject_id", "cycle", "rater_key"),
        CheckConstraint("result_level BETWEEN 1 AND 5", name="result_level"),
        CheckConstraint("service_level BETWEEN 1 AND 5", name="service_level"),
        CheckConstraint("cycle >= 1", name="cycle"),
        CheckConstraint("version >= 1", name="version"),
        Index("ix_rating_window_ends", "window_ends"),
        Index("ix_rating_rater_key", "rater_key"),
        Index("ix_rating_subject_kind_month", "subject_kind", "month"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    subject_kind: Mapped[SubjectKind] = code_column(SubjectKind)
    subject_id: Mapped[UUID]
    cycle: Mapped[int] = mapped_column(Integer)
    rater_key: Mapped[UUID]
    solved: Mapped[bool] = mapped_column(Boolean)
    result_level: Mapped[int] = mapped_column(SmallInteger)
    service_level: Mapped[int] = mapped_column(SmallInteger)
    place_path: Mapped[str] = mapped_column(String(255))
    category_code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    window_ends: Mapped[datetime]
    month: Mapped[str | None] = mapped_column(String(7))
    unit_key: Mapped[UUID | None]


class RatingReason(Base):
    """A reason somebody ticked."""

    __tablename__ = "rating_reason"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "rating_id"], ["rating.district", "rating.id"], name="fk_rating_reason"
        ),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    rating_id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[Reason] = code_column(Reason, primary_key=True)


class RatingWords(Base):
    """The free words of a rating, sealed, and apart from it so that they can be erased."""

    __tablename__ = "rating_words"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "rating_id"], ["rating.district", "rating.id"], name="fk_rating_words"
        ),
        Index("ix_rating_words_written_at", "written_at"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    rating_id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed_text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]


class RatingShown(Base):
    """That whoever gave a rating lets the unit see it: since when, and over which words.

    Without a row nobody at the desk sees the rating. The row goes when she takes it back.
    """

    __tablename__ = "rating_shown"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "rating_id"], ["rating.district", "rating.id"], name="fk_rating_shown"
        ),
        CheckConstraint("words_version >= 1", name="words_version"),
        Index("ix_rating_shown_agreed_at", "agreed_at"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    rating_id: Mapped[UUID] = mapped_column(primary_key=True)
    words_version: Mapped[int] = mapped_column(SmallInteger)
    agreed_at: Mapped[datetime]


class MonthRelease(Base):
    """A month whose figures were made, once, and the settings they were made with.

    ``released_by`` names the method, so that a later one knows which months are spent.
    """

    __tablename__ = "month_release"
    __table_args__ = (
        CheckConstraint("satisfied_levels BETWEEN 1 AND 4", name="satisfied_levels"),
        CheckConstraint("window_days >= 1", name="window_days"),
    )

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    released_by: Mapped[str] = mapped_column(String(16))
    computed_at: Mapped[datetime]
    window_days: Mapped[int] = mapped_column(Integer)
    satisfied_levels: Mapped[int] = mapped_column(SmallInteger)
    smallest_cell: Mapped[int] = mapped_column(SmallInteger)


class MonthFigure(Base):
    """One place in one month as everybody may read it. Withheld numbers are not stored at all."""

    __tablename__ = "month_figure"
    __table_args__ = (
        Index("ix_month_figure_month_parent_path", "month", "parent_path"),
        CheckConstraint("closed IS NULL OR closed >= 0", name="closed"),
        CheckConstraint(
            "(answered IS NULL) = (solved IS NULL) AND (answered IS NULL) = (satisfied IS NULL)",
            name="whole_row",
        ),
        CheckConstraint("solved BETWEEN 0 AND answered", name="solved"),
        CheckConstraint("satisfied BETWEEN 0 AND answered", name="satisfied"),
    )

    month: Mapped[str] = mapped_column(ForeignKey("month_release.month"), primary_key=True)
    path: Mapped[str] = mapped_column(String(255), primary_key=True)
    parent_path: Mapped[str | None] = mapped_column(String(255))
    area_code: Mapped[str] = mapped_column(String(32))
    level: Mapped[str] = mapped_column(String(32))
    closed: Mapped[int | None] = mapped_column(Integer)
    answered: Mapped[int | None] = mapped_column(Integer)
    solved: Mapped[int | None] = mapped_column(Integer)
    satisfied: Mapped[int | None] = mapped_column(Integer)


class SatisfactionRelease(Base):
    """An anonymised release: its files as they are served for ever, and what they cost.

    ``digest`` is the SHA-256 of metadata.json, which holds those of the other files; it is sealed
    in the ledger as ``entry_id``. ``epsilon_milli``: ε in thousandths, paid from the year's budget
    by a trigger.
    """

    __tablename__ = "satisfaction_release"
    __table_args__ = (
        UniqueConstraint("subject_kind", "month", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("epsilon_milli >= 1", name="epsilon_milli"),
        CheckConstraint("(version = 1) = (reason IS NULL)", name="reason"),
    )

    slug: Mapped[str] = mapped_column(String(40), primary_key=True)
    month: Mapped[str] = mapped_column(String(7))
    subject_kind: Mapped[SubjectKind] = code_column(SubjectKind)
    version: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str | None] = mapped_column(String(300))
    epsilon_milli: Mapped[int] = mapped_column(Integer)
    satisfied_levels: Mapped[int] = mapped_column(SmallInteger)
    window_days: Mapped[int] = mapped_column(Integer)
    released_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))
    entry_id: Mapped[UUID]
    data_csv: Mapped[str] = mapped_column(Text)
    measurements_json: Mapped[str] = mapped_column(Text)
    metadata_json: Mapped[str] = mapped_column(Text)
    rebuild_py: Mapped[str] = mapped_column(Text)


class ReleaseCell(Base):
    """A row of a release's table as pages and assessments read it; withheld figures are NULL."""

    __tablename__ = "satisfaction_release_cell"
    __table_args__ = (
        Index("ix_satisfaction_release_cell_path", "path"),
        CheckConstraint("span IN ('month', 'quarter')", name="span"),
        CheckConstraint(
            "(answered IS NULL) = (satisfied IS NULL) AND (answered IS NULL) = (solved IS NULL) "
            "AND (answered IS NULL) = (satisfied_share IS NULL)",
            name="whole_row",
        ),
    )

    slug: Mapped[str] = mapped_column(ForeignKey("satisfaction_release.slug"), primary_key=True)
    span: Mapped[str] = mapped_column(String(8), primary_key=True)
    level: Mapped[str] = mapped_column(String(32), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    path: Mapped[str] = mapped_column(String(255))
    parent_level: Mapped[str | None] = mapped_column(String(32))
    parent_code: Mapped[str | None] = mapped_column(String(64))
    name_zh_hans: Mapped[str] = mapped_column(String(160))
    name_zh_hant: Mapped[str | None] = mapped_column(String(160))
    name_en: Mapped[str | None] = mapped_column(String(160))
    closed: Mapped[int | None] = mapped_column(Integer)
    look_at: Mapped[str | None] = mapped_column(String(64))
    answered: Mapped[int | None] = mapped_column(Integer)
    satisfied: Mapped[int | None] = mapped_column(Integer)
    solved: Mapped[int | None] = mapped_column(Integer)
    satisfied_share: Mapped[float | None] = mapped_column(Float)
    satisfied_low: Mapped[float | None] = mapped_column(Float)
    satisfied_high: Mapped[float | None] = mapped_column(Float)
    solved_share: Mapped[float | None] = mapped_column(Float)
    solved_low: Mapped[float | None] = mapped_column(Float)
    solved_high: Mapped[float | None] = mapped_column(Float)
    mean_score: Mapped[float | None] = mapped_column(Float)
    response_rate: Mapped[float | None] = mapped_column(Float)
    weighted_share: Mapped[float | None] = mapped_column(Float)
    noise_scale: Mapped[float] = mapped_column(Float)
    effective_n: Mapped[int | None] = mapped_column(Integer)


class ReleaseBudget(Base):
    """How much of its ε a year has spent on a kind: written by the releases' trigger alone.

    The CHECK is the cap: whatever would overspend is refused by the database.
    """

    __tablename__ = "satisfaction_budget"
    __table_args__ = (
        CheckConstraint(f"spent_milli BETWEEN 0 AND {YEAR_MILLI}", name="yearly_cap"),
    )

    subject_kind: Mapped[SubjectKind] = code_column(SubjectKind, primary_key=True)
    year: Mapped[str] = mapped_column(String(4), primary_key=True)
    spent_milli: Mapped[int] = mapped_column(Integer)


_REFUSE = "a released month never changes"
FIXED_TABLES = (
    "month_release",
    "month_figure",
    "satisfaction_release",
    "satisfaction_release_cell",
)


def fixing_statements(dialect: str) -> list[str]:
    """The triggers that refuse to change a released month; the migrations run the same."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_fixed_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END"
            for table in FIXED_TABLES
            for verb in ("UPDATE", "DELETE")
        ]
    function = (
        "CREATE OR REPLACE FUNCTION released_month_is_fixed() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSE}'; END $$"
    )
    triggers = [
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION released_month_is_fixed()"
        for table in FIXED_TABLES
    ]
    return [function, *triggers]


# each release pays from its year's budget, and nothing is paid back
_PAYING = {
    "sqlite": (
        "CREATE TRIGGER satisfaction_release_pays AFTER INSERT ON satisfaction_release "
        "BEGIN INSERT INTO satisfaction_budget (subject_kind, year, spent_milli) SELECT "
        "NEW.subject_kind, substr(NEW.month, 1, 4), 0 WHERE NOT EXISTS (SELECT 1 FROM "
        "satisfaction_budget WHERE subject_kind = NEW.subject_kind AND year = "
        "substr(NEW.month, 1, 4)); UPDATE satisfaction_budget SET spent_milli = "
        "spent_milli + NEW.epsilon_milli WHERE subject_kind = NEW.subject_kind AND year "
        "= substr(NEW.month, 1, 4); END",
        "CREATE TRIGGER satisfaction_budget_update BEFORE UPDATE ON satisfaction_budget "
        "WHEN NEW.spent_milli < OLD.spent_milli OR NEW.year <> OLD.year OR "
        "NEW.subject_kind <> OLD.subject_kind BEGIN SELECT RAISE(ABORT, 'what was spent "
        "stays spent'); END",
        "CREATE TRIGGER satisfaction_budget_delete BEFORE DELETE ON satisfaction_budget "
        "BEGIN SELECT RAISE(ABORT, 'what was spent stays spent'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION satisfaction_release_pays() RETURNS trigger LANGUAGE "
        "plpgsql AS $$ BEGIN INSERT INTO satisfaction_budget (subject_kind, year, "
        "spent_milli) VALUES (NEW.subject_kind, substr(NEW.month, 1, 4), 0) ON CONFLICT "
        "DO NOTHING; UPDATE satisfaction_budget SET spent_milli = spent_milli + "
        "NEW.epsilon_milli WHERE subject_kind = NEW.subject_kind AND year = "
        "substr(NEW.month, 1, 4); RETURN NULL; END $$",
        "CREATE TRIGGER satisfaction_release_pays AFTER INSERT ON satisfaction_release "
        "FOR EACH ROW EXECUTE FUNCTION satisfaction_release_pays()",
        "CREATE OR REPLACE FUNCTION satisfaction_budget_stays() RETURNS trigger LANGUAGE "
        "plpgsql AS $$ BEGIN IF TG_OP = 'UPDATE' THEN IF NEW.spent_milli >= "
        "OLD.spent_milli AND NEW.year = OLD.year AND NEW.subject_kind = OLD.subject_kind "
        "THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION 'what was spent stays spent'; "
        "END $$",
        "CREATE TRIGGER satisfaction_budget_stays BEFORE UPDATE OR DELETE ON "
        "satisfaction_budget FOR EACH ROW EXECUTE FUNCTION satisfaction_budget_stays()",
    ),
}


@event.listens_for(ReleaseCell.__table__, "after_create")
def fix_released_months(_table: object, connection: Connection, **_options: object) -> None:
    """Install the triggers with the last of the tables."""
    dialect = connection.dialect.name
    for statement in (*fixing_statements(dialect), *_PAYING[dialect]):
        connection.exec_driver_sql(statement)
