"""Is there something to see in a fresh demo's admin, and could all of it have happened?"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.utils import timezone

from django_wechat.admin import attempts, attempts_chart, persons
from django_wechat.admin.errcode_words import WORDS
from django_wechat.demo import history, providers
from django_wechat.models import Outcome, SignInAttempt, SigninMethod, WeChatDuplicate, WeChatIdentity, WeChatProvider
from django_wechat.people import erasure, merging
from django_wechat.problems import PROBLEMS
from django_wechat.setup import signin_methods

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def filled(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.WECHAT = settings.WECHAT | {"AVATAR_STORAGE": "default"}
    providers.create()
    history.fill()


def test_the_log_has_a_full_week_and_its_chart_is_full() -> None:
    now = timezone.now()
    days = Counter((now - moment).days for moment in SignInAttempt.objects.values_list("created_at", flat=True))
    assert sorted(days) == list(range(7))
    assert min(days.values()) > 30
    chart = attempts_chart.last_24_hours()
    assert sum(bool(hour.parts) for hour in chart.hours) >= 23
    assert len(chart.outcomes) >= 3


def test_nothing_in_it_could_not_happen() -> None:
    for attempt in SignInAttempt.objects.all():
        assert attempt.journey in attempts.JOURNEYS
        assert WeChatProvider.objects.filter(name=attempt.provider_name).exists()
        assert attempt.problem in {"", *PROBLEMS, *attempts._ENDINGS}
        assert attempt.errcode is None or attempt.errcode in WORDS
        assert attempt.created_at <= timezone.now()
    told = {attempt.outcome for attempt in SignInAttempt.objects.exclude(reference="")}
    assert told == {Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.MISCONFIGURED}


def test_one_person_is_there_twice_and_can_be_merged() -> None:
    (duplicate,) = WeChatDuplicate.objects.all()
    kept = merging.by_age(duplicate)[0]
    plan = merging.merge(duplicate, keep=kept)
    assert plan is not None
    assert WeChatIdentity.objects.filter(account__user=kept).count() == 2
    assert not WeChatDuplicate.objects.exists()


def test_everybody_has_a_picture_and_a_name() -> None:
    identities = WeChatIdentity.objects.all()
    assert len(identities) == 5
    for identity in identities:
        shown = persons.shown(identity.account)
        assert "<img" in shown
        assert ".png" in shown
    methods = SigninMethod.objects.values_list("method", flat=True)
    assert {"password", "wechat"} <= set(methods) == signin_methods.available(wechat=True)


def test_what_is_there_already_stays_as_it_is() -> None:
    SignInAttempt.objects.all().delete()
    history.fill()
    assert not SignInAttempt.objects.exists()
    assert get_user_model().objects.count() == 5


def test_people_can_be_erased() -> None:
    """What was written down without a sign-in hangs together as what a sign-in writes."""
    plans = erasure.plan(SocialAccount.objects.order_by("pk"))
    assert [bool(erasure.erase(plan.account)) for plan in plans] == [True] * 5
    assert not WeChatDuplicate.objects.exists()
