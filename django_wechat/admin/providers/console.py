"""What has the admin of this provider to paste at WeChat? Gathers the plain values from request, row and settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from allauth.utils import build_absolute_uri
from django.http import HttpRequest
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from django_wechat import conf
from django_wechat.models import ProviderHealth, SubType, WeChatProvider, health_of, is_filled
from django_wechat.models.hosts import host_names
from django_wechat.setup import verification
from django_wechat.setup.check import restore
from django_wechat.setup.console_values import Panel, Setup, console_page, panel
from django_wechat.setup.secret_inputs import look_at

_ANY_NAME = "provider-name"


@dataclass(frozen=True)
class Pasting:
    """The panel of the page. `before_name` and `after_name` are the push address around the Name being typed."""

    panel: Panel
    before_name: str
    after_name: str
    pretend: bool
    files_served: bool


@sensitive_variables()
def pasting(
    request: HttpRequest, provider: WeChatProvider | None, secrets: Mapping[str, str], *, tails: bool
) -> Pasting:
    """Return what to paste for `provider`, or for a new one.

    `tails`: the reader may see how the stored secrets end; `secrets` are those that may be shown now, by column.
    """
    site_url = build_absolute_uri(request, "/").rstrip("/")
    setup = Setup(
        site_url=site_url,
        open_console=console_page(conf.base_url("OPEN_BASE_URL"), conf.DEFAULTS["OPEN_BASE_URL"]),
        mp_console=console_page(conf.base_url("MP_BASE_URL"), conf.DEFAULTS["MP_BASE_URL"]),
        token=secrets.get("access_token", ""),
        aes_key=secrets.get("encoding_aes_key", ""),
        **(_of(provider, tails=tails) if provider else {"safe_mode": False}),
    )
    shown = panel(setup)
    before, _, after = f"{shown.site_url}{_events_path(_ANY_NAME)}".partition(_ANY_NAME)
    pretend = any(conf.base_url(name) != conf.DEFAULTS[name] for name in ("OPEN_BASE_URL", "MP_BASE_URL"))
    return Pasting(shown, before, after, pretend, verification.at_root())


def _of(provider: WeChatProvider, *, tails: bool) -> dict[str, object]:
    return {
        "events_path": _events_path(provider.name),
        "hosts": host_names(provider.hosts),
        "website_app": provider.sub_type == SubType.WEB,
        "server_push": provider.sub_type == SubType.WEB or bool(provider.client_id_2),
        "safe_mode": is_filled(provider, "encoding_aes_key"),
        "token_tail": look_at(provider, "access_token").tail if tails else "",
        "aes_key_tail": look_at(provider, "encoding_aes_key").tail if tails else "",
        "ip": _ip(health_of(provider)),
        "may_enter": tails,
    }


def _events_path(name: str) -> str:
    return reverse("wechat_events", args=[name])


def _ip(health: ProviderHealth | None) -> str:
    """Return the address that WeChat refused at the last check."""
    refused = [finding for finding in restore(health.findings if health else []) if finding.code == "ip_not_allowed"]
    return str(refused[0].values.get("ip", "")) if refused else ""
