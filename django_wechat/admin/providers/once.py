"""May this page show a secret that was just saved? Once, to whoever saved it, for WeChat's console asks for it then.

Neither the session nor the page's form holds the secret: both hold a signed ticket with its digest, and what is shown
is read from the encrypted row, if that still holds the same.
"""

from collections.abc import Collection, Mapping

from django.core import signing
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.debug import sensitive_variables

from django_wechat.models import WeChatProvider, is_filled
from django_wechat.models.fields import SecretUnreadable

COLUMNS = ("access_token", "encoding_aes_key")
"""What is made up here and pasted at WeChat; an AppSecret comes from there and is never shown."""
FIELD = "_wechat_once"
"""The page that shows a secret sends its ticket along, so that saving the rest of the form does not lose it."""
_KEY = "wechat_secrets_once"
_SALT = "django_wechat.admin.once"
_SECONDS = 30 * 60


def arm(request: HttpRequest, provider: WeChatProvider, columns: Collection[str]) -> None:
    """Let the next page of `provider` in this session show `columns`, and those that the sent page showed."""
    shown = [*columns, *_vouched_for(request, provider, request.POST.get(FIELD, ""))]
    if wanted := [column for column in COLUMNS if column in shown and is_filled(provider, column)]:
        request.session[_KEY] = ticket(request, provider, wanted)


def take(request: HttpRequest, provider: WeChatProvider) -> Mapping[str, str]:
    """Return the secrets to show now, by column; the session forgets that it may."""
    kept = str(request.session.get(_KEY, ""))
    columns = _vouched_for(request, provider, kept)
    if columns:
        del request.session[_KEY]
    else:
        columns = _vouched_for(request, provider, request.POST.get(FIELD, ""))
    return {column: getattr(provider, column) for column in columns}


def ticket(request: HttpRequest, provider: WeChatProvider, columns: Collection[str]) -> str:
    """Return what vouches for `columns` of `provider` as they are now, to this user."""
    digests = {column: _digest(provider, column) for column in columns}
    return signing.dumps([str(request.user.pk), provider.pk, digests], salt=_SALT)


def _vouched_for(request: HttpRequest, provider: WeChatProvider, given: str) -> list[str]:
    """Return the columns that a ticket is for, if they still hold what they held."""
    try:
        user, pk, digests = signing.loads(given, salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return []
    if (user, pk) != (str(request.user.pk), provider.pk):
        return []
    return [column for column, digest in digests.items() if constant_time_compare(_digest(provider, column), digest)]


@sensitive_variables()
def _digest(provider: WeChatProvider, column: str) -> str:
    try:
        secret: str = getattr(provider, column)
    except SecretUnreadable:
        return ""
    return salted_hmac(_SALT, f"{provider.pk}:{column}:{secret}", algorithm="sha256").hexdigest()
