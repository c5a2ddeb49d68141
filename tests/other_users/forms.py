"""The sign-up form of a site that wants a phone number and a birthday, and the adapter that keeps them."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from django_wechat.adapters import WeChatReauthenticationMixin


class PhoneForm(forms.Form):
    """What allauth's form has besides its own fields."""

    phone = forms.CharField()
    birthday = forms.DateField()

    def clean_phone(self) -> str:
        """Refuse a number that somebody has."""
        if get_user_model().objects.filter(phone=self.cleaned_data["phone"]).exists():
            raise ValidationError("taken")
        return str(self.cleaned_data["phone"])

    def signup(self, request: HttpRequest, user: object) -> None:
        """allauth wants it; the adapter has done all."""


class PhoneAdapter(WeChatReauthenticationMixin, DefaultAccountAdapter):
    """Keeps them with the user."""

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Fill them in before the user is saved."""
        user.phone, user.birthday = form.cleaned_data["phone"], form.cleaned_data["birthday"]
        return super().save_user(request, user, form, commit=commit)
