"""Which files do WeChat's consoles ask for at the root of the site, and what stands in them? (reference section 2.2)"""

import re

from django.urls import NoReverseMatch, reverse

from django_wechat.models import VerificationFile
from django_wechat.models.entries import entries

NAME = r"MP_verify_[A-Za-z0-9]{16}\.txt"
URL_NAME = "wechat_verification_file"
FILES = "verification_files"
"""Where a dict of WECHAT["PROVIDERS"] has its files: {name: content}."""
EXAMPLE = "MP_verify_0123456789abcdef.txt"
_PRINTABLE = re.compile(r"[\x20-\x7e]+[\r\n]*")
MAX_LENGTH = 200
"""Characters, as the column is long."""


def content_of(name: str) -> str:
    """Return what an admin or the settings stored under this name; "" if nobody did."""
    stored = VerificationFile.objects.filter(name=name).values_list("content", flat=True).first()
    return stored or _in_settings(name)


def _in_settings(name: str) -> str:
    """Return the file that a provider of the settings brings along."""
    return next((str(one[FILES][name]) for one in entries() if name in one.get(FILES, {})), "")


def is_name(name: str) -> bool:
    """Return whether WeChat's console gives out files of this name."""
    return re.fullmatch(NAME, name) is not None


def is_content(content: str) -> bool:
    """Return whether `content` may stand in such a file: one short line of plain text."""
    return len(content) <= MAX_LENGTH and _PRINTABLE.fullmatch(content) is not None


def at_root() -> bool:
    """Return whether this site serves the files where WeChat looks for them: `root_urls` included at its root."""
    try:
        return reverse(URL_NAME, args=[EXAMPLE]) == f"/{EXAMPLE}"
    except NoReverseMatch:
        return False
