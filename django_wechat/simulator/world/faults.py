"""What goes wrong on purpose? The fault switches of `/sns/*`, `/cgi-bin/*` and `/wxa/*`, lasting or for one call."""

from dataclasses import dataclass
from enum import StrEnum

from django_wechat.simulator.world.errors import ERRMSGS


class Endpoint(StrEnum):
    """Where a fault applies."""

    ANY = "any"
    ACCESS_TOKEN = "access_token"
    USERINFO = "userinfo"
    AUTH = "auth"
    REFRESH_TOKEN = "refresh_token"
    API_TOKEN = "cgi-bin/token"
    STABLE_TOKEN = "cgi-bin/stable_token"
    QRCODE_CREATE = "cgi-bin/qrcode/create"
    USER_INFO = "cgi-bin/user/info"
    MINI_SESSION = "jscode2session"
    PHONE_NUMBER = "getuserphonenumber"
    ROUND_CODE = "getwxacodeunlimit"
    URL_LINK = "generate_urllink"
    URL_SCHEME = "generatescheme"


class FaultKind(StrEnum):
    """Faults that are not an errcode; every errcode of `errors.ERRMSGS`, as text, is a kind too."""

    SLOW = "slow"
    BUSY_BUT_CONSUMED = "-1-consumed"
    HTML = "html"
    HTTP_500 = "500"
    RESET = "reset"
    CONTROL_CHARACTER = "nickname-control"
    BROKEN_UTF8 = "nickname-utf8"


KINDS = (*FaultKind, *map(str, ERRMSGS))

_USUAL_ENDPOINT = {
    "40029": Endpoint.ACCESS_TOKEN,
    "40163": Endpoint.ACCESS_TOKEN,
    "40226": Endpoint.MINI_SESSION,
    "42003": Endpoint.ACCESS_TOKEN,
    "48001": Endpoint.USERINFO,
    FaultKind.BUSY_BUT_CONSUMED: Endpoint.ACCESS_TOKEN,
    FaultKind.CONTROL_CHARACTER: Endpoint.USERINFO,
    FaultKind.BROKEN_UTF8: Endpoint.USERINFO,
}


@dataclass(frozen=True)
class Fault:
    """One switched-on fault."""

    kind: str
    endpoint: Endpoint
    seconds: float = 3.0
    once: bool = False

    @property
    def errcode(self) -> int | None:
        """The errcode to answer with, when the fault is one."""
        return None if self.kind in set(FaultKind) else int(self.kind)


def _known_kind(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"unknown fault {kind!r}; choose from {', '.join(KINDS)}")
    return str(kind)


def endpoint_of(kind: str, endpoint: str = "") -> Endpoint:
    """Check the endpoint's name; without one, take where this kind usually hits."""
    if endpoint and endpoint not in set(Endpoint):
        raise ValueError(f"unknown endpoint {endpoint!r}; choose from {', '.join(Endpoint)}")
    return Endpoint(endpoint) if endpoint else _USUAL_ENDPOINT.get(kind, Endpoint.ANY)


class Faults:
    """The faults that are on; the caller holds the platform's lock."""

    def __init__(self) -> None:
        self.active: list[Fault] = []

    def add(self, kind: str, endpoint: str = "", *, seconds: float = 3.0, once: bool = False) -> Fault:
        """Switch a fault on, in place of an earlier one of the same kind and endpoint."""
        fault = Fault(_known_kind(kind), endpoint_of(kind, endpoint), seconds, once)
        self.active = [one for one in self.active if (one.kind, one.endpoint) != (kind, fault.endpoint)]
        self.active.append(fault)
        return fault

    def remove(self, kind: str = "", endpoint: str = "") -> None:
        """Switch off the faults of one kind, or all; with an endpoint, only those that were set for it."""
        self.active = [
            fault for fault in self.active if kind not in {"", fault.kind} or endpoint not in {"", fault.endpoint}
        ]

    def take(self, endpoint: Endpoint) -> list[Fault]:
        """Return the faults of one call, using up those that were meant for one call only."""
        hits = [fault for fault in self.active if fault.endpoint in {Endpoint.ANY, endpoint}]
        self.active = [fault for fault in self.active if not (fault.once and fault in hits)]
        return hits
