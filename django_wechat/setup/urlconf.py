"""Does the site lead every address of ours to us, or does another view stand in front? A CMS's catch-all does.

Asked of Django itself: each address is made, and looked up again as if somebody had called it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, Resolver404, ResolverMatch, get_script_prefix, resolve, reverse

from django_wechat.setup.verification import EXAMPLE, URL_NAME

_ID = "0" * 22

ADDRESSES: dict[str, tuple[str, ...]] = {
    "wechat_login": (),
    "wechat_callback": (),
    "wechat_connect": (),
    "wechat_have_account": (),
    "wechat_reauthenticate": (),
    "wechat_panel": (),
    "wechat_mini_program": (),
    "wechat_mini_program_scan": (),
    "wechat_mini_program_confirm": (),
    "wechat_phone": (),
    "wechat_profile": (),
    "wechat_app": (),
    "wechat_tokens": (),
    "wechat_qr_open": (),
    "wechat_qr_status": (_ID,),
    "wechat_qr_finish": (_ID,),
    "wechat_qr_picture": (_ID,),
    "wechat_qr_stream": (_ID,),
    "wechat_confirm": (_ID,),
    "wechat_events": ("name",),
    URL_NAME: (EXAMPLE,),
}
"""Each by its name in `urls` and `root_urls`, with arguments that it might have."""

_LOGIN_PAGE = "account_login"
"""allauth's. One of the site's own is its own business, unless that view takes our addresses, too."""


@dataclass(frozen=True)
class InFront:
    """A view that answers in our place: its dotted name, its pattern in the site's urls.py, and what it answers."""

    view: str
    pattern: str
    paths: tuple[str, ...]
    only_files: bool = False


def in_front() -> list[InFront]:
    """Return every view of somebody else that an address of ours leads to."""
    taken: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for name, path, match in _looked_up():
        if (match.url_name, match.namespaces) != (name, []):
            taken[_dotted_name(match.func), match.route][name] = path
    return [
        InFront(view, pattern, tuple(paths.values()), only_files=set(paths) == {URL_NAME})
        for (view, pattern), paths in taken.items()
        if set(paths) != {_LOGIN_PAGE}
    ]


def _looked_up() -> Iterator[tuple[str, str, ResolverMatch]]:
    """Yield (name, path, what it leads to); what the site has not included is another question."""
    for name, args in [(_LOGIN_PAGE, ()), *ADDRESSES.items()]:
        try:
            path = reverse(name, args=args)
            yield name, path, resolve("/" + path.removeprefix(get_script_prefix()))
        except (NoReverseMatch, Resolver404):
            continue


def _dotted_name(func: Any) -> str:
    view = getattr(func, "view_class", func)
    return f"{view.__module__}.{getattr(view, '__qualname__', type(view).__qualname__)}"
