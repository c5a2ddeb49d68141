"""What stands in the body of a push, whatever a person typed into it? (reference sections 5.3 and 5.7)

People send characters that XML cannot hold, and WeChat passes them on. One of them may make no push unreadable, and
reading past it may never let what was typed become markup: nothing is taken away before the XML is parsed. What cannot
stand there is replaced, by a character that the body does not use and that is neither markup nor part of a name.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from django_wechat.exceptions import PushRejected

Fields = dict[str, Any]
_EXACT = frozenset(
    {"ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "Event", "Ticket", "AppID", "OpenID"}
)
"""What we act on, and nobody types."""

_KEY = "EventKey"
_SCANS = ("SCAN", "subscribe")
"""Events whose EventKey is the scene of a code of ours; that of a menu is only passed on."""

_UNCLEAN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNREADABLE = "\x00"
"""Stands for what was replaced once the XML is parsed: no XML can bring one along."""

_SPARE = range(0xF0000, 0xFFFFE)
"""Private characters, which no name of an element may hold; more than a push has room for."""

_CDATA = r"<!\[CDATA\[.*?(?:\]\]>|\Z)"
_PIECES = re.compile(
    rf"(?P<opaque>{_CDATA}|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z))"
    r"|&#(?P<decimal>[0-9]{1,7});|&#x(?P<hex>[0-9A-Fa-f]{1,6});"
    r"|(?P<amp>&(?!(?:amp|lt|gt|quot|apos);))"
    r"|(?P<less><(?![A-Za-z_:/!?\x80-\U0010ffff]))"
    r"|(?P<end>\]\]>)",
    re.DOTALL,
)
_ESCAPES = {"amp": "&amp;", "less": "&lt;", "end": "]]&gt;"}
_CDATA_SECTION = re.compile(_CDATA, re.DOTALL)
_DTD = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCRYPT = re.compile(r"<Encrypt>(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)(?:\]\]>)?</Encrypt>")


def text_of(body: bytes) -> str:
    """Return the body as text; bytes that are no UTF-8 become lone surrogates, which no reader below lets through."""
    return body.decode("utf-8", "surrogateescape").lstrip("\ufeff \t\r\n")


def is_json(text: str) -> bool:
    """Return whether a body is JSON. The Content-Type decides nothing."""
    return text.startswith("{")


def read_xml(text: str) -> Fields:
    """Return the fields of an XML body; characters that XML cannot hold are left out."""
    used = set(text)
    spare = next(char for char in map(chr, _SPARE) if char not in used)
    try:
        root: Element = fromstring(_well_formed(text, spare), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise PushRejected("the body is not well-formed XML") from error
    pairs = [(child.tag, (child.text or "").replace(spare, _UNREADABLE)) for child in root]
    return _cleaned(_first_of_each(pairs))


def read_json(text: str) -> Fields:
    """Return the fields of a JSON body; characters that do not exist are left out."""
    try:
        return _cleaned(_load(text))
    except RecursionError as error:
        raise PushRejected("the body is not well-formed JSON") from error


def encrypted_parts(text: str) -> Iterator[str]:
    """Yield whatever may be the encrypted part of a body, of which the one that is signed counts.

    In compatible mode it stands beside what the person typed, and nothing of that is read.
    """
    if is_json(text):
        encrypted = _load(text).get("Encrypt")
        yield from [encrypted] if isinstance(encrypted, str) and encrypted and encrypted.isascii() else []
        return
    if _DTD.search(_CDATA_SECTION.sub("", text)):
        raise PushRejected("the body has a document type")
    yield from (found[1] for found in _ENCRYPT.finditer(text))


def _load(text: str) -> Fields:
    try:
        return dict(json.loads(text, strict=False, object_pairs_hook=_first_of_each))
    except (ValueError, RecursionError) as error:
        raise PushRejected("the body is not well-formed JSON") from error


def _well_formed(text: str, spare: str) -> str:
    """Return `text` with nothing in it that XML does not allow between tags and inside CDATA."""

    def piece(found: re.Match[str]) -> str:
        kind = str(found.lastgroup)
        if kind == "opaque":
            return found[0]
        if kind in _ESCAPES:
            return _ESCAPES[kind]
        return found[0] if _is_character(int(found[kind], 10 if kind == "decimal" else 16)) else spare

    return _PIECES.sub(piece, _UNCLEAN.sub(spare, text))


def _is_character(number: int) -> bool:
    return number <= sys.maxunicode and not _UNCLEAN.match(chr(number))


def _first_of_each(pairs: Iterable[tuple[str, Any]]) -> Fields:
    """What we act on stands in front of what is typed, and once; markup that WeChat let through would come after it."""
    fields: Fields = {}
    for name, value in pairs:
        if name in fields and name in _EXACT:
            raise PushRejected(f"it has {name} twice")
        fields.setdefault(name, value)
    return fields


def _cleaned(fields: Fields) -> Fields:
    exact = {*_EXACT, _KEY} if fields.get("Event") in _SCANS else _EXACT
    if any(_UNCLEAN.search(str(value)) for name, value in fields.items() if name in exact):
        raise PushRejected("it holds characters that do not exist")
    return {name: _without_unclean(value) for name, value in fields.items()}


def _without_unclean(value: Any) -> Any:
    if isinstance(value, str):
        return _UNCLEAN.sub("", value)
    if isinstance(value, dict):
        return {name: _without_unclean(inner) for name, inner in value.items()}
    return [_without_unclean(inner) for inner in value] if isinstance(value, list) else value
