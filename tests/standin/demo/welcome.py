"""What the demonstration prints: where to go and who may sign in. Pure."""

import unicodedata
from collections.abc import Sequence

from tests.standin.demo.secrets import Operator

Row = Sequence[str]


def welcome(addresses: Sequence[Row], operators: Sequence[Operator]) -> str:
    people = [(one.name, one.title, one.password, one.token) for one in operators]
    return "\n".join(
        [
            "",
            "演示已经开始，请在浏览器里打开：",
            "",
            *table(addresses),
            "",
            "操作员（只在这场演示里有效）：",
            "",
            *table([("姓名", "职责", "密码", "接口令牌"), *people]),
            "",
            "按 Ctrl-C 结束。再次运行会接着上次的数据。",
            "",
        ]
    )


def table(rows: Sequence[Row]) -> list[str]:
    widths = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  " + _line(row, widths).rstrip() for row in rows]


def width(text: str) -> int:
    """Columns in a terminal, where a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _line(row: Row, widths: Sequence[int]) -> str:
    return "  ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True))
