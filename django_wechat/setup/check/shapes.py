"""Do the stored values look like what WeChat gives out? Asked before anybody is told to reset a secret."""

from collections.abc import Iterable, Iterator, Sequence

from django_wechat.models import WeChatProvider, is_filled
from django_wechat.setup.check.findings import Finding, found
from django_wechat.setup.check.verdicts import Verdict
from django_wechat.setup.shapes import KINDS, misfit

_CODES = {
    "client_id": "appid_1_shape",
    "client_id_2": "appid_2_shape",
    "client_secret": "secret_1_shape",
    "client_secret_2": "secret_2_shape",
    "access_token": "token_shape",
    "encoding_aes_key": "aes_key_shape",
}
_LABELS = {
    "1": {"appid": "Client ID", "secret": "Client Secret"},
    "2": {"appid": "Client ID 2", "secret": "Client Secret 2"},
}
_DISPROVED_BY = {
    **{f"{value}_{n}_shape": f"keypair_{n}_ok" for value in ("appid", "secret") for n in "12"},
    "token_shape": "push_ok",
    "aes_key_shape": "push_ok",
}
_CONSEQUENCES = {
    **{
        f"{value}_{n}_shape": {f"secret_{n}_wrong", f"appid_{n}_unknown", f"keypair_{n}_refused"}
        for value in ("appid", "secret")
        for n in "12"
    },
    "secrets_same": {
        f"{code}_{n}_{what}" for code, what in (("secret", "wrong"), ("keypair", "refused")) for n in "12"
    },
    "token_shape": {"push_token"},
    "aes_key_shape": {"push_aes_key"},
}


def check(provider: WeChatProvider, unreadable: Sequence[str]) -> Iterator[Finding]:
    """Yield which of the values are surely wrong, and which look odd; nothing of the values is said."""
    for column, kind in KINDS.items():
        if column in unreadable or not is_filled(provider, column):
            continue
        if odd := misfit(kind, getattr(provider, column)):
            code = _CODES[column]
            labels = next((labels for number, labels in _LABELS.items() if number in code), {})
            yield found(code, None if odd.is_sure else Verdict.WARNING, **labels, why=odd.stored())
    if _same_secret(provider, unreadable):
        yield found("secrets_same")


def without_consequences(findings: Iterable[Finding]) -> list[Finding]:
    """Say in one finding what a wrong value makes several of; WeChat itself knows better than a shape."""
    findings = list(findings)
    codes = {finding.code for finding in findings}
    disproved = {code for code, proof in _DISPROVED_BY.items() if proof in codes}
    gone = disproved.union(*(_CONSEQUENCES.get(code, set()) for code in codes - disproved))
    return [finding for finding in findings if finding.code not in gone]


def _same_secret(provider: WeChatProvider, unreadable: Sequence[str]) -> bool:
    both = ("client_secret", "client_secret_2")
    if provider.client_id == provider.client_id_2 or any(column in unreadable for column in both):
        return False
    return bool(provider.client_secret) and provider.client_secret == provider.client_secret_2
