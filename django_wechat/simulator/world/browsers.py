"""Which browser does a User-Agent name? For people who look for their own code in a list, and for nothing else."""

import re

_BROWSERS = (
    (r"MicroMessenger", "WeChat"),
    (r"Edg(?:e|A|iOS)?/", "Edge"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrom(?:e|ium)/|CriOS/", "Chrome"),
    (r"Safari/", "Safari"),
)
_SYSTEMS = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Macintosh", "macOS"),
    (r"Linux", "Linux"),
)


def named(user_agent: str) -> str:
    """Return such as "Chrome, Windows"; what is not recognised is left out."""
    found = (next((name for sign, name in kind if re.search(sign, user_agent)), "") for kind in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, found))
