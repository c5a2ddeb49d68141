"""Does every answer in the reference become the right exception?"""

import json
from pathlib import Path
from typing import Any

import pytest

from django_wechat import exceptions
from django_wechat.exceptions import (
    CodeInvalid,
    CodeUsed,
    IPNotAllowed,
    NotAuthorized,
    QuotaUsedUp,
    RequestRejected,
    SecretInvalid,
    WeChatBusy,
    WeChatError,
)
from django_wechat.protocol.errcodes import EXCEPTIONS, clean_errmsg, error_for

EXAMPLES = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))


def bodies(kind: str) -> list[dict[str, Any]]:
    endpoints = [value for value in EXAMPLES.values() if isinstance(value, dict)]
    samples = [sample for endpoint in endpoints for sample in endpoint.get(kind, [])]
    return [sample["body"] for sample in samples if isinstance(sample, dict) and isinstance(sample.get("body"), dict)]


@pytest.mark.parametrize("body", bodies("ok"))
def test_every_recorded_success_is_one(body: dict[str, Any]) -> None:
    assert error_for(body, "/x") is None


@pytest.mark.parametrize("body", bodies("error"))
def test_every_recorded_failure_is_one(body: dict[str, Any]) -> None:
    error = error_for(body, "/x")
    assert error is not None
    assert error.errcode == body["errcode"]
    assert str(body["errcode"]) in str(error)


@pytest.mark.parametrize(
    ("errcode", "kind"),
    [
        (-1, WeChatBusy),
        (45011, WeChatBusy),
        (45009, QuotaUsedUp),
        (40163, CodeUsed),
        (40029, CodeInvalid),
        (42003, CodeInvalid),
        (40125, SecretInvalid),
        (48001, NotAuthorized),
        (40164, IPNotAllowed),
        (99999, RequestRejected),
        ("40029", CodeInvalid),
        ("nonsense", WeChatBusy),
        (None, WeChatBusy),
    ],
)
def test_the_errcode_decides(errcode: object, kind: type[WeChatError]) -> None:
    assert type(error_for({"errcode": errcode, "errmsg": "invalid code"}, "/x")) is kind


def test_40163_with_the_text_of_40029_is_still_40163() -> None:
    assert isinstance(error_for({"errcode": 40163, "errmsg": "invalid code, hints: [ req_id: U ]"}, "/x"), CodeUsed)


def test_zero_with_an_empty_message_is_a_success() -> None:
    assert error_for({"errcode": 0, "errmsg": ""}, "/x") is None


@pytest.mark.parametrize(
    ("errmsg", "ip"),
    [
        ("invalid ip 61.172.68.219, not in whitelist hint: [KJZfAa0644e575]", "61.172.68.219"),
        ("invalid ip 101.45.43.100 ipv6 ::ffff:101.45.43.100, not in whitelist hint: [j]", "101.45.43.100"),
        ("invalid ip 2001:db8::1, not in whitelist rid: 611740a4-27f9a8ba-065da01b", "2001:db8::1"),
        ("no address here", ""),
    ],
)
def test_the_address_to_allow_is_read_from_the_message(errmsg: str, ip: str) -> None:
    error = error_for({"errcode": 40164, "errmsg": errmsg}, "/x")
    assert isinstance(error, IPNotAllowed)
    assert error.ip == ip


def test_a_hostile_message_is_one_short_printable_line() -> None:
    cleaned = clean_errmsg("a\r\nInjected: yes\x1b[31m" + "x" * 1000)
    assert cleaned.isprintable()
    assert len(cleaned) == 300


def test_a_message_that_is_no_text_is_empty() -> None:
    assert clean_errmsg({"not": "text"}) == ""


def test_every_exception_of_the_tree_is_drawn_at_the_top_of_the_file() -> None:
    drawn = exceptions.__doc__ or ""
    names = [name for name, value in vars(exceptions).items() if isinstance(value, type)]
    assert names
    assert [name for name in names if name not in drawn] == []


def test_no_errcode_stands_for_two_exceptions() -> None:
    errcodes = [errcode for codes in EXCEPTIONS.values() for errcode in codes]
    assert len(errcodes) == len(set(errcodes))
