"""The small programs that check a receipt without us, as they are handed out.

Two of them stand in decision 0027 word for word; a test keeps them the same and runs all three.
"""

from functools import cache
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).resolve().parents[1] / "data"
TOOLS: Final = ("check.py", "check.sh", "check-details.py")


@cache
def read_tool(name: str) -> str:
    """The text of one of ``TOOLS``. Their files end in ``.txt``: no code of ours runs them."""
    return (_FOLDER / f"{name}.txt").read_text("utf-8")
