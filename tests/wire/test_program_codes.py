"""Are a picture and an error never taken for each other, though they come from one address?"""

import json
from typing import Any

import pytest

from django_wechat.exceptions import ApiTokenRejected, ProgramPageMissing, QuotaUsedUp, WeChatError, WeChatGarbled
from django_wechat.protocol.program_codes import Picture, fetch_code, fetch_link
from django_wechat.protocol.transport import Transport
from tests.wire.servers import always, answer, serving

JPEG, PNG = b"\xff\xd8\xff\xe0 and so on", b"\x89PNG\r\n\x1a\n and so on"


def code(body: bytes) -> Picture:
    with serving(always(answer(body))) as url:
        return fetch_code(Transport(url, 1, 1), "token", scene="a" * 22, page="pages/a", version="release")


def link(body: Any) -> str:
    with serving(always(answer(json.dumps(body).encode()))) as url:
        return fetch_link(Transport(url, 1, 1), "token", page="pages/a", query="scene=a", version="release", until=1)


@pytest.mark.parametrize(("body", "kind"), [(JPEG, "image/jpeg"), (PNG, "image/png")])
def test_a_picture_is_known_by_its_first_bytes(body: bytes, kind: str) -> None:
    """Whatever WeChat calls it: this server says JSON."""
    assert code(body) == Picture(body, kind)


@pytest.mark.parametrize(
    ("errcode", "kind"), [(41030, ProgramPageMissing), (40001, ApiTokenRejected), (45009, QuotaUsedUp)]
)
def test_an_error_is_one(errcode: int, kind: type[WeChatError]) -> None:
    with pytest.raises(kind):
        code(json.dumps({"errcode": errcode, "errmsg": "no"}).encode())


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"errcode": 0}', b"<html>", b"GIF89a", b"\xff\xd8", b"\x89PNG", b"[1]", b"<svg/>"]
)
def test_anything_else_is_neither(body: bytes) -> None:
    with pytest.raises(WeChatGarbled):
        code(body)


def test_a_picture_is_not_printed() -> None:
    assert "so on" not in repr(Picture(JPEG, "image/jpeg"))


def test_a_link() -> None:
    assert link({"errcode": 0, "url_link": "https://wxaurl.cn/ticket"}) == "https://wxaurl.cn/ticket"


@pytest.mark.parametrize("told", [None, 5, "", "javascript:alert(1)", "weixin://dl/business/?t=a", ["https://a"]])
def test_an_answer_without_a_link_that_a_page_may_follow(told: Any) -> None:
    with pytest.raises(WeChatGarbled):
        link({"errcode": 0, "url_link": told})
