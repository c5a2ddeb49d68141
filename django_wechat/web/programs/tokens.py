"""In which form does a program get its tokens? One setting chooses: allauth's own, a package's, or a function's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from django_wechat import conf
from django_wechat.protocol.oauth import Profile
from django_wechat.setup.token_kinds import ALLAUTH, KINDS, Kind
from django_wechat.stores.attempts import Attempt
from django_wechat.web.programs.asked import Asked
from django_wechat.web.programs.problems import refused

HEADLESS = "django_wechat.web.programs.flavours.headless.AllauthTokens"
OWN = "django_wechat.web.programs.flavours.own_tokens.OwnTokens"

TokensFor = Callable[[HttpRequest, Any], dict[str, Any]]


@dataclass(frozen=True)
class Done:
    """What allauth answered to the sign-in of the person in `profile`; `attempt` is what ends, for the sign-in log."""

    response: HttpResponse
    asked: Asked
    profile: Profile
    attempt: Attempt


class Respond(Protocol):
    """What answers a request once it is prepared."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer it."""


class Flavour(Protocol):
    """One form of tokens. `state` is what allauth is told of the sign-in, beside its process."""

    state: dict[str, Any]

    def serve(self, request: HttpRequest, respond: Respond, *, about_user: bool) -> HttpResponse:
        """Return what `respond` makes of a request that has no cookies, and whose user is named by its token alone.

        `about_user`: it is about who the token names; otherwise a token that came along means nothing.
        """

    def answer(self, request: HttpRequest, done: Done) -> HttpResponse:
        """Return the tokens of who was signed in; raise `Refused`."""


class Own(Flavour, Protocol):
    """A form of tokens that is not allauth's: made of a user, without a session."""

    tokens_for: TokensFor

    def serve_flow(self, request: HttpRequest, respond: Respond) -> HttpResponse:
        """Return what `respond` makes of a request whose user is named by the session of a flow; raise `Refused`."""

    def flow(self, request: HttpRequest) -> HttpResponse:
        """Return the tokens of who ended the flow of this session, or what is still asked; raise `Refused`."""


def chosen() -> Flavour:
    """Return the flavour that TOKENS names; raise `Refused` where there is none."""
    flavour: Flavour = own() or _allauth()
    return flavour


def are_own() -> bool:
    """Return whether TOKENS names tokens that are not allauth's."""
    return bool(conf.get("TOKENS")) and conf.get("TOKENS") != ALLAUTH


def own() -> Own | None:
    """Return the flavour that is not allauth's, if TOKENS names one; raise `Refused` if it cannot be imported."""
    if not are_own():
        return None
    name = conf.get("TOKENS")
    kind = KINDS.get(name) or Kind(name)
    try:
        flavour: Own = import_string(OWN)(import_string(kind.tokens_for), kind.authentication)
    except ImportError as error:
        raise refused(ImproperlyConfigured(f'WECHAT["TOKENS"] cannot be imported: {error}')) from error
    return flavour


def _allauth() -> Flavour:
    if not apps.is_installed("allauth.headless"):
        raise refused(ImproperlyConfigured('WECHAT["TOKENS"] names no tokens, and allauth.headless is not installed'))
    flavour: Flavour = import_string(HEADLESS)()
    return flavour
