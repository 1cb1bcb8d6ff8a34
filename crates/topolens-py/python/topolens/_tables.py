"""Results as tables: of pandas and polars, as text, and in a notebook."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any


class Rows:
    """Results that are a list of rows, ``rows``."""

    rows: list[dict[str, Any]]

    def to_pandas(self) -> Any:
        """The rows as a ``pandas.DataFrame``."""
        import pandas

        return pandas.DataFrame(self.rows)

    def to_polars(self) -> Any:
        """The rows as a ``polars.DataFrame``."""
        import polars

        return polars.DataFrame(self.rows, infer_schema_length=None)


def as_text(title: str, header: list[str], lines: list[list[str]], notes: Sequence[str]) -> str:
    """The title, the columns below it, the first to the left, and the notes."""
    widths = [max(map(len, column)) for column in zip(header, *lines, strict=True)]
    table = [
        "  ".join(cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(line, widths, strict=True)))
        for line in [header, *lines]
    ]
    return "\n".join([title, *table, *notes])


def as_html(title: str, header: list[str], lines: list[list[str]], notes: Sequence[str]) -> str:
    """The same for a notebook."""

    def cells(line: list[str], tag: str) -> str:
        return "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in line)

    body = "".join(f"<tr>{cells(line, 'td')}</tr>" for line in lines)
    told = "".join(f"<li>{html.escape(note)}</li>" for note in notes)
    listed = f"<ul>{told}</ul>" if told else ""
    return f"<p>{html.escape(title)}</p><table><tr>{cells(header, 'th')}</tr>{body}</table>{listed}"


def short(value: float | None) -> str:
    """Three digits, or a dash where there is no value."""
    return "-" if value is None else f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
