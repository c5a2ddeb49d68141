"""Which browser does a User-Agent name, for people who look for their own code in a list? And what is WeChat's?"""

import re

WECHAT_USER_AGENT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.56(0x1800383b) NetType/WIFI Language/zh_CN"
)

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
