"""What to paste at WeChat: the right values, on the right page, and a word where they cannot work."""

import pytest

from django_wechat.setup.console_values import Card, Line, Setup, bare_host, console_page, panel

EVENTS = "/accounts/wechat/web/events/"


def lines(setup: Setup) -> dict[str, Line]:
    return {str(line.label).split(" (")[0]: line for console in panel(setup).consoles for line in console.lines}


def test_everything_for_both_apps() -> None:
    setup = Setup("https://www.example.com", EVENTS, token_tail="4f2a", ip="203.0.113.9")
    shown = lines(setup)
    assert shown["授权回调域"].value == shown["网页授权域名"].value == "www.example.com"
    assert shown["URL"].value == "https://www.example.com/accounts/wechat/web/events/"
    assert "…4f2a" in shown["Token"].words
    assert shown["Token"].value == shown["EncodingAESKey"].value == ""
    assert "enter or generate" in shown["EncodingAESKey"].words
    assert shown["消息加解密方式"].value == "安全模式 (safe mode)"
    assert shown["IP白名单"].value == "203.0.113.9"
    assert "WeChat saw" in shown["IP白名单"].words
    assert panel(setup).warnings == []
    assert [(console.card, console.when, console.url) for console in panel(setup).consoles] == [
        (Card.FIRST, "web", "https://open.weixin.qq.com/"),
        (Card.FIRST, "mobile", "https://mp.weixin.qq.com/"),
        (Card.FIRST, "mini_program", "https://mp.weixin.qq.com/"),
        (Card.SECOND, "", "https://mp.weixin.qq.com/"),
        (Card.SECOND, "", "https://open.weixin.qq.com/"),
        (Card.FOLLOWING, "web mobile", "https://mp.weixin.qq.com/"),
        (Card.FOLLOWING, "mini_program", "https://mp.weixin.qq.com/"),
    ]


def test_a_secret_that_was_just_saved_is_there_to_be_copied() -> None:
    setup = Setup("https://www.example.com", EVENTS, token="tokentoken", aes_key="k" * 43, token_tail="oken")
    shown = lines(setup)
    assert (shown["Token"].value, shown["EncodingAESKey"].value) == ("tokentoken", "k" * 43)
    assert "Shown this once" in shown["Token"].words
    assert not any(secret in f"{setup!r} {panel(setup)!r}" for secret in ("tokentoken", "k" * 43))


def test_a_new_provider_has_no_address_yet() -> None:
    shown = lines(Setup("https://www.example.com", safe_mode=False))
    assert shown["URL"].value == ""
    assert shown["消息加解密方式"].value == "明文模式 (plain mode)"
    assert "press Check" in shown["IP白名单"].words


def test_only_what_the_provider_needs() -> None:
    setup = Setup("https://a.example.com", EVENTS, website_app=False, server_push=False)
    assert set(lines(setup)) == {"网页授权域名", "request 合法域名", "IP白名单"}
    assert [console.when for console in panel(setup).consoles] == ["mobile", "mini_program", "mini_program"]
    assert lines(setup)["request 合法域名"].value == "https://a.example.com"


@pytest.mark.parametrize(
    ("seen", "hosts", "site_url"),
    [
        ("https://www.example.com", [], "https://www.example.com"),
        ("https://www.example.com:8443", ["WWW.example.com"], "https://www.example.com:8443"),
        ("https://admin.example.com:8443", ["www.example.com", "b.example.com"], "https://www.example.com"),
    ],
)
def test_the_providers_own_host_counts(seen: str, hosts: list[str], site_url: str) -> None:
    assert panel(Setup(seen, EVENTS, hosts)).site_url == site_url


@pytest.mark.parametrize(
    ("site_url", "words"),
    [
        ("https://www.example.com", []),
        ("https://www.example.com:443", []),
        ("http://www.example.com", ["http here"]),
        ("https://localhost", ["this computer only"]),
        ("https://shop.localhost", ["this computer only"]),
        ("https://intranet", ["this computer only"]),
        ("https://192.0.2.1", ["IP address"]),
        ("https://[2001:db8::1]", ["IP address"]),
        ("http://127.0.0.1:8000", ["IP address", "port 8000", "http here"]),
    ],
)
def test_what_cannot_work_is_said(site_url: str, words: list[str]) -> None:
    warnings = panel(Setup(site_url, EVENTS)).warnings
    assert len(warnings) == len(words)
    assert all(word in warning for word, warning in zip(words, warnings, strict=True))


def test_several_hosts_need_an_app_each() -> None:
    (warning,) = panel(Setup("https://a.example.com", EVENTS, ["a.example.com", "b.example.com"])).warnings
    assert "b.example.com" in warning
    assert "a.example.com" not in warning


@pytest.mark.parametrize(
    ("base_url", "page"),
    [
        ("https://open.weixin.qq.com", "https://open.weixin.qq.com/"),
        ("http://127.0.0.1:8000/simulator/open", "http://127.0.0.1:8000/simulator/console/"),
        ("http://127.0.0.1:9000/open", "http://127.0.0.1:9000/console/"),
    ],
)
def test_where_the_console_is(base_url: str, page: str) -> None:
    assert console_page(base_url, "https://open.weixin.qq.com") == page


def test_an_ipv6_host_keeps_its_brackets() -> None:
    assert bare_host("http://[::1]:8000") == "[::1]"
