"""Which host is meant? As an admin types names into Hosts, and as a request says its own."""

import re


def host_names(typed: str) -> list[str]:
    """Return the names in `typed`, as they were typed: one a line, or with spaces or commas between them."""
    return [name for name in re.split(r"[\s,]+", typed) if name]


def without_port(host: str) -> str:
    """Return the bare host of a request: a name, an IPv4 address or an IPv6 address in brackets, in lower case."""
    return re.sub(r":\d+$", "", host).lower()
