"""A site that takes phone numbers: its account adapter, and the pages for them."""

from typing import Any

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import path

from django_wechat.adapters import WeChatReauthenticationMixin
from tests.urls import urlpatterns as usual

urlpatterns = [
    path("accounts/phone/verify/", views.verify_phone, name="account_verify_phone"),
    path("accounts/phone/change/", views.change_phone, name="account_change_phone"),
    *usual,
]


class PhoneAdapter(WeChatReauthenticationMixin, DefaultAccountAdapter):
    """Keeps each person's number, and the last code sent, where a test can see them."""

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        """Return the number, and whether it is verified."""
        kept: tuple[str, bool] | None = cache.get(f"phone-{user.pk}")
        return kept

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        """Keep the number."""
        cache.set(f"phone-{user.pk}", (phone, verified))

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """Keep that the number is the person's."""
        self.set_phone(user, phone, verified=True)

    def get_user_by_phone(self, phone: str) -> None:
        """Nobody else has the number."""

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **_more: Any) -> None:
        """Keep the code instead."""
        cache.set("sms", code)


class OwnersAdapter(PhoneAdapter):
    """Knows whose a number is."""

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        """Keep the number, and whose it is."""
        super().set_phone(user, phone, verified)
        cache.set(f"owner-{phone}", user.pk)

    def get_user_by_phone(self, phone: str) -> Any:
        """Return who has the number."""
        return get_user_model().objects.filter(pk=cache.get(f"owner-{phone}")).first()


class HongKongAdapter(OwnersAdapter):
    """A site that takes numbers of one place alone, and not of where the pretend people live."""

    def clean_phone(self, phone: str) -> str:
        """Refuse it."""
        raise ValidationError("This shop delivers in Hong Kong alone.")


class BrokenAdapter(OwnersAdapter):
    """A site whose column is too short."""

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        """Fail, with the number in the message."""
        raise RuntimeError(f"the value {phone} is too long for this column")


class RaceAdapter(OwnersAdapter):
    """A site where somebody else takes the number at this very moment."""

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        """Fail as a unique column does."""
        raise IntegrityError(f"Key (phone)=({phone}) already exists")
