"""Rows for every list of the admin, put into a demo that is being served: nothing can be wrong in an empty list.

Run by `manage.py shell` with the demo's own environment, since only that process knows its database.
"""

from datetime import timedelta

from django.utils import timezone

from django_wechat.models import QRSession, SignInAttempt, SigninMethod, Status, WeChatDuplicate, WeChatProvider
from tests.factories import AccountFactory, IdentityFactory

SCRIPT = "from tests.filled_demo import fill; fill()"


def fill() -> None:
    """Two people who seem to be one, what they did, and the tabs of the login page."""
    told = {"nickname": "张三 🐼", "headimgurl": ""}
    first = IdentityFactory(account=AccountFactory(extra_data=told), unionid="u1")
    second = AccountFactory(extra_data=told)
    WeChatDuplicate.objects.create(identity=first, account=second, unionid="u1")
    for order, method in enumerate(("password", "code", "passkey", "wechat")):
        SigninMethod.objects.create(method=method, order=order)
    for outcome, problem in (("signed_in", ""), ("failed", "code_rejected"), ("cancelled", "refused_on_phone")):
        SignInAttempt.objects.create(outcome=outcome, problem=problem, provider_name="site", errcode=40029)
    QRSession.objects.create(
        public_id="a", scene="s", browser_hash="b", confirm_hash="c", status=Status.USED, openid=first.openid,
        provider=WeChatProvider.objects.earliest("pk"), expires_at=timezone.now() + timedelta(minutes=5),
    )  # fmt: skip
