"""Which addresses has allauth, and where does somebody end who opens one? Read from the URL resolver."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.visitor import Visitor

CONFIRM = "/accounts/wechat/reauthenticate/"
FLOW = {"id": "provider_reauthenticate", "providers": ["wechat"]}
"""How the headless API says that WeChat confirms who it is."""
METHODS = ("get", "post", "put", "patch", "delete")
_OTHERS = ("django_wechat.", "allauth.socialaccount.providers.", "tests.")


@dataclass(frozen=True)
class Door:
    """One address: its name (none for a legacy redirect), the parameters it wants, and what its view answers to."""

    name: str
    route: str
    parameters: tuple[str, ...]
    methods: tuple[str, ...]

    def __str__(self) -> str:
        return self.name or self.route

    def path(self, filled: dict[str, Any]) -> str:
        """Return the address, its parameters taken from `filled`; a `KeyError` names one that nobody thought of."""
        if not self.name or not self.parameters:
            return f"/{self.route}"
        return reverse(self.name, kwargs={parameter: filled[parameter] for parameter in self.parameters})


def doors(prefix: str) -> list[Door]:
    """Return allauth's own addresses below `prefix`, without those of providers."""
    found = [(route, pattern) for route, pattern in _patterns(get_resolver(), "") if route.startswith(prefix)]
    return [_door(route, one) for route, one in found if not one.lookup_str.startswith(_OTHERS)]


def _patterns(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, route)
        else:
            yield route, entry


def _door(route: str, pattern: URLPattern) -> Door:
    view = getattr(pattern.callback, "view_class", None)
    methods = tuple(method for method in METHODS if hasattr(view, method)) if view else ("get", "post")
    return Door(pattern.name or "", route, tuple(re.findall(r"<(?:\w+:)?(\w+)>", route)), methods)


def followed(client: Client, response: Any) -> Any:
    """Return the page at the end of a chain of redirects, which must have one."""
    seen: list[str] = []
    while 300 <= response.status_code < 400:
        here = response.wsgi_request.path
        location = urljoin(here, response["Location"]).removesuffix("#").removeprefix("http://testserver")
        assert location not in seen, f"it turns in a circle: {seen}"
        seen.append(location)
        response = client.get(location)
    return response


def asks(page: Any) -> bool:
    """Return whether this is the page that wants WeChat to confirm who it is."""
    return bool(page.wsgi_request.path == CONFIRM)


def confirm(visitor: Visitor, page: Any) -> Any:
    """Confirm with WeChat at the page that asks for it; return where it goes on."""
    query = {"process": "reauthenticate", "next": page.wsgi_request.GET.get("next", "")}
    url = visitor.start(f"?{urlencode(query)}")
    return followed(visitor.client, visitor.come_back(url, visitor.allow(url)))


def opened(visitor: Visitor, path: str, form: dict[str, Any] | None = None) -> Any:
    """Open a page, or send it a form; confirm where that is asked for; return the page at the end."""
    response = visitor.client.get(path) if form is None else visitor.client.post(path, form)
    page = followed(visitor.client, response)
    return confirm(visitor, page) if asks(page) else page
