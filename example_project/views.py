"""The example's one page of its own."""

from allauth.socialaccount.models import SocialAccount
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """Say what this is and, to a person who is signed in, who they are."""
    account = None
    if request.user.is_authenticated:
        account = SocialAccount.objects.filter(user=request.user, provider="wechat").first()
    context = {
        "name": request.user.get_full_name() or request.user.get_username() if request.user.is_authenticated else "",
        "avatar_url": account.get_avatar_url() if account else None,
        "wechat_account": account,
    }
    return render(request, "example/home.html", context)
