"""Which switches does the phone page have? What goes wrong at WeChat's endpoints, and how WeChat behaves."""

from collections.abc import Iterable
from dataclasses import dataclass

from django_wechat.simulator.platform import Platform
from django_wechat.simulator.world.faults import Fault, FaultKind, endpoint_of

FAULT_ROWS = (
    (FaultKind.SLOW, "", "Slow: 3 seconds", "很慢：3 秒"),
    ("-1", "", "-1 system error", "-1 系统繁忙"),
    (FaultKind.BUSY_BUT_CONSUMED, "", "-1, but the code is used up", "-1，但 code 已被消耗"),
    ("40029", "", "40029 invalid code", "40029 code 无效"),
    ("40163", "", "40163 code been used", "40163 code 已被使用"),
    ("45011", "", "45011 too many calls", "45011 调用太频繁"),
    (FaultKind.HTML, "", "An HTML page in place of JSON", "返回 HTML 而不是 JSON"),
    (FaultKind.HTTP_500, "", "HTTP 500", "HTTP 500"),
    (FaultKind.RESET, "", "Connection breaks off", "连接中断"),
    ("-1", "userinfo", "Profile only: -1 system error", "仅用户资料：-1 系统繁忙"),
    ("48001", "userinfo", "Profile only: 48001 unauthorized", "仅用户资料：48001 未授权"),
    (
        "40164",
        "cgi-bin/stable_token",
        "API token only: 40164 IP not on the whitelist",
        "仅接口令牌：40164 IP 不在白名单",
    ),
    ("40001", "cgi-bin/qrcode/create", "Account's QR only: 40001 token replaced", "仅公众号二维码：40001 令牌失效"),
    ("48001", "cgi-bin/qrcode/create", "Account's QR only: 48001 unauthorized", "仅公众号二维码：48001 未授权"),
    ("45009", "cgi-bin/qrcode/create", "Account's QR only: 45009 daily quota", "仅公众号二维码：45009 超过每日限额"),
    (FaultKind.CONTROL_CHARACTER, "", "Nickname with a control character", "昵称带控制字符"),
    (FaultKind.BROKEN_UTF8, "", "Nickname with broken UTF-8", "昵称 UTF-8 残缺"),
)
_LABELS = {
    FaultKind.SLOW: ("Slow: 3 seconds", "很慢：3 秒"),
    "-1": ("-1 system error", "-1 系统繁忙"),
    FaultKind.BUSY_BUT_CONSUMED: ("-1, but the code is used up", "-1，但 code 已被消耗"),
    "40001": ("40001 token replaced", "40001 令牌失效"),
    "40013": ("40013 invalid appid", "40013 AppID 无效"),
    "40029": ("40029 invalid code", "40029 code 无效"),
    "40125": ("40125 invalid appsecret", "40125 AppSecret 无效"),
    "40163": ("40163 code been used", "40163 code 已被使用"),
    "40226": ("40226 code blocked: a high-risk person", "40226 高风险用户，禁止登录"),
    "40002": ("40002 of an individual", "40002 个人主体"),
    "40129": ("40129 invalid scene", "40129 场景值无效"),
    "40169": ("40169 invalid length for scene", "40169 场景值长度无效"),
    "41030": ("41030 invalid page", "41030 页面无效"),
    "44990": ("44990 too many a second", "44990 每秒次数过多"),
    "44993": ("44993 too many today", "44993 今日次数已用完"),
    "45009": ("45009 too many calls", "45009 调用次数超限"),
    "85079": ("85079 not released", "85079 未发布"),
    "85401": ("85401 invalid lifetime", "85401 有效期无效"),
    "85406": ("85406 opened too often today", "85406 今日打开次数已用完"),
    "85408": ("85408 banned", "85408 已被封禁"),
    "45011": ("45011 too many calls", "45011 调用太频繁"),
    "48001": ("48001 unauthorized", "48001 未授权"),
    FaultKind.HTML: ("An HTML page in place of JSON", "返回 HTML 而不是 JSON"),
    FaultKind.HTTP_500: ("HTTP 500", "HTTP 500"),
    FaultKind.RESET: ("Connection breaks off", "连接中断"),
}
_DOWN = (FaultKind.HTML, FaultKind.HTTP_500, FaultKind.RESET)
_LINK = (FaultKind.SLOW, "-1", "40001", "40002", "40013", "44990", "44993", "85079", "85401", "85406", "85408", *_DOWN)
_CODE = (FaultKind.SLOW, "-1", FaultKind.BUSY_BUT_CONSUMED, "40029", "40163")
FAULT_GROUPS = (
    ("jscode2session", "Mini programs", "小程序", (*_CODE, "40226", "45011", "40013", "40125", *_DOWN)),
    (
        "getuserphonenumber",
        "Phone numbers",
        "手机号",
        (FaultKind.SLOW, "-1", "40001", "40013", "40029", "45011", "48001", *_DOWN),
    ),
    (
        "getwxacodeunlimit",
        "Mini-program codes",
        "小程序码",
        (FaultKind.SLOW, "-1", "40001", "40129", "40169", "41030", "45009", "48001", *_DOWN),
    ),
    ("generate_urllink", "URL Links", "URL Link", _LINK),
    ("generatescheme", "URL Schemes", "URL Scheme", _LINK),
    (
        "access_token",
        "Codes of websites and apps",
        "网站和移动应用的 code",
        (*_CODE, "45011", "40013", "40125", *_DOWN),
    ),
)
SWITCH_ROWS = (
    ("any_browser_is_wechat", "Treat every browser as WeChat (lenient)", "把所有浏览器都当作微信（宽松）"),
    ("silent_consent", "Do not ask inside WeChat, as for followers", "微信内不询问（如已关注的用户）"),
    ("snapshot", "Snapshot page: a virtual person inside WeChat", "快照页：微信内给出虚拟身份"),
    ("snapshot_userinfo_refused", "…whose profile is refused (48001)", "……并拒绝读取资料（48001）"),
    ("links_outlive_their_end", "Links into programs go on after their end", "小程序链接到期后仍可打开"),
    (
        "developer_tool",
        "Mini programs run in the developer tool: hosts are not checked",
        "小程序在开发者工具中运行：不校验合法域名",
    ),
)


