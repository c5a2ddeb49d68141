"""The tests' URLs with those that allauth adds when sign-in codes and passkeys are on."""

from allauth.account.views import request_login_code
from allauth.mfa.webauthn.views import login_webauthn
from django.urls import path

from tests.urls import urlpatterns as usual

urlpatterns = [
    *usual,
    path("accounts/login/code/", request_login_code, name="account_request_login_code"),
    path("accounts/2fa/webauthn/login/", login_webauthn, name="mfa_login_webauthn"),
]
