"""Is a person the same to both keypairs, and can a new one be saved? From the people there are, and the user model."""

from collections.abc import Iterator

from django.db.models import QuerySet

from django_wechat.models import WeChatDuplicate, WeChatIdentity, WeChatProvider
from django_wechat.models.columns import character_sets
from django_wechat.setup import sign_up_fields, signin_methods
from django_wechat.setup.check.findings import Finding, found

ENOUGH = 50
"""People of each keypair, none of them seen with both, after which that is no accident."""
SOME = 500
"""People whose nicknames are compared: those who came last."""
NOBODYS_NAMES = {"", "微信用户"}


def locked_out() -> Iterator[Finding]:
    """Yield whether people have no way in any more, and how many."""
    if count := signin_methods.locked_out():
        yield found("locked_out", count=count)


def check(provider: WeChatProvider) -> Iterator[Finding]:
    """Yield whether both keypairs share an Open Platform account, and how many people have two users."""
    appids = [appid for appid in (provider.client_id, provider.client_id_2) if appid]
    if provider.has_open_platform and provider.has_in_wechat_app:
        yield _shared(provider)
    if count := WeChatDuplicate.objects.filter(identity__appid__in=appids).count():
        yield found("duplicates", count=count)
    yield from locked_out()
    if columns := list(character_sets.narrow()):
        yield found("characters_lost", columns=", ".join(columns))
    for code, columns in sign_up_fields.gaps().items():
        yield found(code, columns=", ".join(columns))


def _shared(provider: WeChatProvider) -> Finding:
    first = WeChatIdentity.objects.filter(appid=provider.client_id).exclude(unionid="")
    second = WeChatIdentity.objects.filter(appid=provider.client_id_2).exclude(unionid="")
    if first.filter(unionid__in=second.values("unionid")).exists():
        return found("unionid_shared")
    if without := _without_unionid(provider):
        return found("unionid_missing", fields="|".join(without))
    same_user = first.filter(account__user__in=second.values("account__user")).exists()
    if same_user or _nicknames(first) & _nicknames(second):
        return found("unionid_differs")
    if _are_enough(first) and _are_enough(second):
        return found("unionid_nobody_shared", count=ENOUGH)
    return found("unionid_not_known")


def _nicknames(people: QuerySet[WeChatIdentity]) -> set[str]:
    """Return the names of those who came last; what WeChat calls everybody tells nobody apart."""
    newest = people.order_by("-pk").select_related("account")[:SOME]
    return {str(one.account.extra_data.get("nickname") or "").strip() for one in newest} - NOBODYS_NAMES


def _are_enough(people: QuerySet[WeChatIdentity]) -> bool:
    return people.order_by()[:ENOUGH].count() == ENOUGH


def _without_unionid(provider: WeChatProvider) -> list[str]:
    """Return the labels of the keypairs that people signed in with, none of them with a unionid."""
    labels = {"Client ID": provider.client_id, "Client ID 2": provider.client_id_2}
    seen = {label: WeChatIdentity.objects.filter(appid=appid) for label, appid in labels.items()}
    return [label for label, people in seen.items() if people.exists() and not people.exclude(unionid="").exists()]
