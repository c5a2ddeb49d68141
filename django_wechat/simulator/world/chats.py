"""What stands in a person's chat with an account? Messages of both sides, and what WeChat itself says there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

_LINK = re.compile(
    r"""<a\s+href=["'](?P<href>https?://[^"']+)["'][^>]*>(?P<words>.*?)</a>"""
    r"""|(?P<bare>https?://[\w.~:/?#\[\]@!$&'()*+,;=%-]+)""",
    re.ASCII | re.DOTALL,
)


class Sender(StrEnum):
    """Who wrote a message."""

    PERSON = "person"
    ACCOUNT = "account"
    WECHAT = "wechat"


class Part(NamedTuple):
    """A piece of a message; with an address, it can be tapped."""

    words: str
    url: str = ""


@dataclass(frozen=True)
class ChatMessage:
    """One message; `time` is in Unix seconds."""

    sender: Sender
    text: str
    time: float

    @property
    def parts(self) -> list[Part]:
        """The text, cut where WeChat makes links of it: `<a href>` and bare addresses."""
        return list(_parts(self.text))

    @property
    def links(self) -> list[str]:
        """The addresses that a person can tap."""
        return [part.url for part in self.parts if part.url]


def _parts(text: str) -> Iterator[Part]:
    end = 0
    for found in _LINK.finditer(text):
        if before := text[end : found.start()]:
            yield Part(before)
        yield Part(found["words"] or found["bare"], found["href"] or found["bare"])
        end = found.end()
    if rest := text[end:]:
        yield Part(rest)
