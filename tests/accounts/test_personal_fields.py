"""No column that looks personal is missing from the table of personal fields."""

import csv
import re
from pathlib import Path

from portal.accounts import service
from portal.kernel.db import Base

EXEMPT = Path(__file__).with_name("not_personal.tsv")
# what a column that holds something of a person is usually called
SUSPICIOUS = re.compile(
    r"^sealed_|phone|(^|_)name($|_)|display_name|person_id|_by$|(^|_)(owner|actor|author|holder|"
    r"reporter|rater|handler|verifier|dispatcher|filer)_id$|birth|email|^address|words|contact|device"
)


def exempt() -> dict[str, str]:
    with EXEMPT.open(encoding="utf-8", newline="") as file:
        return {row["column"]: row["reason"] for row in csv.DictReader(file, delimiter="\t")}


def suspicious() -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if SUSPICIOUS.search(column.name)
    }


def registered() -> set[str]:
    return {f"{field.table}.{field.column}" for field in service.personal_fields()}


def test_every_column_that_looks_personal_is_registered_or_exempt_with_a_reason() -> None:
    missing = suspicious() - registered() - set(exempt())
    assert not missing, (
        "add these to the personal fields of their package (see portal/accounts/data/personal.tsv)"
        f" or to {EXEMPT.name} with a reason: {sorted(missing)}"
    )


def test_every_exemption_is_needed_and_gives_its_reason() -> None:
    rows = exempt()
    assert set(rows) <= suspicious()
    assert not set(rows) & registered()
    assert all(len(reason) > 10 for reason in rows.values())


def test_the_guard_knows_a_personal_column_when_it_sees_one() -> None:
    for name in ("sealed_contact", "reporter_phone", "full_name", "person_id", "birthday", "email"):
        assert SUSPICIOUS.search(name), name
