"""The example's pages of its own: home, and a single-page app's shell."""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie

from example_project.context import user_display


def home(request: HttpRequest) -> HttpResponse:
    """Say what this is and, to a person who is signed in, who they are."""
    account = None
    if request.user.is_authenticated:
        account = SocialAccount.objects.filter(user=request.user, provider="wechat").first()
    context = {
        "name": user_display(request.user) if request.user.is_authenticated else "",
        "avatar_url": _avatar_url(account) if account else None,
        "wechat_account": account,
    }
    return render(request, "example/home.html", context)


@never_cache
@ensure_csrf_cookie
def spa(request: HttpRequest) -> HttpResponse:
    """Send the shell of the single-page example: the same for everybody, whoever is signed in."""
    return render(request, "example/spa.html")


def _avatar_url(account: SocialAccount) -> str | None:
    """Return the avatar's address. WeChat's pictures are kept as https; the pretend WeChat has only http."""
    url = account.get_avatar_url()
    if url and settings.USE_SIMULATOR:
        return str(url).replace("https://", "http://", 1)
    return url
