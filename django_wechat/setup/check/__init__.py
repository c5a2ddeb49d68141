"""Is a provider set up rightly, here and at WeChat? Asks everybody concerned, and answers in words."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from django_wechat.models import ProviderHealth, WeChatProvider
from django_wechat.protocol.oauth import AppCredentials
from django_wechat.setup.check import people, server_push, shapes, site, wechat
from django_wechat.setup.check.findings import Finding, restore, worst
from django_wechat.setup.check.keypairs import Keypair
from django_wechat.setup.check.summaries import Summary, summarise
from django_wechat.setup.check.verdicts import Verdict

__all__ = ["Finding", "Summary", "Verdict", "check", "restore", "summarise", "worst"]


def check(provider: WeChatProvider, *, seen: str = "") -> list[Finding]:
    """Ask WeChat and look around the site; keep the result beside the provider, and return it, errors first.

    `seen` is an address of this site as a request shows it; "" where there is no request, and what the last check was
    shown counts. Each question to WeChat is bounded by the setting TIMEOUT, and none follows one that found nobody.
    """
    findings = _ordered([*_site(provider, seen or site.last_seen(provider)), *people.check(provider)])
    values = {"checked_at": timezone.now(), "findings": [finding.stored() for finding in findings]}
    ProviderHealth.objects.update_or_create(provider=provider, defaults=values)
    return findings


def _site(provider: WeChatProvider, seen: str) -> list[Finding]:
    unreadable = site.unreadable_secrets(provider)
    known = site.addresses(provider, seen)
    question = wechat.Question(
        provider=provider,
        first=_keypair(provider, 1, unreadable),
        second=_keypair(provider, 2, unreadable),
        callback_urls=[f"{url}{reverse('wechat_callback')}" for url in known.urls],
    )
    asked = list(wechat.ask(question))
    urls = known.urls
    if known.guessed:
        urls, asked = _the_right_one(known.urls, asked)
    events_url = f"{urls[0] if urls else ''}{reverse('wechat_events', args=[provider.name])}"
    return shapes.without_consequences(
        [
            *shapes.check(provider, unreadable),
            *asked,
            *server_push.check(provider, events_url),
            *site.check(provider, urls, unreadable, seen=seen),
        ]
    )


def _the_right_one(urls: Sequence[str], asked: Sequence[Finding]) -> tuple[Sequence[str], list[Finding]]:
    """Return the first of the addresses that WeChat accepts, else the first, and what is said of no other."""
    accepted = {finding.values["host"] for finding in asked if finding.code == "domain_ok"}
    right = [url for url in urls if wechat.host_of(url) in accepted] or list(urls)
    hosts = {wechat.host_of(url) for url in right[:1]}
    told = [one for one in asked if not one.code.startswith("domain_") or one.values["host"] in hosts]
    return right[:1], told


@sensitive_variables()
def _keypair(provider: WeChatProvider, number: int, unreadable: list[str]) -> Keypair | None:
    """Return the first or second keypair if it is complete and can be read."""
    tail = "" if number == 1 else "_2"
    column = f"client_secret{tail}"
    if column in unreadable:
        return None
    appid, secret = getattr(provider, f"client_id{tail}"), getattr(provider, column)
    return Keypair(number, AppCredentials(appid, secret)) if appid and secret else None


def _ordered(findings: list[Finding]) -> list[Finding]:
    """Return each finding once, what is wrong first."""
    order = [Verdict.ERROR, Verdict.WARNING, Verdict.UNKNOWN, Verdict.OK]
    unique = {(finding.code, str(finding.values)): finding for finding in findings}
    return sorted(unique.values(), key=lambda finding: order.index(finding.verdict))
