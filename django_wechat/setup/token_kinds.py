"""Which forms of tokens has this package a name for, and what has to be installed for each?"""

from collections.abc import Mapping
from dataclasses import dataclass

ALLAUTH = "allauth"


@dataclass(frozen=True)
class Kind:
    """The dotted path of a function `(request, user) -> dict`, and of the class that knows its tokens again, or "".

    `app` is what has to be in INSTALLED_APPS, or ""; `package` what has to be installed.
    """

    tokens_for: str
    authentication: str = ""
    app: str = ""
    package: str = ""


KINDS: Mapping[str, Kind] = {
    "simplejwt": Kind(
        "django_wechat.web.programs.flavours.simplejwt.tokens_for",
        "rest_framework_simplejwt.authentication.JWTAuthentication",
        package="djangorestframework-simplejwt",
    ),
    "drf": Kind(
        "django_wechat.web.programs.flavours.drf_token.tokens_for",
        "rest_framework.authentication.TokenAuthentication",
        app="rest_framework.authtoken",
        package="djangorestframework",
    ),
}
"""By the value of WECHAT["TOKENS"]."""