@dataclass(frozen=True)
class Row:
    """One line of a switch panel."""

    name: str
    endpoint: str
    label: str
    setting: str


@dataclass(frozen=True)
class FaultGroup:
    """The faults of one endpoint, folded away; `count` of them are on."""

    endpoint: str
    label: str
    rows: list[Row]

    @property
    def count(self) -> int:
        """How many are on."""
        return sum(row.setting != "off" for row in self.rows)


def switches_context(platform: Platform, lang: str) -> dict[str, object]:
    """Return what the panels show."""
    return {
        "fault_rows": list(_fault_rows(platform.faults, lang)),
        "fault_groups": list(_fault_groups(platform.faults, lang)),
        "switch_rows": list(_switch_rows(platform, lang)),
    }


def _fault_rows(faults: list[Fault], lang: str) -> Iterable[Row]:
    for kind, named, *labels in FAULT_ROWS:
        yield _row(faults, kind, named, labels[lang == "zh"])


def _fault_groups(faults: list[Fault], lang: str) -> Iterable[FaultGroup]:
    for endpoint, *labels, kinds in FAULT_GROUPS:
        rows = [_row(faults, kind, endpoint, _LABELS[kind][lang == "zh"]) for kind in kinds]
        yield FaultGroup(endpoint, str(labels[lang == "zh"]), rows)


def _row(faults: list[Fault], kind: str, named: str, label: str) -> Row:
    endpoint = endpoint_of(kind, named)
    fault = next((one for one in faults if (one.kind, one.endpoint) == (kind, endpoint)), None)
    return Row(kind, endpoint, label, "off" if fault is None else "once" if fault.once else "always")


def _switch_rows(platform: Platform, lang: str) -> Iterable[Row]:
    for name, *labels in SWITCH_ROWS:
        yield Row(name, "", labels[lang == "zh"], "on" if getattr(platform.behaviour, name) else "off")
