"""Sheets for the printer: every code on them is read again from the drawing."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest
import zxingcpp
from bs4 import BeautifulSoup
from click.testing import CliRunner
from flask import Flask
from PIL import Image, ImageDraw

from pledges.cli import pledges
from pledges.models import Plaque, PlaqueBatch
from pledges.rules.plaques import PlaqueState
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.kernel.qr import qr_path
from tests.make import pledges as make
from tests.make.pledges import NOW, district_of
from tests.make.premises import STREET

_RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")
SCALE = 6


def picture(path: str, wide: int) -> Image.Image:
    """A path of unit squares as it is printed, black on white."""
    drawn = Image.new("L", (wide * SCALE, wide * SCALE), 255)
    pen = ImageDraw.Draw(drawn)
    assert _RUN.sub("", path) == ""
    for x, y, length, back in _RUN.findall(path):
        assert length == back
        left, top = int(x) * SCALE, int(y) * SCALE
        pen.rectangle((left, top, left + int(length) * SCALE - 1, top + SCALE - 1), fill=0)
    return drawn


@pytest.mark.parametrize("at", range(40))
def test_a_drawn_code_is_read_again(at: int) -> None:
    text = f"https://pingdu.example/p/ABCDE-{at:05}"
    path, wide = qr_path(text)
    [found] = zxingcpp.read_barcodes(picture(path, wide))
    assert found.text == text
    assert found.ec_level == "Q"
    xs = [int(x) for x, _y, _l, _b in _RUN.findall(path)]
    # the quiet zone is empty
    assert min(xs) == 4


def batch_of(database: Database, area: Area, count: int) -> tuple[str, list[str]]:
    with database.write() as session:
        batch = PlaqueBatch(area_id=area.id, place_path=area.path, plaques=count, made_at=NOW)
        session.add(batch)
        session.flush()
        rows = [
            Plaque(batch_id=batch.id, district=district_of(area), issued_at=NOW)
            for _ in range(count)
        ]
        session.add_all(rows)
        session.flush()
        rows[0].state, rows[0].ended_at = PlaqueState.WITHDRAWN, NOW
        make.hang(session, rows[1], make.premises(session, area))
        return batch.number, sorted(row.code for row in rows[1:])


def test_the_command_writes_every_usable_plaque_once(
    app: Flask, database: Database, tree: Mapping[str, Area], tmp_path: Path
) -> None:
    number, codes = batch_of(database, tree[STREET], 14)
    with database.read() as session:
        instance = instance_of(session)
    tools = SimpleNamespace(app=app, database=database, instance=instance, config=instance.config)
    run = CliRunner()
    done = run.invoke(pledges, ["plaques", "print", str(tmp_path / "s"), number], obj=tools)
    assert done.exit_code == 0, done.output
    assert "13 plaques in 1 files" in done.output
    [file] = (tmp_path / "s").iterdir()
    soup = BeautifulSoup(file.read_text("utf-8"), "html.parser")
    assert [one.text for one in soup.find_all("strong")] == codes
    assert [len(sheet.find_all("figure")) for sheet in soup.select(".sheet")] == [12, 1]
    read = []
    for drawing in soup.find_all("svg"):
        wide = int(str(drawing["viewbox"]).split()[2])
        [found] = zxingcpp.read_barcodes(picture(str(drawing.path["d"]), wide))
        read.append(found.text)
    assert read == [f"{instance.config.origin}/p/{code}" for code in codes]
    assert soup.find(["script", "link", "img"]) is None
    again = run.invoke(pledges, ["plaques", "print", str(tmp_path / "s"), number], obj=tools)
    assert again.exit_code != 0
    assert "is there already" in again.output
    unknown = run.invoke(pledges, ["plaques", "print", str(tmp_path / "t"), "nothing"], obj=tools)
    assert unknown.exit_code != 0
