"""docs/requirements.tsv says of every requirement what became of it, and where that is proved."""

from pathlib import Path

from tests.house import docs
from tests.house.tree import ROOT, plant

HEAD = "id\tstate\twhere\tnote\n"
OPEN = [f"{number}\topen\t\t\n" for number in docs.REQUIREMENTS]


def test_every_requirement_has_a_true_row() -> None:
    assert docs.wrong_requirements(ROOT) == []


def test_planted_untruths_are_seen(tmp_path: Path) -> None:
    rows = dict(zip(docs.REQUIREMENTS, OPEN, strict=True))
    del rows["R299"]
    rows["R001"] = "R001\tdone\t\t\n"
    rows["R002"] = "R002\tdone\ttests/test_x.py::test_gone\t\n"
    rows["R003"] = "R003\tnearly\t\t\n"
    rows["R004"] = "R004\tdone\ttests/test_x.py::test_there\t\n"
    plant(
        tmp_path,
        {
            "docs/requirements.tsv": HEAD + "".join(rows.values()),
            "tests/test_x.py": "def test_there():\n    pass\n",
        },
    )
    assert docs.wrong_requirements(tmp_path) == [
        "R299: no row",
        "R001: done, but no test or page named",
        "R002: tests/test_x.py::test_gone does not exist",
        "R003: 'nearly' is no state",
    ]
