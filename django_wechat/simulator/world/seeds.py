"""What does a fresh simulator contain? Its apps, with AppIDs and secrets to copy, and its people."""

from dataclasses import replace

from django_wechat.simulator.world.people import Person
from django_wechat.simulator.world.registry import App, Family

OPEN_PLATFORM_ACCOUNT = "teahouse"

WEBSITE_APP_APPID = "wx7a1c0ffee0000001"
WEBSITE_APP_SECRET = "e1a5c0de0000000000000000000a0001"
OFFICIAL_ACCOUNT_APPID = "wx7a1c0ffee0000002"
OFFICIAL_ACCOUNT_SECRET = "e1a5c0de0000000000000000000a0002"
MOBILE_APP_APPID = "wx7a1c0ffee0000003"
MOBILE_APP_SECRET = "e1a5c0de0000000000000000000a0003"
SUBSCRIPTION_ACCOUNT_APPID = "wx7a1c0ffee0000004"
SUBSCRIPTION_ACCOUNT_SECRET = "e1a5c0de0000000000000000000a0004"
UNBOUND_ACCOUNT_APPID = "wx7a1c0ffee0000005"
UNBOUND_ACCOUNT_SECRET = "e1a5c0de0000000000000000000a0005"
MINI_PROGRAM_APPID = "wx7a1c0ffee0000006"
MINI_PROGRAM_SECRET = "e1a5c0de0000000000000000000a0006"
UNBOUND_MINI_PROGRAM_APPID = "wx7a1c0ffee0000007"
UNBOUND_MINI_PROGRAM_SECRET = "e1a5c0de0000000000000000000a0007"
UNRELEASED_MINI_PROGRAM_APPID = "wx7a1c0ffee0000008"
UNRELEASED_MINI_PROGRAM_SECRET = "e1a5c0de0000000000000000000a0008"

#: The official account's server configuration; its push_url is empty until somebody sets it.
OFFICIAL_ACCOUNT_TOKEN = "teahouse2026"
OFFICIAL_ACCOUNT_AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2A"

CALLBACK_DOMAIN = "www.example.com"

_APPS = (
    App(
        WEBSITE_APP_APPID,
        WEBSITE_APP_SECRET,
        "茶馆",
        Family.WEBSITE,
        CALLBACK_DOMAIN,
        OPEN_PLATFORM_ACCOUNT,
        any_loopback_host=True,
    ),
    App(
        OFFICIAL_ACCOUNT_APPID,
        OFFICIAL_ACCOUNT_SECRET,
        "茶馆服务号",
        Family.SERVICE,
        CALLBACK_DOMAIN,
        OPEN_PLATFORM_ACCOUNT,
        any_loopback_host=True,
        server_token=OFFICIAL_ACCOUNT_TOKEN,
        aes_key=OFFICIAL_ACCOUNT_AES_KEY,
    ),
    App(MOBILE_APP_APPID, MOBILE_APP_SECRET, "茶馆 App", Family.MOBILE, "", OPEN_PLATFORM_ACCOUNT),
    App(
        SUBSCRIPTION_ACCOUNT_APPID,
        SUBSCRIPTION_ACCOUNT_SECRET,
        "茶馆订阅号",
        Family.SUBSCRIPTION,
        CALLBACK_DOMAIN,
        verified=False,
        any_loopback_host=True,
    ),
    App(
        UNBOUND_ACCOUNT_APPID,
        UNBOUND_ACCOUNT_SECRET,
        "独立服务号",
        Family.SERVICE,
        CALLBACK_DOMAIN,
        any_loopback_host=True,
    ),
    App(
        MINI_PROGRAM_APPID,
        MINI_PROGRAM_SECRET,
        "茶馆小程序",
        Family.MINI_PROGRAM,
        open_platform=OPEN_PLATFORM_ACCOUNT,
        any_loopback_host=True,
        request_hosts=CALLBACK_DOMAIN,
    ),
    App(
        UNBOUND_MINI_PROGRAM_APPID,
        UNBOUND_MINI_PROGRAM_SECRET,
        "个人小程序",
        Family.MINI_PROGRAM,
        verified=False,
        any_loopback_host=True,
        of_individual=True,
        request_hosts=CALLBACK_DOMAIN,
    ),
    App(
        UNRELEASED_MINI_PROGRAM_APPID,
        UNRELEASED_MINI_PROGRAM_SECRET,
        "茶馆新版",
        Family.MINI_PROGRAM,
        open_platform=OPEN_PLATFORM_ACCOUNT,
        any_loopback_host=True,
        released=False,
        request_hosts=CALLBACK_DOMAIN,
    ),
)

PEOPLE = (
    Person("zhangsan", "张三", "#07a35a", about=("an ordinary name", "普通名字"), has_face=True),
    Person("xiaohua", "李小花🌸", "#d6457a", about=("an emoji in the nickname", "昵称里有表情"), has_face=True),
    Person("jose", "José", "#c7742c", about=("an accent, Latin letters", "带重音的拉丁字母"), has_face=True),
    Person("noavatar", "王五", "#8a8f98", has_avatar=False, about=("no avatar", "没有头像"), is_odd=True),
    Person("nameless", "", "#576b95", about=("an empty nickname", "昵称为空"), is_odd=True),
    Person("control", "小\b明\x1f", "#7455c4", about=("control characters inside", "昵称里有控制字符"), is_odd=True),
)


def fresh_apps() -> dict[str, App]:
    """Return new copies of the seeded apps, which tests may change."""
    return {app.appid: replace(app) for app in _APPS}
