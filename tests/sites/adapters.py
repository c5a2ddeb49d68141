"""allauth adapters of sites that want things their own way."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse


class ClosedAccountAdapter(DefaultAccountAdapter):
    """A site that takes no new people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class ErrorPageAdapter(DefaultSocialAccountAdapter):
    """A site with error pages of its own."""

    def on_authentication_error(self, *args: Any, exception: Exception | None = None, **kwargs: Any) -> None:
        response = HttpResponse(f"the site's own words for {type(exception).__name__}")
        raise ImmediateHttpResponse(response)


class KnownUserAdapter(DefaultSocialAccountAdapter):
    """Gives every new WeChat account to the user "known"."""

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: object = None) -> AbstractBaseUser:
        """Save the account for somebody the site knows already."""
        del form
        user = get_user_model().objects.get(username="known")
        sociallogin.connect(request, user)
        return user
