"""The model agreement in versions: published once, shown with what changed, never edited."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.audit import note_action
from portal.kernel.city import City
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.tables import is_fresh
from volunteers.models.adoption import AdoptionModel
from volunteers.queries.adoption.care import ModelRow, model_now
from volunteers.rules.adoption.lists import DATA, LANGUAGES
from volunteers.rules.adoption.refusals import AdoptionRefusal

FOLDER: Final = DATA / "adoption-agreement"
SOURCE: Final = DATA / "adoption-agreement" / "source.txt"


def text_digest(model: ModelRow) -> str:
    """The fingerprint of a version: of the three texts, in the order of the languages."""
    whole = "\0".join(model.texts[language] for language in LANGUAGES)
    return sha256(whole.encode()).hexdigest()


def text_field(language: str) -> str:
    """How the text in a language is called in forms and refusals."""
    return f"text_{language.lower()}"


def publish_model(
    session: Session,
    actor: Actor,
    texts: Mapping[str, str],
    *,
    source: str,
    seen: int,
    now: datetime,
) -> int:
    """Publish a new version of the model text; its number. ``seen``: the version it was made of.

    Agreements that were signed keep their own version.
    """
    if not actor.may(Permission.RULE_PUBLISH):
        raise Forbidden
    newest = model_now(session)
    for language in LANGUAGES:
        if not texts.get(language, "").strip():
            raise Refused(AdoptionRefusal.NO_TEXT, field=text_field(language))
    if newest is not None and all(texts[key].strip() == newest.texts[key] for key in LANGUAGES):
        raise Refused(AdoptionRefusal.SAME_TEXT)
    if (newest.version if newest else 0) != seen:
        raise Conflict(AdoptionRefusal.CHANGED)
    _insert(session, seen + 1, texts, source, actor.person_id, now)
    note_action(
        session, at=now, actor_id=actor.person_id, action="adoption:model",
        subject=f"adoption_model:{seen + 1}",
    )  # fmt: skip
    return seen + 1


def _insert(
    session: Session,
    version: int,
    texts: Mapping[str, str],
    source: str,
    by: UUID | None,
    now: datetime,
) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(AdoptionModel)
        .values(
            version=version, text_zh_hans=texts["zh_Hans"].strip(),
            text_zh_hant=texts["zh_Hant"].strip(), text_en=texts["en"].strip(),
            source=source.strip(), published_at=now, published_by=by,
        )
        .on_conflict_do_nothing()
        .returning(AdoptionModel.version)
    )  # fmt: skip
    if session.scalar(statement) is None:
        raise Conflict(AdoptionRefusal.CHANGED)


@dataclass(frozen=True)
class ModelLoaded:
    """Whether a version was published."""

    published: int = 0


def load_model(session: Session, city: City, now: datetime) -> ModelLoaded:
    """Publish the shipped text where there is none yet: what a city wrote is its own."""
    texts = {language: _read(FOLDER / f"{language}.txt") for language in LANGUAGES}
    content = "\0".join(texts.values()).encode()
    fresh = is_fresh(session, f"{city.code} adoption agreement", content, now=now)
    if not fresh or model_now(session) is not None:
        return ModelLoaded()
    _insert(session, 1, texts, _read(SOURCE), None, now)
    return ModelLoaded(1)


def _read(path: Path) -> str:
    return path.read_text("utf-8").strip()
