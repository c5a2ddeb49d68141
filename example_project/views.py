"""The example's pages of its own: home, and a single-page app's shell."""

from allauth.account.utils import user_display
from allauth.socialaccount.models import SocialAccount
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie


def home(request: HttpRequest) -> HttpResponse:
    """Say what this is and, to a person who is signed in, who they are."""
    account = None
    if request.user.is_authenticated:
        account = SocialAccount.objects.filter(user=request.user, provider="wechat").first()
    context = {
        "name": user_display(request.user) if request.user.is_authenticated else "",
        "avatar_url": account.get_avatar_url() if account else None,
        "wechat_account": account,
        "has_password": request.user.is_authenticated and request.user.has_usable_password(),
        "passkey_site": _passkey_site(request),
    }
    return render(request, "example/home.html", context)


@never_cache
@ensure_csrf_cookie
def spa(request: HttpRequest) -> HttpResponse:
    """Send the shell of the single-page example: the same for everybody, whoever is signed in."""
    return render(request, "example/spa.html")


def _passkey_site(request: HttpRequest) -> str:
    """Return the address where a passkey can be made, if it is not this one: browsers make none for an IP address."""
    host, _colon, port = request.get_host().partition(":")
    return f"http://localhost:{port or 80}/" if host == "127.0.0.1" else ""
