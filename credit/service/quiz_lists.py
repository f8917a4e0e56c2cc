"""The things to learn that a city's file names: a folder of three sheets each, one a language."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from credit.queries.quizzes import number_of_list
from credit.rules.quizzes import LANGUAGES
from credit.service.quizzes import QuizWish, plant_quiz
from portal.kernel.city import City
from portal.kernel.clock import city_day
from portal.kernel.errors import BadData, Refused
from portal.kernel.tables import is_fresh


@dataclass(frozen=True)
class QuizzesLoaded:
    """How many versions were published."""

    published: int = 0


def load_city_quizzes(session: Session, city: City, now: datetime) -> QuizzesLoaded:
    """Publish what is new in the folders that the city's file names. Raises BadData."""
    published = 0
    for name in city.raw.get("lists", {}).get("quizzes", ()):
        typed = _sheets(city.folder / name)
        content = "\0".join(typed.get(language, "") for language in LANGUAGES).encode()
        if not is_fresh(session, f"{city.code} quizzes {name}", content, now=now):
            continue
        wish = QuizWish(typed, city_day(now, city.zone))
        try:
            plant_quiz(session, number_of_list(session, name), name, wish, now=now)
        except Refused as refused:
            line = int(refused.facts.get("at", 1))
            raise BadData(f"{name} {refused.field}", [(line, refused.code)]) from refused
        published += 1
    return QuizzesLoaded(published)


def _sheets(folder: Path) -> dict[str, str]:
    """The sheets of a folder by language. Raises BadData when one cannot be read."""
    found = {}
    for language in LANGUAGES:
        path = folder / f"{language}.txt"
        try:
            found[language] = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadData(
                f"{folder.name}/{path.name}", [(1, f"cannot be read ({error})")]
            ) from error
    return found
