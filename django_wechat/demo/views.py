"""What does the demo's own page show, and where is the phone beside every page?"""

from typing import Any

from allauth.account.utils import user_display
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from django_wechat.avatars import avatar_url


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """Welcome a visitor, or greet a member by name."""
    context = {}
    if request.user.is_authenticated:
        account = SocialAccount.objects.filter(user=request.user, provider="wechat").first()
        context = {"name": user_display(request.user), "avatar": avatar_url(account) if account else ""}
    return render(request, "wechat_demo/home.html", context)


def beside(request: HttpRequest) -> dict[str, Any]:
    """Tell every page of the site where the phone is; a page that is open on that phone has no phone beside it."""
    if "MicroMessenger" in request.headers.get("User-Agent", ""):
        return {"phone_url": ""}
    lang = "zh" if (get_language() or "").startswith("zh") else "en"
    return {"phone_url": f"{reverse('wechat_simulator:present')}?lang={lang}"}
