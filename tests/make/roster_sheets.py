"""Roads and their rosters as files: 250 wardens on 50 roads (R275)."""

import csv
import io
from collections.abc import Iterable
from datetime import date

from openpyxl import Workbook

# named like the roads of a county town; a road's code is one of our own beneath its street
NAMES = (
    "胜利路", "红旗路", "人民路", "青岛路", "常州路", "杭州路", "天津路",
    "泰山路", "郑州路", "福州路", "厦门路", "广州路", "苏州路", "扬州路",
    "徐州路", "莱州路", "胶州路", "同和路", "同仁路", "白沙路", "柳园路",
    "东阁街", "李园街", "文化街", "学府街", "体育场街", "商业街", "财政街",
    "邮电街", "车站街", "城关街", "花园街", "北关街", "南关街", "西关街",
    "东关街", "老城街", "河堤路", "滨河路", "沿河路", "工业大道", "开发区大道",
    "环城北路", "环城南路", "环城东路", "环城西路", "站前路", "果园路", "菜市街",
    "公园路",
)  # fmt: skip
HEADER = ("日期", "开始", "结束", "区划代码", "集合地点", "职责", "岗位", "人数", "最少人数")


def road_code(street: str, at: int) -> str:
    return f"{street}R{at + 1:02}"


def roads(street: str) -> bytes:
    """The roads of a street as ``gongzhi areas import`` takes them, main roads first."""
    rows = [("level", "code", "name", "parent_code", "tags")]
    rows += [
        ("road", road_code(street, at), name, street, "main_road" if at < 10 else "back_street")
        for at, name in enumerate(NAMES)
    ]
    return as_csv(rows)


def roster(street: str, days: Iterable[date]) -> list[list[object]]:
    """One who leads and four with her on each road, each morning."""
    rows: list[list[object]] = [list(HEADER)]
    for day in days:
        for at, name in enumerate(NAMES):
            first = [day.isoformat(), "07:30", "09:30", road_code(street, at), f"{name}口", "巡查"]
            rows += [[*first, "带队人", 1, 1], [*first, "队员", 4, 2]]
    return rows


def as_csv(rows: Iterable[Iterable[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Iterable[object]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(out)
    return out.getvalue()
