"""Rows for tests, filled in with the simulator's own keypairs."""

import factory
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model

from django_wechat.models import SubType, WeChatIdentity, WeChatProvider
from django_wechat.simulator import seeds


class WebProviderFactory(factory.django.DjangoModelFactory):
    """A provider of SubType Web with the Open Platform's keypair."""

    class Meta:
        model = WeChatProvider

    name = factory.Sequence(lambda number: f"web-{number}")
    client_id = seeds.WEBSITE_APP_APPID
    client_secret = seeds.WEBSITE_APP_SECRET


class MobileProviderFactory(factory.django.DjangoModelFactory):
    """A provider of SubType Mobile with the official account's keypair."""

    class Meta:
        model = WeChatProvider

    name = factory.Sequence(lambda number: f"mobile-{number}")
    sub_type = SubType.MOBILE
    client_id = seeds.OFFICIAL_ACCOUNT_APPID
    client_secret = seeds.OFFICIAL_ACCOUNT_SECRET


class MiniProgramFactory(factory.django.DjangoModelFactory):
    """A provider of SubType Mini program."""

    class Meta:
        model = WeChatProvider

    name = factory.Sequence(lambda number: f"mini-{number}")
    sub_type = SubType.MINI_PROGRAM
    client_id = seeds.MINI_PROGRAM_APPID
    client_secret = seeds.MINI_PROGRAM_SECRET


class AppFactory(MiniProgramFactory):
    """A provider of SubType App."""

    name = factory.Sequence(lambda number: f"app-{number}")
    sub_type = SubType.APP
    client_id = seeds.MOBILE_APP_APPID
    client_secret = seeds.MOBILE_APP_SECRET


class BothProviderFactory(WebProviderFactory):
    """One provider with both keypairs."""

    client_id_2 = seeds.OFFICIAL_ACCOUNT_APPID
    client_secret_2 = seeds.OFFICIAL_ACCOUNT_SECRET


class FollowProviderFactory(BothProviderFactory):
    """The provider "site": both keypairs, server push in safe mode, and a QR code that signs in by following."""

    name = "site"
    access_token = seeds.OFFICIAL_ACCOUNT_TOKEN
    encoding_aes_key = seeds.OFFICIAL_ACCOUNT_AES_KEY
    enable_qr_code = True
    follow_up_action = "media"


class UserFactory(factory.django.DjangoModelFactory):
    """A user with the password "password"."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"user-{number}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")
    password = factory.django.Password("password")


class AccountFactory(factory.django.DjangoModelFactory):
    """A WeChat account of a user."""

    class Meta:
        model = SocialAccount

    user = factory.SubFactory(UserFactory)
    provider = "wechat"
    uid = factory.Sequence(lambda number: f"unionid-{number}")


def person_with_wechat_alone() -> SocialAccount:
    """Return the WeChat account of somebody who has no other way to sign in."""
    account: SocialAccount = AccountFactory(user__email="")
    account.user.set_unusable_password()
    account.user.save()
    return account


class IdentityFactory(factory.django.DjangoModelFactory):
    """An (appid, openid) of an account."""

    class Meta:
        model = WeChatIdentity

    account = factory.SubFactory(AccountFactory)
    appid = seeds.WEBSITE_APP_APPID
    openid = factory.Sequence(lambda number: f"openid-{number}")
