"""Is WeChat told the language of the page, in the words it knows?"""

import pytest
from django.utils import translation

from django_wechat.clients import addresses


@pytest.mark.parametrize(
    ("language", "profile", "page"),
    [
        ("en", "en", "en"),
        ("de", "en", "en"),
        ("zh-hans", "zh_CN", ""),
        ("zh-cn", "zh_CN", ""),
        ("zh-hans-sg", "zh_CN", ""),
        ("zh-hant", "zh_TW", ""),
        ("zh-hant-hk", "zh_TW", ""),
        ("zh-tw", "zh_TW", ""),
        ("zh-hk", "zh_TW", ""),
    ],
)
def test_wechat_is_told_the_language_of_the_page(language: str, profile: str, page: str) -> None:
    with translation.override(language):
        assert (addresses.userinfo_lang(), addresses.page_lang()) == (profile, page)


def test_without_a_language_it_is_english() -> None:
    with translation.override(None):
        assert (addresses.userinfo_lang(), addresses.page_lang()) == ("en", "en")
