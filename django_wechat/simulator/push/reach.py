"""Which addresses does the simulator call? This machine and its own network, whatever a name says; nothing link-local.

Push addresses and domains come from forms. What is looked at is the address that the connection is made to, so that no
name can lead elsewhere afterwards.
"""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NETWORKS = [
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
]


class OutOfReachError(Exception):
    """The simulator does not call this address. Not an OSError: the HTTP libraries would take it for a failed try."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not on this machine or in its own network, and the simulator calls nothing else")


def reachable(name: str, port: int) -> Iterator[str]:
    """Yield the addresses of a host that may be called; raise `OutOfReachError` if there is none."""
    try:
        places = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise socket.gaierror(socket.EAI_NONAME, "no host has such a name") from None
    found = dict.fromkeys(str(place[4][0]) for place in places)
    near = [address for address in found if is_near(ipaddress.ip_address(address))]
    if not near:
        raise OutOfReachError(name)
    yield from near


def is_near(address: Address) -> bool:
    """Whether this is here, or in a private network that this machine has an address of its own in."""
    plain = (address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None) or address
    if plain.is_link_local:
        return False
    if plain.is_loopback or plain.is_unspecified:
        return True
    own = own_address(plain)
    return plain == own or any(plain in network and own in network for network in NETWORKS)


def own_address(towards: Address) -> Address:
    """Return the address that this machine would call from; connecting a UDP socket sends nothing."""
    family = socket.AF_INET6 if towards.version == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((str(towards), 9))
        except OSError:
            return ipaddress.ip_address("::")
        return ipaddress.ip_address(probe.getsockname()[0])


class _Near(HTTPConnection):
    """A connection to what is near."""

    def _new_conn(self) -> socket.socket:
        name, failed = self._dns_host, NewConnectionError(self, "no address")
        try:
            for address in reachable(name, self.port):
                self._dns_host = address
                try:
                    return super()._new_conn()
                except NewConnectionError as error:
                    failed = error
        finally:
            # The certificate is the name's, not the address's.
            self._dns_host = name
        raise failed


class _NearSecure(_Near, HTTPSConnection):
    """The same with TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Near


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _NearSecure


class NearAdapter(HTTPAdapter):
    """What a session of `requests` sends with."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make pools of such connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
