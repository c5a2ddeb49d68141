"""How does allauth see us? One provider, "wechat", over all rows of the admin (the file name is allauth's)."""

from typing import Any

from allauth import app_settings as allauth_settings
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess, Provider, ProviderAccount
from allauth.utils import build_absolute_uri
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_wechat import avatars, identities, profiles, provider_settings, uids
from django_wechat.attempts import Attempt
from django_wechat.exceptions import WeChatError
from django_wechat.flows import in_wechat, journey, web_qr
from django_wechat.flows.journey import Choice, Journey
from django_wechat.models import WeChatProvider
from django_wechat.problems import code_for, problem_response
from django_wechat.protocol import user_agent
from django_wechat.protocol.oauth import AppCredentials, Profile
from django_wechat.protocol.push import OfficialAccount

STATE_LENGTH = 32
FULL_PAGE = "full_page"
"""Query parameter of the start page: show the full-page QR on a phone too, for a second phone to scan."""
_SHOWN = "_wechat_is_shown"
STATE_KEY = "wechat"
"""Where the provider and journey of a sign-in are kept in allauth's state."""


class WeChatAccount(ProviderAccount):
    """A person's WeChat account as allauth's pages show it."""

    def get_avatar_url(self) -> str | None:
        """Return the avatar's address (the site's copy, else WeChat's, 132 pixels wide), or None."""
        return avatars.avatar_url(self.account) or None

    def to_str(self) -> str:
        """Return the nickname, or a friendly name; never an openid."""
        return str(self.account.extra_data.get("nickname") or gettext(profiles.FOLLOWER_NAME))


class WeChatAllauthProvider(Provider):
    """allauth's provider "wechat". Its rows are `WeChatProvider` in `models/providers.py`."""

    id = uids.PROVIDER_ID
    name: Any = _("WeChat")
    account_class = WeChatAccount
    uses_apps = False
    supports_redirect = True

    def __init__(self, request: HttpRequest, app: SocialApp | None = None) -> None:
        super().__init__(request, app=app)
        # A plain string from here on: allauth's `__str__` returns it as it is.
        self.name = str(self.name)
        self._choices: dict[str | None, Choice] = {}
        if request is not None and (getattr(request, _SHOWN, False) or self.choose().journey is None):
            self._hide()

    @property
    def rows(self) -> list[WeChatProvider]:
        """The rows that serve this request, read once a request: allauth makes a provider for every use of it."""
        rows: list[WeChatProvider] | None = getattr(self.request, "_wechat_providers", None)
        if rows is None:
            provider_settings.sync_once()
            rows = WeChatProvider.objects.serving(self.request.get_host())
            self.request._wechat_providers = rows
        return rows

    def choose(self, name: str | None = None) -> Choice:
        """Return what this request's browser gets, from all rows or from the one called `name`."""
        if name not in self._choices:
            self._choices[name] = self._choose(name)
        return self._choices[name]

    def _choose(self, name: str | None) -> Choice:
        rows = self._named(name)
        own_browser = user_agent.parse(self.request.headers.get("User-Agent", ""))
        return _web_qr(rows) if self.request.GET.get(FULL_PAGE) else journey.pick(own_browser, rows)

    def choose_web_qr(self, name: str | None = None) -> Choice:
        """Return the Open Platform's QR code, whatever else this browser would get."""
        return _web_qr(self._named(name))

    def _named(self, name: str | None) -> list[WeChatProvider]:
        """Return the row called `name`; all rows without a name, or for one that is gone from an old link."""
        return [row for row in self.rows if row.name == name] or self.rows

    def _hide(self) -> None:
        """Take us off allauth's pages, whose switch for that is a setting of an app, and off its headless config."""
        self.supports_redirect = False
        self.uses_apps = True
        self.app = SocialApp(provider=self.id, name=self.name, settings={"hidden": True})

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:  # noqa: ARG002
        """Return our start page; what allauth's templates leave blank is left out."""
        query = {key: value for key, value in kwargs.items() if value}
        return reverse("wechat_login") + (f"?{urlencode(query)}" if query else "")

    def get_callback_url(self) -> str:
        """Return the path that WeChat sends the browser back to."""
        return str(reverse("wechat_callback"))

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Read `process` and `next` from a request; any process but "connect" is a sign-in."""
        kwargs: dict[str, Any] = super().get_redirect_from_request_kwargs(request)
        kwargs["process"] = process_for(kwargs["process"])
        return kwargs

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Send the browser to WeChat's page; to our page with an explanation where it cannot go on from there."""
        choice = self.choose(request.GET.get("provider"))
        if choice.journey is Journey.FOLLOW:
            # The official account's QR code lives in the tab; a full page of WeChat's own is the Open Platform's.
            choice = self.choose_web_qr(request.GET.get("provider"))
        state = {"process": process, "next": next_url, **kwargs}
        if choice.provider is None or choice.journey not in _BEGIN:
            if allauth_settings.HEADLESS_ONLY:
                return problem_response(request, self, "not_available", state=state)
            return HttpResponseRedirect(self.get_login_url(request, process=process, next=next_url))
        attempt = Attempt(choice.provider.name, choice.journey.value)
        try:
            url = self.begin(request, choice.provider, choice.journey, process, next_url, data=data, **kwargs)
        except (WeChatError, ImproperlyConfigured) as error:
            return problem_response(request, self, code_for(error), error=error, state=state, attempt=attempt)
        return HttpResponseRedirect(url)

    def begin(
        self,
        request: HttpRequest,
        row: WeChatProvider,
        chosen: Journey,
        process: str,
        next_url: str | None,
        *,
        in_frame: bool = False,
        state_id: str | None = None,
        **kwargs: Any,
    ) -> str:
        """Stash the state of a new sign-in and return WeChat's address for it.

        `state_id` renews the state of an earlier QR code in the same tab, so that no other sign-in is evicted.
        """
        app = app_for(row, chosen)
        start_with = {"provider": row.pk, "journey": chosen.value, "appid": app.appid}
        # Letters and digits: a state that fits both of WeChat's flows (reference section 2.1).
        state_id = self.stash_redirect_state(
            request,
            process,
            next_url,
            state_id=state_id or get_random_string(STATE_LENGTH),
            **{STATE_KEY: start_with},
            **kwargs,
        )
        start = web_qr.begin_in_frame if in_frame else _BEGIN[chosen]
        return start(app, redirect_uri=build_absolute_uri(request, self.get_callback_url()), state=state_id)

    def sociallogin_from_response(self, request: HttpRequest, response: Profile) -> SocialLogin:
        """Return the sign-in of the person in a profile, once what it says is taken in."""
        return self.sociallogin_from_settled(request, identities.settle(response))

    def sociallogin_from_settled(self, request: HttpRequest, profile: Profile) -> SocialLogin:
        """Return the sign-in of the person in a profile that `identities.settle` has taken in."""
        return super().sociallogin_from_response(request, profile)

    def extract_uid(self, data: Profile) -> str:
        """Return the uid of the person's account."""
        return uids.uid_for(data)

    def extract_extra_data(self, data: Profile) -> dict[str, Any]:
        """Return what the account keeps of the profile."""
        return profiles.extra_data_for(data)

    def extract_common_fields(self, data: Profile) -> dict[str, Any]:
        """Give a name; usernames are allauth's business, a nickname is not one (trap 33)."""
        return {"first_name": profiles.name_for(data)}

    def extract_email_addresses(self, data: Profile) -> list[EmailAddress]:  # noqa: ARG002
        """WeChat gives no email address."""
        return []


