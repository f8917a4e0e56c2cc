"""The list of rules that a city's file names: checked whole, then published as new versions."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from credit.queries.rulebook import versions_of
from credit.rules.rulebook import Rule, RuleClass
from credit.service.rulebook import publish_rule
from portal.accounts.rules import roles
from portal.kernel.city import City
from portal.kernel.errors import BadData, Refused
from portal.kernel.tables import TableRow, is_fresh, list_content, read_table

REQUIRED = ("code", "fact", "points", "title", "source", "evidence")
OPTIONAL = ("class", "life_days", "proposers", "valid_from")


@dataclass(frozen=True)
class RulesLoaded:
    """How many versions were published."""

    published: int = 0


def load_city_rules(session: Session, city: City, now: datetime) -> RulesLoaded:
    """Publish what is new in the lists that the city's file names. Raises BadData.

    A list that has not changed since is left out; a row that says the same as before is, too.
    A day that is over means today: no rule reaches back.
    """
    published = 0
    for name in city.raw.get("lists", {}).get("credit_rules", ()):
        path = city.folder / name
        content = list_content(path)
        if is_fresh(session, f"{city.code} credit_rules {name}", content, now=now):
            published += import_rules(session, content, path.name, city=city, now=now)
    return RulesLoaded(published)


def import_rules(
    session: Session, content: bytes, source: str, *, city: City, now: datetime
) -> int:
    """Publish each row that is new or changed, in every district of the city; how many."""
    rows = read_table(content, source, required=REQUIRED, optional=OPTIONAL)
    rules = list(_rules(rows, source, city, now))
    published, problems = 0, list[tuple[int, str]]()
    for line, rule in rules:
        for district in city.roots:
            try:
                published += _publish(session, district, rule, now)
            except Refused as refused:
                problems.append((line, f"{refused.field or 'row'}: {refused.code}"))
    if problems:
        raise BadData(source, problems)
    return published


def _rules(
    rows: list[TableRow], source: str, city: City, now: datetime
) -> Iterator[tuple[int, Rule]]:
    """The rows as rules. Raises BadData with everything that cannot be read."""
    found, problems = list[tuple[int, Rule]](), list[tuple[int, str]]()
    for row in rows:
        try:
            found.append((row.line, _rule(row, city, now)))
        except ValueError as error:
            problems.append((row.line, str(error)))
    if problems:
        raise BadData(source, problems)
    yield from found


def _rule(row: TableRow, city: City, now: datetime) -> Rule:
    """The rule of a row. Raises ValueError for what cannot be read, or names an unknown role."""
    unknown = set(row["proposers"].replace(",", " ").split()) - set(roles())
    if unknown:
        raise ValueError(f"proposers: {', '.join(sorted(unknown))} is no role")
    begins = now
    if row["valid_from"]:
        day = date.fromisoformat(row["valid_from"])
        begins = max(now, datetime.combine(day, time(), city.zone))
    return Rule(
        code=row["code"],
        version=0,
        fact=row["fact"],
        rule_class=RuleClass(row["class"] or RuleClass.POSITIVE),
        points=int(row["points"]),
        life_days=int(row["life_days"]) if row["life_days"] else None,
        title=row["title"],
        source_text=row["source"],
        evidence=row["evidence"],
        proposers=row["proposers"],
        valid_from=begins,
    )


def _publish(session: Session, district: str, rule: Rule, now: datetime) -> int:
    versions = versions_of(session, district, rule.code)
    newest = versions[-1] if versions else None
    if newest is None:
        publish_rule(session, district, rule, actor_id=None, now=now)
        return 1
    # the same words from another day on are no other rule
    same_day = replace(
        rule, version=newest.version, valid_from=newest.valid_from, sealed_at=newest.sealed_at
    )
    if same_day == newest:
        return 0
    later = replace(
        rule, version=newest.version, valid_from=max(rule.valid_from, newest.valid_from)
    )
    publish_rule(session, district, later, actor_id=None, now=now)
    return 1
