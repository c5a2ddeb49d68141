"""Do WeChat's pushes arrive? Read from what the push endpoint remembered."""

from django_wechat.models import ProviderHealth, WeChatProvider, is_filled
from django_wechat.setup.check.findings import Finding, found
from django_wechat.setup.check.verdicts import Verdict
from django_wechat.stores import push_health
from django_wechat.stores.push_health import Reason


def check(provider: WeChatProvider, events_url: str) -> list[Finding]:
    """Return what is known, or nothing for a provider that takes no pushes. `events_url` is what WeChat has to call.

    Providers that share an official account share its server configuration, which names the address of one of them.
    """
    if not is_filled(provider, "access_token") or not provider.client_id_2:
        return []
    shared = ProviderHealth.objects.filter(provider__client_id_2=provider.client_id_2)
    health = max(shared, key=_last_seen, default=None)
    if health is None or not _last_seen(health):
        verdict = Verdict.ERROR if provider.official_account_qr_complete else Verdict.WARNING
        return [found("push_never_verified", verdict, url=events_url)]
    return [_from(health, events_url)]


def _from(health: ProviderHealth, events_url: str) -> Finding:
    if health.push_failure == Reason.ELSEWHERE:
        return _elsewhere(health, events_url)
    if health.push_failure and health.push_failed_at:
        code = "push_strangers" if is_doubtful(health) else f"push_{health.push_failure}"
        return found(code, count=health.push_failures, failed_at=health.push_failed_at)
    if health.last_push_at:
        return found("push_ok", last_at=health.last_push_at)
    return found("push_none_yet", verified_at=health.url_verified_at or "")


def _elsewhere(health: ProviderHealth, events_url: str) -> Finding:
    asked = push_health.asked_elsewhere(health.provider_id)
    code = "push_elsewhere" if asked else "push_elsewhere_unnamed"
    failed_at = health.push_failed_at or ""
    return found(code, asked=asked, count=health.push_failures, failed_at=failed_at, url=events_url)


def is_doubtful(health: ProviderHealth) -> bool:
    """Whether refused calls may not be WeChat's: anybody can send a wrong signature, and right ones came before."""
    return health.push_failure == Reason.TOKEN and bool(health.last_push_at or health.url_verified_at)


def _last_seen(health: ProviderHealth) -> float:
    """In seconds since 1970; 0 for one that was never called."""
    seen = (health.last_push_at, health.url_verified_at, health.push_failed_at)
    return max((moment.timestamp() for moment in seen if moment), default=0)
