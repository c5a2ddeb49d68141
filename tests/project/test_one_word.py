"""Is there one word for one thing, in each language? Read from the catalogues, as admins and visitors will."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted(ROOT.glob("*/locale/*/LC_MESSAGES/django.po"))
_ENTRY = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)', re.MULTILINE)
_QUOTED = re.compile(r"公众帐号")
"""WeChat's own spelling, which stands where its console is quoted."""
OTHER_WORDS = {
    "zh_Hans": ("提供方", "服务商", "登录记录", "登陆", "帐号", "账户", "注销", "关联", "你"),
    "zh_Hant": ("提供方", "提供商", "登入記錄", "登錄", "賬號", "帳戶", "註銷", "關聯", "帳號連結", "你"),
}
"""What stands for the same things elsewhere: provider, sign-in log, sign in, account, sign out, connect, and you."""


def entries(catalogue: Path) -> dict[str, str]:
    """Return what stands for what in a catalogue; plurals are of no interest here."""
    text = catalogue.read_text(encoding="utf-8").partition("\n#~ ")[0]
    return {_joined(found[1]): _joined(found[2]) for found in _ENTRY.finditer(text)}


def _joined(lines: str) -> str:
    return "".join(line.strip()[1:-1] for line in lines.splitlines())


def language(catalogue: Path) -> str:
    return catalogue.parts[-3]


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: "-".join(path.parts[-5:-2:2]))
def test_no_second_word_stands_for_the_same_thing(catalogue: Path) -> None:
    found = entries(catalogue)
    assert len(found) > 50, "the catalogue is read"
    wrong = {
        (word, msgid)
        for msgid, said in found.items()
        for word in OTHER_WORDS[language(catalogue)]
        if word in _QUOTED.sub("", said)
    }
    assert wrong == set()


@pytest.mark.parametrize("name", ["zh_Hans", "zh_Hant"])
def test_two_things_have_two_words(name: str) -> None:
    said = entries(ROOT / "django_wechat" / "locale" / name / "LC_MESSAGES" / "django.po")
    assert said["sign-in method"] != said["journey"]
    assert said["sign-in log entries"] in said["sign-in log entry"]