_BEGIN = {Journey.WEB_QR: web_qr.begin, Journey.IN_WECHAT: in_wechat.begin}

provider_classes = [WeChatAllauthProvider]


def _web_qr(rows: list[WeChatProvider]) -> Choice:
    """As if no row had a QR code of an official account, and no browser were on a phone."""
    row = next((row for row in rows if row.has_open_platform), None)
    return Choice(Journey.WEB_QR if row else None, row, full_page=row is not None)


def provider_for(request: HttpRequest) -> WeChatAllauthProvider:
    """Return allauth's provider "wechat" for a request, by way of the site's own adapter."""
    provider: WeChatAllauthProvider = get_adapter().get_provider(request, WeChatAllauthProvider.id)
    return provider


def hide_from_lists(request: HttpRequest) -> None:
    """Leave WeChat out of allauth's lists on this page from now on: it is shown there already."""
    setattr(request, _SHOWN, True)


def app_for(provider: WeChatProvider, chosen: Journey) -> AppCredentials:
    """Return the keypair that `provider` uses for a journey; raise `ImproperlyConfigured` if it is gone."""
    app = provider.in_wechat_app if chosen is Journey.IN_WECHAT else provider.open_platform
    if app is None:
        raise ImproperlyConfigured(f"The keypair of WeChat provider {provider} is incomplete.")
    return app


def account_for(provider: WeChatProvider, appid: str) -> OfficialAccount:
    """Return the official account of `provider`; raise `ImproperlyConfigured` if it is no longer `appid`."""
    account = provider.official_account
    if account is None or account.appid != appid:
        raise ImproperlyConfigured(f"The second keypair of WeChat provider {provider} was changed.")
    return account


def process_for(value: str | None) -> str:
    """Return the process that a request asks for: to connect WeChat to an account, or else to sign in."""
    return "connect" if value == AuthProcess.CONNECT else "login"
