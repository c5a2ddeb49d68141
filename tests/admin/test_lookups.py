"""What can somebody who may only look read out of the admin, by asking for it in the address?"""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from django_wechat.models import QRSession, SignInAttempt, SigninMethod, WeChatDuplicate, WeChatProvider
from tests.factories import AccountFactory, FollowProviderFactory, IdentityFactory, UserFactory

pytestmark = pytest.mark.django_db

OURS = [model for model in admin.site._registry if model._meta.app_label == "django_wechat"]
NAMES = [model._meta.model_name for model in OURS]
ASKED = {"created_at", "outcome", "provider", "appid", "journey"}
"""Columns that lists have a filter for; each is shown in its list."""


@pytest.fixture
def looker(client: Client) -> Client:
    """Somebody who may look at every list of ours, and at nothing else."""
    staff = UserFactory(is_staff=True)
    may_view = Permission.objects.filter(codename__startswith="view_", content_type__app_label="django_wechat")
    staff.user_permissions.set(may_view)
    client.force_login(staff)
    return client


@pytest.fixture(autouse=True)
def _rows() -> None:
    """One row of each kind, so that a list that was asked shows whether the answer was yes."""
    user = UserFactory(username="xiaoming", email="o-hidden@example.com")
    account = AccountFactory(user=user, uid="o-hidden-uid", extra_data={"openid": "o-hidden"})
    identity = IdentityFactory(account=account, openid="o-hidden", unionid="o-hidden-unionid")
    provider = FollowProviderFactory()
    QRSession.objects.create(
        provider=provider, public_id="p", scene="s", openid="o-hidden", appid=identity.appid, expires_at=timezone.now()
    )
    WeChatDuplicate.objects.create(identity=identity, account=AccountFactory(), unionid="o-hidden-unionid")
    SignInAttempt.objects.create(provider_name=provider.name, outcome="signed_in")
    SigninMethod.objects.create(method="wechat", rule="tab")


def columns(model: type[Model], depth: int = 3) -> Iterator[str]:
    """Yield every path to a column, as deep as the user behind an identity's account, forwards and backwards."""
    for field in model._meta.get_fields():
        yield field.name
        if isinstance(field.related_model, type) and depth > 1:
            yield from (f"{field.name}__{path}" for path in columns(field.related_model, depth - 1))


def listed(client: Client, model_name: str, **asked: str) -> bool:
    """Return whether the list answered with its row; it may refuse, or say that it did not understand."""
    response = client.get(f"/admin/django_wechat/{model_name}/", asked)
    assert response.status_code in (200, 302, 400)
    return response.status_code == 200


@pytest.mark.parametrize("model", OURS, ids=NAMES)
def test_no_column_can_be_looked_up_but_those_with_a_filter(looker: Client, model: type[Model]) -> None:
    paths = sorted(set(columns(model)))
    assert len(paths) >= 5
    options = admin.site.get_model_admin(model)
    answered = set()
    for path in paths:
        for lookup in ("", "__exact", "__startswith", "__gt", "__gte", "__in", "__regex", "__isnull", "__icontains"):
            if options.lookup_allowed(f"{path}{lookup}", "o", None):
                answered.add(path)
    assert {path.split("__")[0] for path in answered} <= ASKED
    assert {path for path in answered if "__" in path} <= {"provider__id"}


@pytest.mark.parametrize("model", OURS, ids=NAMES)
@pytest.mark.parametrize(
    "asked",
    [
        "openid__startswith",
        "unionid__startswith",
        "client_secret__startswith",
        "access_token__gt",
        "scene__startswith",
        "confirm_hash__startswith",
        "provider__client_secret__startswith",
        "account__user__password__startswith",
        "account__user__email__startswith",
        "account__extra_data__openid__startswith",
        "identity__openid__startswith",
        "health__findings__icontains",
        "qr_sessions__openid__startswith",
        "pk__in",
        "id",
    ],
)
def test_a_list_answers_no_such_question(looker: Client, model: type[Model], asked: str) -> None:
    assert not listed(looker, str(model._meta.model_name), **{asked: "o"})


@pytest.mark.parametrize(
    ("model_name", "asked"),
    [
        ("signinattempt", {"outcome__exact": "signed_in"}),
        (
            "signinattempt",
            {"created_at__gte": "2024-01-01 00:00:00+00:00", "created_at__lt": "2124-01-01 00:00:00+00:00"},
        ),
        ("signinattempt", {"provider": "site"}),
        ("signinattempt", {"journey": "web_qr"}),
        ("qrsession", {"created_at__gte": "2024-01-01 00:00:00+00:00"}),
        ("wechatidentity", {"appid": "wx00000000000000a1"}),
    ],
)
def test_every_filter_beside_a_list_works(looker: Client, model_name: str, asked: dict[str, str]) -> None:
    assert listed(looker, model_name, **asked)


def test_the_filter_by_provider_works(looker: Client) -> None:
    assert listed(looker, "qrsession", provider__id__exact=str(WeChatProvider.objects.get().pk))


@pytest.mark.parametrize("model", OURS, ids=NAMES)
@pytest.mark.parametrize("q", ["o-hid", "o-hidden-u", "o-hidden@exam"])
def test_a_search_does_not_find_by_a_part_of_what_is_not_shown(looker: Client, model: type[Model], q: str) -> None:
    if not admin.site.get_model_admin(model).get_search_fields(None):  # type: ignore[arg-type]
        return
    response = looker.get(f"/admin/django_wechat/{model._meta.model_name}/", {"q": q})
    assert list(response.context["cl"].result_list) == []


@pytest.mark.parametrize("q", ["xiaom", "O-hidden@example.com", "o-hidden", "o-hidden-unionid"])
def test_a_search_finds_by_name_and_by_what_is_whole(looker: Client, q: str) -> None:
    response = looker.get("/admin/django_wechat/wechatidentity/", {"q": q})
    assert len(response.context["cl"].result_list) == 1


@pytest.mark.parametrize("model", OURS, ids=NAMES)
def test_a_list_is_not_ordered_by_what_it_does_not_show(looker: Client, model: type[Model]) -> None:
    options = admin.site.get_model_admin(model)
    request = looker.get(f"/admin/django_wechat/{model._meta.model_name}/").wsgi_request
    changelist = options.get_changelist_instance(request)
    hidden = {"openid", "unionid", "client_secret", "client_secret_2", "access_token", "encoding_aes_key", "scene"}
    assert not {str(changelist.get_ordering_field(column)) for column in changelist.list_display} & hidden
