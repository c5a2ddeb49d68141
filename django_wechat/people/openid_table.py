"""What does a table of old and new openids say, and is it one that can be followed?"""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from django_wechat.protocol.oauth import IDENTIFIER

_TITLES = {"openid", "old", "new", "ori_openid", "old_openid", "new_openid", "oldopenid", "newopenid"}
_SEPARATORS = ",;\t"


class ContradictoryTable(Exception):
    """The table cannot be followed: one openid stands for two. The message is for the admin and names the lines."""


@dataclass(frozen=True)
class Table:
    """The pairs, old and new, each once and in the order of the table; and the numbers of lines that hold none."""

    pairs: list[tuple[str, str]]
    unreadable: list[int]


def read(lines: Iterable[str]) -> Table:
    """Return what the lines of a table with two columns say; the first may be the titles, empty ones count for nothing.

    Columns are parted by a comma, a semicolon or a tab. Raises `ContradictoryTable`.
    """
    pairs: dict[tuple[str, str], int] = {}
    unreadable = []
    for number, line in enumerate(lines, start=1):
        cells = _cells(line)
        if not any(cells) or (number == 1 and set(map(str.casefold, cells)) <= _TITLES):
            continue
        if len(cells) == 2 and all(map(IDENTIFIER.fullmatch, cells)):
            pairs.setdefault((cells[0], cells[1]), number)
        else:
            unreadable.append(number)
    return Table(list(pairs), unreadable)


def check(table: Table, *, same_app: bool) -> None:
    """Raise `ContradictoryTable` where an openid has two others, or, in one app, is both an old and a new one.

    After the latter nobody could tell whether the table was followed already.
    """
    for column, words in (
        (0, gettext("These old openids have more than one new one: %(openids)s.")),
        (1, gettext("These new openids have more than one old one: %(openids)s.")),
    ):
        counts = Counter(pair[column] for pair in table.pairs)
        _refuse([openid for openid, times in counts.items() if times > 1], words)
    if same_app:
        new = {pair[1] for pair in table.pairs}
        chained = [old for old, other in table.pairs if old in new and old != other]
        _refuse(chained, gettext("These openids are old in one line and new in another: %(openids)s."))


def _refuse(openids: list[str], words: str) -> None:
    if openids:
        ends = ", ".join(f"…{openid[-6:]}" for openid in openids[:10])
        more = ", …" if len(openids) > 10 else ""
        todo = gettext("Nothing was changed. Correct the table, and run the command again.")
        raise ContradictoryTable(f"{words % {'openids': ends + more}} {todo}")


def _cells(line: str) -> list[str]:
    """Return the cells of one line, without the blanks and the invisible mark that spreadsheets put around them."""
    line = line.strip().strip("\ufeff")
    separator = next((mark for mark in _SEPARATORS if mark in line), ",")
    return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
