"""Which characters can a column hold? On MySQL and MariaDB not every one: utf8mb3 knows no emoji and no 𠮷.

A nickname is kept as far as its column can hold it. What allauth keeps of a person as JSON is ASCII, and always fits.
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from django_wechat.models.providers import WeChatProvider
from django_wechat.models.signin_methods import SigninMethod
from django_wechat.models.transactions import peoples_database

WHOLE = ("utf8mb4", "utf16", "utf16le", "utf32", "gb18030")
"""Character sets that hold all there is."""
_WITHOUT_EMOJI = ("utf8mb3", "utf8", "ucs2")
_CODECS = {"latin1": "cp1252", "ujis": "euc_jp", "eucjpms": "euc_jp", "euckr": "euc_kr", "sjis": "shift_jis"}
_BASIC_PLANE = 0xFFFF
_GLUE = re.compile("[\u200d\ufe0f]")
"""What joins emoji to one, and is left over when they are gone."""
_NOT_SHOWN = {"password", "username", "email"}
_SQL = """
    SELECT column_name, character_set_name, @@character_set_client FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = %s AND character_set_name IS NOT NULL
"""

_narrower: set[str] = set()
"""Databases that refused a text without emoji: there every name is looked at. A hint to this process only."""


def expect_little() -> None:
    """From now on look at every name that is not ASCII: the database has just refused one."""
    _narrower.add(peoples_database().alias)


def fit(row: models.Model) -> None:
    """Take out of the texts of `row`, which is not saved yet, what their columns cannot hold."""
    texts = {field.attname: getattr(row, field.attname, "") for field in row._meta.concrete_fields}
    doubtful = {name: text for name, text in texts.items() if isinstance(text, str) and _is_doubtful(text)}
    for name, text in doubtful.items():
        setattr(row, name, as_kept(type(row), name, text))


def as_kept(model: type[models.Model], name: str, text: str, *, closely: bool = False) -> str:
    """Return what a column of `model` keeps of `text`; costs a statement where that is in doubt, or `closely`."""
    connection = peoples_database()
    if connection.vendor != "mysql" or text.isascii() or not (closely or _is_doubtful(text)):
        return text
    column: Any = model._meta.get_field(name)
    for kept_in in _sets(connection, model._meta.db_table).get(column.column, ()):
        text = held(text, kept_in)
    return text


def held(text: str, character_set: str) -> str:
    """Return what of `text` a character set of MySQL's holds."""
    if character_set in WHOLE:
        return text
    if character_set in _WITHOUT_EMOJI:
        kept = "".join(character for character in text if ord(character) <= _BASIC_PLANE)
    else:
        codec = _codec(character_set)
        kept = text.encode(codec, "ignore").decode(codec)
    return text if kept == text else _GLUE.sub("", kept).strip()


def narrow() -> Iterator[str]:
    """Yield each column for a name that cannot hold every character: table.column (character set)."""
    connection = peoples_database()
    if connection.vendor != "mysql":
        return
    for model, columns in _names():
        found = _sets(connection, model._meta.db_table)
        for column in columns:
            if column in found and found[column][1] not in WHOLE:
                yield f"{model._meta.db_table}.{column} ({found[column][1]})"
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@character_set_client")
        if (spoken := cursor.fetchone()[0]) not in WHOLE:
            yield f"DATABASES[{connection.alias!r}]['OPTIONS']['charset'] ({spoken})"


def _is_doubtful(text: str) -> bool:
    if text.isascii():
        return False
    return peoples_database().alias in _narrower or any(ord(character) > _BASIC_PLANE for character in text)


def _sets(connection: BaseDatabaseWrapper, table: str) -> dict[str, tuple[str, str]]:
    """Return for each column of text in which character sets it is sent and kept."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [table])
        return {column: (sent_in, kept_in) for column, kept_in, sent_in in cursor.fetchall()}


def _codec(character_set: str) -> str:
    """Return Python's name of it; ASCII, which nothing refuses, where Python knows it not."""
    name = _CODECS.get(character_set, character_set)
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "ascii"


def _names() -> Iterator[tuple[type[models.Model], Sequence[str]]]:
    """Yield what holds names: people's, and those that admins give and that the admin writes down."""
    user = get_user_model()
    texts: list[Any] = [
        field for field in user._meta.concrete_fields if isinstance(field, models.CharField | models.TextField)
    ]
    yield user, [field.column for field in texts if field.name not in _NOT_SHOWN and not field.choices]
    yield WeChatProvider, ["display_name"]
    yield SigninMethod, ["display_name"]
    if apps.is_installed("django.contrib.admin"):
        yield apps.get_model("admin", "LogEntry"), ["object_repr", "change_message"]
