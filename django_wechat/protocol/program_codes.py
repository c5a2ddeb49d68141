"""What leads into a mini program? Its round code, and a link for a browser outside WeChat (sections 13.1 and 14)."""

from dataclasses import dataclass, field

from django_wechat.exceptions import WeChatGarbled
from django_wechat.protocol.errcodes import error_for
from django_wechat.protocol.transport import Content, Query, Transport, decode

CODE_PATH = "/wxa/getwxacodeunlimit"
LINK_PATH = "/wxa/generate_urllink"
WIDTH = 430
"""Pixels; WeChat's own default."""

_BEGINNINGS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_AT_A_MOMENT = 0
"""`expire_type` of a link that ends at a second, and not after days."""


@dataclass(frozen=True)
class Picture:
    """A code as WeChat drew it, with the type that its first bytes say."""

    content: bytes = field(repr=False)
    content_type: str


def fetch_code(
    transport: Transport, api_access_token: str, *, scene: str, page: str, version: str, is_page_checked: bool = False
) -> Picture:
    """Return the program's code that opens `page` with `scene`; it never expires (section 13.1).

    The page need not be there: WeChat would refuse all codes of a program that is under review otherwise.
    `is_page_checked`: it has to be, in the released program; else `ProgramPageMissing`. A picture and an error come
    from the same address; what WeChat calls them proves nothing, their first bytes do.
    """
    content = Content(scene=scene, page=page, check_path=is_page_checked, env_version=version, width=WIDTH)
    received = transport.post_for_bytes(CODE_PATH, Query(access_token=api_access_token), content)
    kind = next((name for beginning, name in _BEGINNINGS.items() if received.startswith(beginning)), None)
    if kind:
        return Picture(received, kind)
    if error := error_for(decode(received, CODE_PATH), CODE_PATH):
        raise error
    raise WeChatGarbled("the answer is neither a picture nor an error", endpoint=CODE_PATH)


def fetch_link(transport: Transport, api_access_token: str, *, page: str, query: str, version: str, until: int) -> str:
    """Return a link that opens `page` from a browser outside WeChat, until a Unix second (section 14).

    WeChat has ignored `until` for years at a time: the end is the site's business. Not for programs of individuals.
    """
    content = Content(path=page, query=query, env_version=version, expire_type=_AT_A_MOMENT, expire_time=until)
    answer = transport.post(LINK_PATH, Query(access_token=api_access_token), content)
    link = answer.get("url_link")
    if isinstance(link, str) and link.startswith(("https://", "http://")):
        return link
    raise WeChatGarbled("the answer has no url_link", endpoint=LINK_PATH)
