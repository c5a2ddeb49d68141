"""Does every answer in the reference become the right exception?"""

import json
from pathlib import Path
from typing import Any

import pytest

from django_wechat import exceptions
from django_wechat.exceptions import (
    ApiTokenRejected,
    CodeInvalid,
    CodeUsed,
    IPNotAllowed,
    NotAuthorized,
    NotFollowing,
    PermissionGone,
    ProgramPageMissing,
    QuotaUsedUp,
    RequestRejected,
    SecretInvalid,
    SignInRejected,
    WeChatBusy,
    WeChatError,
    WeChatMisconfigured,
    WeChatUnavailable,
)
from django_wechat.protocol.errcodes import EXCEPTIONS, clean_errmsg, error_for

CLASSES = {
    "T": WeChatUnavailable,  # transient
    "U": SignInRejected,  # the user starts again
    "A": WeChatMisconfigured,  # the administrator does something
    "S": ApiTokenRejected,  # the token is renewed
    "D": RequestRejected,  # a programming error
    "-": RequestRejected,  # of no concern to a sign-in
}
TABLE_OF_SECTION_6_2 = {
    "T": (-1, 45011),
    "U": (40030, 40163, 40226, 42002, 42003, 42007, 43004, 50001, 50005),
    "UA": (40029, 50002, 50003),
    "UD": (41008,),
    "A": (
        *(40013, 40125, 40164, 40243, 41002, 48003, 48004, 48006, 50004, 50007),
        *(61004, 61007, 61024, 89501, 89502, 89503, 89504, 89505, 89506, 89507),
    ),
    "AS": (40001,),
    "AD": (40188, 41004, 48001),
    "AT": (45009,),
    "S": (40014, 42001),
    "D": (
        *(40002, 40003, 40033, 40035, 40052, 40053, 40066, 41001, 41003, 41009),
        *(43001, 43002, 43003, 44002, 46004, 47001),
    ),
    "-": (41005, 41006, 41007, 45015, 45047, 48002),
}
TABLE_OF_SECTION_12_2 = {"T": (-1, 45011), "U": (40163, 40226), "UA": (40029,), "A": (40013, 40125)}
TABLE_OF_SECTIONS_13_AND_14 = {
    "T": (44990, 44993, 85406),
    "A": (40165, 41030, 85079, 85088, 85407, 85408),
    "D": (40097, 40129, 40169, 40212, 85401, 85402),
}
TOLD_TO_THE_PERSON = {43019}
"""Section 6.2 has the administrator act, on a list of their own making; who is on it is told as anybody refused."""

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
        (42007, PermissionGone),
        (50001, PermissionGone),
        (43004, NotFollowing),
        (40125, SecretInvalid),
        (48001, NotAuthorized),
        (41030, ProgramPageMissing),
        (85079, ProgramPageMissing),
        (44993, QuotaUsedUp),
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


@pytest.mark.parametrize("table", [TABLE_OF_SECTION_6_2, TABLE_OF_SECTION_12_2, TABLE_OF_SECTIONS_13_AND_14])
def test_the_table_is_the_references(table: dict[str, tuple[int, ...]]) -> None:
    wrong = [
        errcode
        for letters, errcodes in table.items()
        for errcode in errcodes
        if not isinstance(error_for({"errcode": errcode}, "/x"), tuple(CLASSES[letter] for letter in letters))
    ]
    assert wrong == []


def test_every_errcode_of_the_table_has_its_place_and_no_other_has() -> None:
    tables = (TABLE_OF_SECTION_6_2, TABLE_OF_SECTIONS_13_AND_14)
    theirs = {errcode for table in tables for errcodes in table.values() for errcode in errcodes} | TOLD_TO_THE_PERSON
    assert theirs == {errcode for errcodes in EXCEPTIONS.values() for errcode in errcodes}
