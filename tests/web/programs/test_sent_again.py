"""Who gets the first answer once more? Nobody who could not sign in any more with what was answered then."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.test import Client

from django_wechat.models import WeChatDuplicate, WeChatIdentity
from django_wechat.people import erasure, merging
from tests.factories import AccountFactory
from tests.web.programs.program import MINI_PROGRAM, SESSION, TOKENS, Program, problem
from tests.web.programs.test_allauths_door import said, send
from tests.web.programs.test_tokens import allauth, chosen, second_factor, with_second_factor

pytestmark = pytest.mark.django_db
User = get_user_model()


def switched_off() -> None:
    User.objects.update(is_active=False)


def deleted() -> None:
    User.objects.all().delete()


def erased() -> None:
    erasure.erase(SocialAccount.objects.get())


def erased_though_there_is_a_password() -> None:
    user = User.objects.get()
    user.set_password("password")
    user.save()
    erased()


def merged_away() -> None:
    other = AccountFactory(uid="older")
    identity = WeChatIdentity.objects.get()
    duplicate = WeChatDuplicate.objects.create(identity=identity, account=other)
    assert merging.merge(duplicate, keep=other.user)
    assert not User.objects.exclude(pk=other.user.pk).get().is_active


def another_password() -> None:
    user = User.objects.get()
    user.set_password("another")
    user.save()


CHANGES = pytest.mark.parametrize(
    "change",
    [switched_off, deleted, erased, erased_though_there_is_a_password, merged_away, another_password],
)


@pytest.fixture(params=["allauth", "simplejwt"])
def flavour(request: Any, settings: Any) -> str:
    chosen(settings, request.param)
    return str(request.param)


@CHANGES
@pytest.mark.usefixtures("flavour")
def test_not_who_changed_meanwhile(program: Program, change: Callable[[], None]) -> None:
    body = {"code": program.code()}
    assert program.post(MINI_PROGRAM, body).status_code == 200
    change()
    assert problem(program.post(MINI_PROGRAM, body)) == (401, "code_invalid")


@CHANGES
def test_nor_at_allauths_address(program: Program, change: Callable[[], None]) -> None:
    code = program.code()
    assert send(code).status_code == 200
    change()
    assert said(send(code)) == (400, ["code_invalid"])


@CHANGES
def test_nor_who_ended_a_flow(program: Program, settings: Any, change: Callable[[], None]) -> None:
    chosen(settings, "simplejwt")
    program.sign_in()
    secret = with_second_factor(User.objects.get())
    flow = program.sign_in().json()["flow_token"]
    assert allauth("2fa/authenticate", {"code": second_factor(secret)}, flow).status_code == 200
    assert program.post(TOKENS, {}, **{"X-Session-Token": flow}).status_code == 200
    change()
    assert problem(program.post(TOKENS, {}, **{"X-Session-Token": flow})) == (401, "code_invalid")


def test_nor_who_signed_out(program: Program) -> None:
    body = {"code": program.code()}
    token = program.post(MINI_PROGRAM, body).json()["meta"]["session_token"]
    Client().delete(SESSION, headers={"X-Session-Token": token})
    assert problem(program.post(MINI_PROGRAM, body)) == (401, "code_invalid")


def test_nor_who_signed_out_after_allauths_address(program: Program) -> None:
    code = program.code()
    token = send(code).json()["meta"]["session_token"]
    Client().delete(SESSION, headers={"X-Session-Token": token})
    assert said(send(code)) == (400, ["code_invalid"])


def test_a_fresh_code_after_a_merge_is_the_other_user(program: Program) -> None:
    program.sign_in()
    merged_away()
    token = program.sign_in().json()["meta"]["session_token"]
    assert program.who(token) == SocialAccount.objects.first().user_id  # type: ignore[union-attr]
