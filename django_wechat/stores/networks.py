"""Whose address is it? A visitor's, with the networks around it, or one that tells no visitor apart from another."""

import ipaddress
from dataclasses import dataclass

_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
)

_AROUND = ((64, 1), (56, 2), (48, 4))
"""What one IPv6 customer has, often has, and has at most; how many times as much as one address each may ask."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Network:
    """Addresses that count as one asker, who may ask `times` as often as a rule says."""

    name: str
    times: int = 1


def networks(address: str) -> tuple[Network, ...]:
    """Return what a visitor's address is counted under, widest last; nothing for one that tells no visitor apart."""
    parsed = _parsed(address)
    if parsed is None or _is_private(parsed):
        return ()
    if parsed.version == 4:
        return (Network(str(parsed)),)
    return tuple(Network(str(ipaddress.ip_network((parsed, bits), strict=False)), times) for bits, times in _AROUND)


def everybodys(address: str) -> str:
    """Return an address that tells no visitor apart as it is counted, for all who share it; "" for none at all."""
    return str(_parsed(address) or "")


def is_private(address: str) -> bool:
    """Return whether no visitor comes from `address` over the internet: a proxy of the site's own, or an intranet."""
    parsed = _parsed(address)
    return parsed is not None and _is_private(parsed)


def _is_private(parsed: Address) -> bool:
    return any(parsed in network for network in _PRIVATE)


def _parsed(address: str) -> Address | None:
    """Servers with one socket for both protocols name IPv4 visitors ::ffff:a.b.c.d; a zone is the server's own."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address):
        return parsed.ipv4_mapped or parsed
    return parsed
