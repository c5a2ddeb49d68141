"""In which words do the simulator's pages speak? English and simplified Chinese, side by side."""

from django.http import HttpRequest

from django_wechat.simulator.words.consoles import CONSOLE_TEXTS
from django_wechat.simulator.words.entries import ENTRY_TEXTS
from django_wechat.simulator.words.programs import PROGRAM_TEXTS

_TEXTS = {
    # WeChat's own page on the PC
    "wechat_login": ("WeChat Login", "微信登录"),
    "scan_to_sign_in": ("Scan with WeChat to sign in", "使用微信扫一扫登录"),
    "scanned": ("Scanned", "扫描成功"),
    "tap_allow": ("Tap Allow in WeChat to sign in", "在微信中轻触允许即可登录"),
    "cancelled": ("You have cancelled this sign-in", "你已取消此次登录"),
    "log_in_again": ("You may scan again or close this window", "你可再次扫描登录，或关闭窗口"),
    "expired": ("QR code expired", "二维码已失效"),
    "refresh": ("Refresh", "点击刷新"),
    "scan_here": ("No phone at hand? Click the code.", "手边没有手机？点一下二维码。"),
    # the consent sheet
    "asks": ("asks to use", "申请使用"),
    "your_profile": ("Your nickname and avatar", "你的昵称、头像"),
    "allow": ("Allow", "允许"),
    "refuse": ("Reject", "拒绝"),
    "let_it_expire": ("Let it expire", "让它过期"),
    "other_profile": ("Use another profile or account", "使用其他头像、昵称或账号"),
    "no_nickname": ("(no nickname)", "（无昵称）"),
    "allowed": ("Allowed", "已允许"),
    "look_at_pc": ("Look at the computer: it goes on there.", "请看电脑，网页会自动继续。"),
    "refused": ("Rejected", "已拒绝"),
    "stays": ("The website hears nothing about it.", "网站不会收到任何通知。"),
    "ran_out": ("Expired", "已过期"),
    "signed_in_there": ("Signed in on the computer", "已在电脑上登录"),
    "done": ("Done", "完成"),
    # a page inside WeChat
    "web_view": ("A page inside WeChat", "微信内的网页"),
    "close": ("Close", "关闭"),
    # beside a site that is shown to somebody
    "wechat": ("WeChat", "微信"),
    "code_in_sight": ("A QR code is on the screen", "屏幕上有一个二维码"),
    "no_code_in_sight": (
        "Choose WeChat on the sign-in page: this phone then sees its QR code.",
        "在登录页选择微信，手机就会看到二维码。",
    ),
    "scan_beside": ("Scan it with the phone beside this page, or click it.", "用旁边的手机扫一扫，或点一下二维码。"),
    # the phone page
    "title": ("Pretend WeChat", "模拟微信"),
    "subtitle": (
        "A WeChat for development: no account, no network, no review.",
        "开发用的微信：无需账号，无需联网，无需审核。",
    ),
    "other_language": ("简体中文", "English"),
    "phone": ("Phone", "手机"),
    "me": ("Me", "我"),
    "switch_account": ("Switch account", "切换账号"),
    "wechat_id": ("WeChat ID:", "微信号："),
    "waiting": ("Waiting to be scanned", "等待扫描"),
    "nothing_waiting": ("No QR code on any screen", "还没有二维码"),
    "nothing_waiting_hint": (
        "Open the sign-in page of your site and choose WeChat: its QR code appears here by itself.",
        "打开网站的登录页并选择微信，二维码会自动出现在这里。",
    ),
    "scan_this": ("Scan", "扫一扫"),
    "status_refused": ("rejected; can be scanned again", "已拒绝，可再次扫描"),
    "newest": ("newest", "最新"),
    "unknown_browser": ("unknown browser", "未知浏览器"),
    "real_phone": (
        "A real phone can scan too, if this page was opened under an address that the phone can reach.",
        "如果用手机能访问的地址打开本页，也可以用真手机扫描。",
    ),
    "scanned_by": ("scanned by", "已扫描："),
    "who_scans": ("Who scans?", "谁来扫码？"),
    # official accounts on the phone
    "accounts": ("Official accounts", "公众号"),
    "followed": ("followed", "已关注"),
    "not_followed": ("not followed", "未关注"),
    "back": ("Back", "返回"),
    "follow": ("Follow", "关注"),
    "unfollow": ("Unfollow", "取消关注"),
    "by_qr": ("Found by a QR code with the scene", "来自带参数二维码，场景值"),
    "chat_links": (
        "Links open here on the phone, as in WeChat’s own browser, but without scripts.",
        "链接会在手机上打开，与微信内置浏览器相同，但不运行脚本。",
    ),
    "message": ("Message", "消息"),
    "send": ("Send", "发送"),
    "menu_help": ("Help", "帮助"),
    "menu_site": ("Website", "官网"),
    "location": ("Location", "位置"),
    "odd_text": ("Odd characters", "特殊字符"),
    "faults": ("When WeChat misbehaves", "让微信出点问题"),
    "faults_hint": (
        "Each answer of api.weixin.qq.com can go wrong: for one call, or until switched off.",
        "让 api.weixin.qq.com 的回答出错：仅一次，或一直持续到关闭。",
    ),
    "off": ("Off", "关"),
    "once": ("Once", "一次"),
    "always": ("On", "开"),
    "heal": ("Everything normal again", "全部恢复正常"),
    "active_faults": ("on", "项已开启"),
    "switches": ("How WeChat behaves", "微信的行为"),
    "inside": ("A link inside WeChat", "在微信里打开链接"),
    "inside_hint": (
        "Open any link on the phone, as from a chat: your site sees WeChat’s User-Agent, and cookies of its own. "
        "Scripts do not run there.",
        "在手机上打开任意链接，就像点击聊天中的链接：网站会看到微信的 User-Agent 和独立的 Cookie，但不运行脚本。",
    ),
    "inside_hint_2": (
        "For a page with scripts, be WeChat in a normal tab: set this User-Agent in the browser's developer tools "
        "(Chrome: ⋮ → More tools → Network conditions) and reload your site.",
        "需要运行脚本时，请在普通标签页中冒充微信：在开发者工具里设置下面的 User-Agent"
        "（Chrome：⋮ → 更多工具 → 网络状况），然后刷新网站。",
    ),
    "link": ("Link to open", "要打开的链接"),
    "open_link": ("Open", "打开"),
    "copy": ("Copy", "复制"),
    "copied": ("Copied", "已复制"),
    "connect": ("Connect a site", "接入网站"),
    "connect_hint": ("Put this into settings.py:", "写入 settings.py："),
    "connect_apps": (
        "And one of these into your site, such as on the page of a WeChat provider in the admin:",
        "再把下面任意一个应用填入网站，例如管理后台的微信登录提供商页面：",
    ),
    "lenient": (
        "Lenient: accepts callbacks on this machine and in the private network, with any port. "
        "The real WeChat accepts only",
        "宽松：接受本机和局域网的任意端口回调。真正的微信只接受",
    ),
    "strict": ("Strict: accepts callbacks only on", "严格：只接受回调域名"),
    "no_callbacks": ("Has no callbacks in a browser.", "没有浏览器回调。"),
    "unionid_yes": ("bound to an Open Platform account: has unionids", "已绑定开放平台账号：有 unionid"),
    "unionid_no": ("bound to no Open Platform account: no unionids", "未绑定开放平台账号：没有 unionid"),
    "family_website": ("website app", "网站应用"),
    "family_mobile": ("mobile app", "移动应用"),
    "family_service": ("service account", "服务号"),
    "family_subscription": ("unverified subscription account", "未认证订阅号"),
    "start_over": ("Forget everything and start over", "全部清空，重新开始"),
    "lost": ("The simulator does not answer. Trying again…", "模拟器没有响应，正在重试…"),
}


def texts(lang: str) -> dict[str, str]:
    """Return all texts in one language, "zh" or "en"."""
    return {name: both[lang == "zh"] for name, both in (_TEXTS | CONSOLE_TEXTS | PROGRAM_TEXTS | ENTRY_TEXTS).items()}


def language(request: HttpRequest) -> str:
    """Choose "zh" or "en": what `?lang=` says, else what the browser prefers."""
    asked = request.GET.get("lang") or request.headers.get("Accept-Language", "")
    return "zh" if asked.lower().startswith(("zh", "cn")) else "en"
