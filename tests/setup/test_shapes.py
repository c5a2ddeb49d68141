"""Is it said what a pasted value is, without the value?"""

import pytest

from django_wechat.setup.shapes import KINDS, Kind, misfit, restored

APPID, SECRET, AES_KEY = "wx0123456789abcdef", "0123456789abcdef0123456789abcdef", "A" * 42 + "k"


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (Kind.SECRET, f"{SECRET}\u200b", "invisible character at the end"),
        (Kind.SECRET, f"\ufeff{SECRET}", "invisible character at the beginning"),
        (Kind.SECRET, f"{SECRET[:8]}\u200d{SECRET[8:]}", "invisible character after character 8"),
        (Kind.SECRET, f"{SECRET}\r\n", "line break at the end"),
        (Kind.SECRET, f"\u3000{SECRET}", "line break at the beginning"),
        (Kind.SECRET, f"{SECRET[:8]} {SECRET[8:]}", "line break after character 8"),
        (Kind.SECRET, f'"{SECRET}"', "quotation marks"),
        (Kind.SECRET, f"\uff10{SECRET[1:]}", "full-width"),
        (Kind.SECRET, APPID, "This is the AppID"),
        (Kind.SECRET, "gh_97417a04a28d", "original ID"),
        (Kind.SECRET, AES_KEY, "looks like an EncodingAESKey"),
        (Kind.SECRET, SECRET[:-1], "Its length is 31"),
        (Kind.SECRET, SECRET * 2, "pasted twice"),
        (Kind.SECRET, SECRET.upper(), "capital letters"),
        (Kind.SECRET, f"\u0430{SECRET[1:]}", "Character 1 is no plain letter"),
        (Kind.APPID, SECRET, "looks like an AppSecret"),
        (Kind.APPID, AES_KEY, "looks like an EncodingAESKey"),
        (Kind.APPID, APPID[:-1], "Its length is 17"),
        (Kind.APPID, APPID.upper(), "capital letters"),
        (Kind.APPID, "gh_97417a04a28d", "original ID"),
        (Kind.TOKEN, "a-token", "Character 2 is no plain letter"),
        (Kind.TOKEN, "ab", "Its length is 2"),
        (Kind.AES_KEY, f"{AES_KEY}=", "\u201c=\u201d at the end"),
        (Kind.AES_KEY, AES_KEY[:-1], "Its length is 42"),
        (Kind.AES_KEY, APPID, "This is the AppID"),
    ],
)
def test_what_is_wrong_is_said(kind: Kind, value: str, words: str) -> None:
    found = misfit(kind, value)
    assert found is not None
    assert found.is_sure
    assert words in str(found)
    assert value not in str(found)
    assert restored(found.stored()) == str(found)


@pytest.mark.parametrize("value", ["5ecret-one", "what is that"[:4] + "ever", "z" * 32])
def test_what_only_looks_odd_is_not_refused(value: str) -> None:
    found = misfit(Kind.SECRET, value)
    assert found is not None
    assert not found.is_sure


@pytest.mark.parametrize(
    ("kind", "value"),
    [(Kind.APPID, APPID), (Kind.SECRET, SECRET), (Kind.TOKEN, "abc"), (Kind.TOKEN, SECRET), (Kind.AES_KEY, AES_KEY)],
)
def test_what_is_right_is_left_alone(kind: Kind, value: str) -> None:
    assert misfit(kind, value) is None


def test_an_odd_appid_is_refused() -> None:
    found = misfit(Kind.APPID, "appid")
    assert found is not None
    assert found.is_sure


@pytest.mark.parametrize("stored", ["", "secret", "secret:gone:1", "key:length:1", "secret:length:x"])
def test_what_another_version_kept_says_nothing(stored: str) -> None:
    assert restored(stored) == ""


def test_every_pasted_column_has_a_kind() -> None:
    assert set(KINDS.values()) == set(Kind)
