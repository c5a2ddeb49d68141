"""Is a visitor counted with the addresses that are the same visitor's, and nobody with those that are everybody's?"""

import pytest

from django_wechat.stores.networks import Network, everybodys, is_private, networks


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("203.0.113.9", ["203.0.113.9"]),
        ("::ffff:203.0.113.9", ["203.0.113.9"]),
        ("::FFFF:CB00:7109", ["203.0.113.9"]),
        ("2001:db8:1:2:3:4:5:6", ["2001:db8:1:2::/64", "2001:db8:1::/56", "2001:db8:1::/48"]),
        ("2001:db8:1:2::1%eth0", ["2001:db8:1:2::/64", "2001:db8:1::/56", "2001:db8:1::/48"]),
    ],
)
def test_what_a_visitor_is_counted_under(address: str, names: list[str]) -> None:
    assert [network.name for network in networks(address)] == names
    assert not is_private(address)


def test_a_wider_network_may_ask_more() -> None:
    assert [network.times for network in networks("2001:db8::1")] == [1, 2, 4]
    assert networks("203.0.113.9") == (Network("203.0.113.9"),)


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("", ""),
        ("unix:", ""),
        ("@", ""),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("10.0.0.7", "10.0.0.7"),
        ("::ffff:172.18.0.1", "172.18.0.1"),
        ("192.168.1.1", "192.168.1.1"),
        ("100.64.0.1", "100.64.0.1"),
        ("fd00::1", "fd00::1"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_what_tells_no_visitor_apart(address: str, shared: str) -> None:
    assert networks(address) == ()
    assert everybodys(address) == shared
    assert is_private(address) is bool(shared)
