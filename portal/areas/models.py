"""Tables of places: the tree, its outlines, tags, cards, permitted places and switches."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.rules import (
    CODE_LENGTH,
    NAME_LENGTH,
    NOTICE_LENGTH,
    PATH_LENGTH,
    SITE_CODE_LENGTH,
    Feature,
    NoticeLevel,
    PermittedKind,
    Tag,
    UnitKind,
)
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id


class Area(Base):
    """One place. ``path`` holds the codes from the root down, so that a prefix means inside."""

    __tablename__ = "area"
    __table_args__ = (
        Index("ix_area_path", "path", unique=True, postgresql_ops={"path": "varchar_pattern_ops"}),
        Index("ix_area_parent_id_code", "parent_id", "code"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
        CheckConstraint("lon IS NULL OR (lon BETWEEN -180 AND 180)", name="lon"),
        CheckConstraint("lat IS NULL OR (lat BETWEEN -90 AND 90)", name="lat"),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True)
    level: Mapped[str] = mapped_column(String(32), index=True)
    kind: Mapped[UnitKind | None] = code_column(UnitKind)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"))
    path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    name_zh_hans: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_zh_hant: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    name_en: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    name_khb: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successor_code: Mapped[str | None] = mapped_column(String(CODE_LENGTH))
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    made_up: Mapped[bool] = mapped_column(default=False)


class AreaTag(Base):
    """A tag on a place."""

    __tablename__ = "area_tag"

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    tag: Mapped[Tag] = code_column(Tag, primary_key=True)


class AreaShape(Base):
    """A place's outline: a GeoJSON Polygon or MultiPolygon in WGS-84."""

    __tablename__ = "area_shape"

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    geojson: Mapped[str] = mapped_column(Text)
    made_up: Mapped[bool] = mapped_column(default=False)


class AreaVersion(Base):
    """One row: a token renewed whenever the tree or an outline changes; caches hang on it."""

    __tablename__ = "area_version"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token: Mapped[UUID]


class GridCard(Base):
    """What is looked after in a place, how well, by whom, and the duty telephone (R067)."""

    __tablename__ = "grid_card"

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    objects: Mapped[str] = mapped_column(Text)
    standards: Mapped[str] = mapped_column(Text)
    responsible: Mapped[str] = mapped_column(String(120))
    duty_phone: Mapped[str] = mapped_column(String(40))
    updated_at: Mapped[datetime]


class PermittedPlace(Base):
    """A place where stalls are lawful, and its hours (minutes after midnight, local)."""

    __tablename__ = "permitted_place"
    __table_args__ = (
        Index("ix_permitted_place_area_id", "area_id"),
        CheckConstraint("opens BETWEEN 0 AND 1439", name="opens"),
        CheckConstraint("closes BETWEEN 1 AND 1440 AND closes <> opens", name="closes"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    kind: Mapped[PermittedKind] = code_column(PermittedKind)
    name_zh_hans: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_zh_hant: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    name_en: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    opens: Mapped[int] = mapped_column(SmallInteger)
    closes: Mapped[int] = mapped_column(SmallInteger)
    weekdays: Mapped[str] = mapped_column(String(7))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class ConstructionSite(Base):
    """A building site inside a grid, from a day until (not including) a day (R129).

    ``code`` is what its authority calls it: the same code comes again with every list.
    """

    __tablename__ = "construction_site"
    __table_args__ = (
        Index("ix_construction_site_area_id", "area_id"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(SITE_CODE_LENGTH), unique=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    title: Mapped[str] = mapped_column(String(NAME_LENGTH))
    builder: Mapped[str] = mapped_column(String(NAME_LENGTH))
    permit: Mapped[str] = mapped_column(String(SITE_CODE_LENGTH))
    measures: Mapped[str] = mapped_column(String(200))
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    updated_at: Mapped[datetime]


class FeatureSwitch(Base):
    """A feature that is on in a place and all below it, from a day until (not including) a day."""

    __tablename__ = "feature_switch"
    __table_args__ = (
        UniqueConstraint("feature", "area_id"),
        CheckConstraint("until IS NULL OR until > since", name="dates"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    feature: Mapped[Feature] = code_column(Feature)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    since: Mapped[date]
    until: Mapped[date | None]


class PublicNotice(Base):
    """A notice that stands on every page for a while: a storm, a burst main, a closed road (R025).

    ``tell``: those who follow the place are told too. ``told_after`` is how far a job has come
    among the followers, and ``told_at`` when it had told all of them.
    """

    __tablename__ = "public_notice"
    __table_args__ = (
        CheckConstraint("ends_at > begins_at", name="times"),
        Index("ix_public_notice_ends_at", "ends_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    level: Mapped[NoticeLevel] = code_column(NoticeLevel)
    words_zh_hans: Mapped[str] = mapped_column(String(NOTICE_LENGTH))
    words_zh_hant: Mapped[str | None] = mapped_column(String(NOTICE_LENGTH))
    words_en: Mapped[str | None] = mapped_column(String(NOTICE_LENGTH))
    issuer: Mapped[str] = mapped_column(String(NAME_LENGTH))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    tell: Mapped[bool] = mapped_column(default=False)
    told_after: Mapped[UUID | None]
    told_at: Mapped[datetime | None]
