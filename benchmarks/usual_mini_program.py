"""What does a mini program's sign-in cost without this package? The usual recipe, and the least that can be done."""

import requests
from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.tokens import RefreshToken

from django_wechat.protocol.transport import Query, Transport
from tests.urls import urlpatterns as site_urls

USUAL, BARE = "/usual/", "/bare/"
KEYS = {"appid": "wx1", "secret": "s" * 32, "grant_type": "authorization_code"}


class UsualRecipe(APIView):
    """As blogs show it: `requests.get`, `update_or_create`, simplejwt. A second delivery of a code fails."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def post(self, request: Request) -> Response:
        """Take {code}."""
        url = f"{settings.WECHAT['API_BASE_URL']}/sns/jscode2session"
        told = requests.get(url, params=KEYS | {"js_code": request.data["code"]}, timeout=10).json()
        user, _created = get_user_model().objects.update_or_create(username=told["openid"], defaults={"last_name": ""})
        token = RefreshToken.for_user(user)
        return Response({"access": str(token.access_token), "refresh": str(token)})


@csrf_exempt
def bare(request: HttpRequest) -> JsonResponse:
    """On a kept connection, with a plain view and one statement: nobody new, no second delivery, no log."""
    wechat = Transport(settings.WECHAT["API_BASE_URL"], 3, 5)
    told = wechat.get("/sns/jscode2session", Query(**KEYS, js_code=request.GET["code"]))
    token = RefreshToken.for_user(get_user_model().objects.get(username=told["openid"]))
    return JsonResponse({"access": str(token.access_token), "refresh": str(token)})


urlpatterns = [*site_urls, path(USUAL[1:], UsualRecipe.as_view()), path(BARE[1:], bare)]
