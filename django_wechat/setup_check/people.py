"""Is a person the same to both keypairs? Read from those who have signed in."""

from collections.abc import Iterator

from django_wechat.models import WeChatDuplicate, WeChatIdentity, WeChatProvider
from django_wechat.setup_check.findings import Finding, found


def check(provider: WeChatProvider) -> Iterator[Finding]:
    """Yield whether both keypairs share an Open Platform account, and how many people have two users."""
    appids = [appid for appid in (provider.client_id, provider.client_id_2) if appid]
    if provider.has_open_platform and provider.has_in_wechat_app:
        yield _shared(provider)
    if count := WeChatDuplicate.objects.filter(identity__appid__in=appids).count():
        yield found("duplicates", count=count)


def _shared(provider: WeChatProvider) -> Finding:
    first = WeChatIdentity.objects.filter(appid=provider.client_id).exclude(unionid="")
    second = WeChatIdentity.objects.filter(appid=provider.client_id_2).exclude(unionid="")
    if first.filter(unionid__in=second.values("unionid")).exists():
        return found("unionid_shared")
    if without := _without_unionid(provider):
        return found("unionid_missing", fields="|".join(without))
    if first.filter(account__user__in=second.values("account__user")).exists():
        return found("unionid_differs")
    return found("unionid_not_known")


def _without_unionid(provider: WeChatProvider) -> list[str]:
    """Return the labels of the keypairs that people signed in with, none of them with a unionid."""
    labels = {"Client ID": provider.client_id, "Client ID 2": provider.client_id_2}
    seen = {label: WeChatIdentity.objects.filter(appid=appid) for label, appid in labels.items()}
    return [label for label, people in seen.items() if people.exists() and not people.exclude(unionid="").exists()]
