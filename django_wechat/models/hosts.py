"""Which host is meant? As an admin types names into Hosts, and as a request or an address says its own.

All are compared and shown in one normal form: what browsers send and WeChat compares.
"""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit

import idna

from django_wechat.models.pasted import cleaned

_BETWEEN = re.compile(r"[\s,;，、；]+")
_PORT = re.compile(r":\d*$")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
_PUNYCODE = "xn--"


@lru_cache(maxsize=256)
def host_names(typed: str) -> tuple[str, ...]:
    """Return the names in `typed` in their normal form, in order: one a line, or with blanks or commas between them."""
    return tuple(dict.fromkeys(normal_host(name) for name in typed_names(typed)))


def typed_names(typed: str) -> list[str]:
    """Return the names in `typed`, as they were typed."""
    return [name for name in map(cleaned, _BETWEEN.split(typed)) if name]


@lru_cache(maxsize=1024)
def normal_host(host: str) -> str:
    """Return the one form of a host, with or without a port: lower case, no final dot, no port, Chinese as `xn--…`.

    An IPv6 address has its shortest form, in brackets. What can be no host comes back as it is, but for its case.
    """
    name = cleaned(host).lower().replace("。", ".")
    if name.startswith("[") or name.count(":") > 1:
        return _ipv6(name)
    name = _PORT.sub("", name).removesuffix(".")
    if name.isascii():
        return name
    try:
        mapped = idna.uts46_remap(name, std3_rules=False)
    except idna.IDNAError:
        return name
    return ".".join(_label(label) for label in mapped.split("."))


def is_host(name: str) -> bool:
    """Return whether a normal form can be a host: a name of the internet or of an intranet, or an address."""
    return _HOST.fullmatch(name) is not None


def normal_origin(url: str) -> str:
    """Return scheme, host and port of an address, the host in its normal form."""
    parts = urlsplit(url)
    _userinfo, _at, netloc = parts.netloc.rpartition("@")
    port = _PORT.search(netloc.rpartition("]")[2])
    return f"{parts.scheme}://{normal_host(netloc)}{port.group() if port else ''}".removesuffix(":")


def right_pattern(pattern: str) -> str:
    """Return an entry of ALLOWED_HOSTS as Django can compare it; its own lower case where nothing is wrong with it."""
    lower = pattern.strip().lower()
    dot = "." if lower.startswith(".") else ""
    name = urlsplit(lower).netloc if "://" in lower else lower.removeprefix(".")
    return pattern if pattern == "*" else dot + normal_host(name)


def readable_host(host: str) -> str:
    """Return a host in its normal form as people read it: `例子.中国` for `xn--fsqu00a.xn--fiqs8s`."""
    return ".".join(_readable(label) for label in host.split("."))


def _label(label: str) -> str:
    return label if label.isascii() else _PUNYCODE + label.encode("punycode").decode()


def _readable(label: str) -> str:
    try:
        return label.removeprefix(_PUNYCODE).encode().decode("punycode") if label.startswith(_PUNYCODE) else label
    except UnicodeError:
        return label


def _ipv6(name: str) -> str:
    bare = _PORT.sub("", name) if "]" in name else name
    try:
        return f"[{ipaddress.IPv6Address(bare.strip('[]')).compressed}]"
    except ValueError:
        return name
