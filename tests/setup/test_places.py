"""Does every finding lead somewhere that there is?"""

import pytest

from django_wechat.models import WeChatProvider
from django_wechat.setup.check import Verdict
from django_wechat.setup.check.findings import found
from django_wechat.setup.check.places import _PLACES, Place, place_of, to_paste
from django_wechat.setup.check.texts import TEXTS


@pytest.mark.parametrize("code", _PLACES)
def test_a_place_is_that_of_a_finding(code: str) -> None:
    place, text = _PLACES[code], TEXTS[code]
    assert text.verdict != Verdict.OK
    if place.field:
        WeChatProvider._meta.get_field(place.field)
    if place.value:
        assert f"%({place.value})s" in f"{text.title} {text.reason} {text.todo}"
    assert not (place.value and place.literal)


def test_an_error_that_names_a_console_or_a_field_leads_there() -> None:
    nowhere = {
        code
        for code, text in TEXTS.items()
        if text.verdict == Verdict.ERROR and ".weixin.qq.com" in str(text.todo) and place_of(found(code)) == Place()
    }
    assert nowhere == set()


def test_the_value_is_the_findings_own() -> None:
    assert to_paste(found("ip_not_allowed", ip="203.0.113.9")) == "203.0.113.9"
    assert to_paste(found("root_urls_missing")) == 'path("", include("django_wechat.root_urls"))'
    assert to_paste(found("cache_ok")) == ""
