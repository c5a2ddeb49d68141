"""In which words is each finding said? Every code with its usual verdict: what is the case, why, and what to do."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise

from django_wechat.setup.check.verdicts import Verdict

Words = str | Promise


class Text(NamedTuple):
    """The words of one finding. `%(name)s` is filled from the finding's values."""

    verdict: Verdict
    title: Words
    reason: Words = ""
    todo: Words = ""


Texts = Mapping[str, Text]


def for_both_keypairs(texts: Texts) -> Texts:
    """Return each text twice: `{n}` in its code is 1 or 2, `%(appid)s` and `%(secret)s` are the fields' labels."""
    return {code.replace("{n}", number): text for code, text in texts.items() for number in "12"}
