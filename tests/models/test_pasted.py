"""What is left out of a pasted value, and do all ways to write a host end in one?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_wechat.models import WeChatProvider
from django_wechat.models.hosts import host_names, is_host, normal_host, normal_origin, readable_host, right_pattern
from django_wechat.models.pasted import cleaned
from tests.factories import WebProviderFactory

CHINESE = "xn--fsqu00a.xn--fiqs8s"


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("abc", "abc"),
        ("abc\r\n", "abc"),
        ("\ufeff abc\u3000", "abc"),
        ("a\u200bb\u00adc\x00", "abc"),
        ("\u201cabc\u201d", "abc"),
        ("' \"abc\" '", "abc"),
        ("\uff57\uff58\uff10", "wx0"),
        ("ab c", "ab c"),
        ("\u3164abc\ufe0f", "abc"),
        ('\u200b ""', ""),
    ],
)
def test_what_came_along_is_left_out(pasted: str, meant: str) -> None:
    assert cleaned(pasted) == meant


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


@pytest.mark.django_db
def test_a_row_that_is_made_in_a_shell_is_cleaned_too() -> None:
    row = WebProviderFactory(client_id=" wx0123456789abcdef\n", client_secret="\u200b" + "a" * 32 + "\n")
    row = WeChatProvider.objects.get(pk=row.pk)
    assert (row.client_id, row.client_secret) == ("wx0123456789abcdef", "a" * 32)
    row.save()
    assert WeChatProvider.objects.get().client_secret == "a" * 32


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("www.example.com", "www.example.com"),
        ("WWW.Example.COM.", "www.example.com"),
        ("www.example.com:8443", "www.example.com"),
        ("www.example.com.:443", "www.example.com"),
        ("\uff57\uff57\uff57\uff0eexample\u3002com", "www.example.com"),
        ("例子.中国", CHINESE),
        ("例子。中国", CHINESE),
        ("XN--fsqu00a.xn--fiqs8s.", CHINESE),
        ("\u200b例子.中国:8000\n", CHINESE),
        ("stra\u00dfe.example", "xn--strae-oqa.example"),
        ("my_host.例子", "my_host.xn--fsqu00a"),
        ("i\u2764.example", "xn--i-7iq.example"),
        ("[::1]:8000", "[::1]"),
        ("0:0:0:0:0:0:0:1", "[::1]"),
        ("[2001:DB8::0:1]", "[2001:db8::1]"),
        ("[not an address]", "[not an address]"),
        ("192.0.2.1:80", "192.0.2.1"),
        ("\U0001f1e6\ue000.example", "\U0001f1e6\ue000.example"),
    ],
)
def test_a_host_has_one_form(written: str, host: str) -> None:
    assert normal_host(written) == host
    assert normal_host(host) == host


@pytest.mark.parametrize(
    "written", ["例子.中国", "例子。中国.", CHINESE, CHINESE.upper(), "\uff57\uff57\uff57.a\n例子.中国"]
)
@pytest.mark.parametrize("asked", [CHINESE, f"{CHINESE}.", f"{CHINESE.upper()}:443", "例子.中国:8000"])
def test_a_row_serves_its_host_however_it_is_written(written: str, asked: str) -> None:
    row = WebProviderFactory.build(hosts=written)
    assert row.serves(asked)
    assert not row.serves("www.example.com")


def test_names_may_stand_in_any_order_and_between_any_commas() -> None:
    names = host_names("a.example,\u3000B.example\uff0cc.example\u3001a.example.")
    assert names == ("a.example", "b.example", "c.example")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://WWW.example.com./a?b", "https://www.example.com"),
        ("https://例子.中国:8443/", f"https://{CHINESE}:8443"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("http://www.example.com:", "http://www.example.com"),
        ("http://user@www.example.com/", "http://www.example.com"),
    ],
)
def test_an_address_keeps_its_port(url: str, origin: str) -> None:
    assert normal_origin(url) == origin


@pytest.mark.parametrize(("host", "read"), [(CHINESE, "例子.中国"), ("a.example", "a.example"), ("xn--é.b", "xn--é.b")])
def test_people_read_their_own_letters(host: str, read: str) -> None:
    assert readable_host(host) == read


@pytest.mark.parametrize(
    ("pattern", "right"),
    [
        ("*", "*"),
        (".Example.com", ".example.com"),
        ("www.example.com:8000", "www.example.com"),
        ("https://www.example.com/", "www.example.com"),
        ("www.example.com.", "www.example.com"),
        (".例子.中国", f".{CHINESE}"),
        ("[::1]", "[::1]"),
    ],
)
def test_what_django_can_compare(pattern: str, right: str) -> None:
    assert right_pattern(pattern) == right


@pytest.mark.parametrize(("name", "right"), [("a-b.example", True), ("[::1]", True), ("a/b", False), ("*.b", False)])
def test_what_can_be_a_host(name: str, right: bool) -> None:
    assert is_host(name) is right
