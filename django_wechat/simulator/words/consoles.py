"""In which words do the consoles speak? WeChat's own terms, explained in the English version."""

from django_wechat.simulator.acts.registrations import FILE_UNREACHABLE, NOT_A_HOST, SAVED
from django_wechat.simulator.acts.server_configuration import BAD_KEY, BAD_TOKEN, BAD_URL
from django_wechat.simulator.push.sending import SUBMITTED, TIMED_OUT, TOKEN_FAILED

#: What the console's answers mean, for readers of English.
GLOSSES = {
    SAVED: "Saved.",
    NOT_A_HOST: "Not a host name: write it without http:// or https://.",
    FILE_UNREACHABLE: "The verification file cannot be fetched from there, or its content differs. Nothing was saved.",
    SUBMITTED: "Submitted: the site answered the check, and the configuration is saved.",
    TIMED_OUT: "The URL did not answer in time. Nothing was saved.",
    TOKEN_FAILED: "The check of the Token failed: the site did not echo echostr. Nothing was saved.",
    BAD_URL: "The URL must start with http:// or https://. Nothing was saved.",
    BAD_TOKEN: "The Token has 3 to 32 letters or digits. Nothing was saved.",
    BAD_KEY: "The EncodingAESKey has exactly 43 letters or digits. Nothing was saved.",
}

CONSOLE_TEXTS = {
    # on the phone page
    "console": ("WeChat's consoles", "微信后台"),
    "console_link_hint": (
        "Where an administrator finds AppID and AppSecret, and pastes domains, IP addresses, server URL, Token and "
        "EncodingAESKey. New, empty apps are made there too.",
        "管理员在这里查看 AppID 和 AppSecret，填写域名、IP 地址、服务器 URL、Token 和 EncodingAESKey，"
        "也可以新建空白应用。",
    ),
    "open_console": ("Open the consoles", "打开微信后台"),
    "no_domain": ("No domain is set: every sign-in is refused.", "未设置域名：所有登录都会被拒绝。"),
    # the consoles
    "console_title": ("Pretend WeChat’s consoles", "模拟微信后台"),
    "console_subtitle": (
        "What an administrator sets at WeChat, for as far as sign-in needs it.",
        "与登录有关的微信后台设置。",
    ),
    "to_the_phone": ("To the phone", "返回手机"),
    "open_platform": ("微信开放平台 · 网站应用", "微信开放平台 · 网站应用"),
    "open_platform_gloss": ("WeChat Open Platform, website apps: the QR code on the PC", "用于电脑网页扫码登录"),
    "mp_platform": ("微信公众平台 · 公众号", "微信公众平台 · 公众号"),
    "mp_platform_gloss": (
        "WeChat Official Accounts Platform: sign-in inside WeChat and by following",
        "用于微信内网页登录、关注后登录",
    ),
    "name": ("Name", "名称"),
    "new_website": ("New, empty website app", "新建空白网站应用"),
    "new_account": ("New, empty service account", "新建空白服务号"),
    "never_shown": ("shown once", "仅显示一次"),
    "show_secret": ("Show once", "查看"),
    "secret_hidden": ("was shown; only a reset helps now", "已显示过，忘记后只能重置"),
    "secret_once": (
        "Copy it now: it is not shown again. WeChat keeps no readable copy.",
        "请立即复制：之后不再显示，微信不保存明文。",
    ),
    "reset_secret": ("重置 Reset", "重置"),
    "callback_domain": ("授权回调域 (callback domain)", "授权回调域"),
    "web_domain": ("网页授权域名 (web authorization domain)", "网页授权域名"),
    "domain_hint": (
        "A host name alone: no http://, no path, no port.",
        "仅填写域名：不带 http://、路径或端口。",
    ),
    "save": ("保存 Save", "保存"),
    "verification_file": (
        "To save the domain, this file must be reachable at the root of the host:",
        "保存前，请将此文件放到该域名的根目录并确保可访问：",
    ),
    "file_content": ("Its content:", "文件内容："),
    "download": ("Download", "下载"),
    "really_at": ("Where this host really lives", "该域名的实际地址"),
    "really_at_hint": (
        "Simulator only: the file is fetched from this address, such as http://127.0.0.1:8000. "
        "Empty: http:// and the domain.",
        "仅限模拟器：将从此地址读取文件，例如 http://127.0.0.1:8000。留空则使用 http:// 加上域名。",
    ),
    "now_registered": ("Registered now:", "当前已登记："),
    "flaw_empty": ("Not set: WeChat refuses every sign-in.", "未设置：微信会拒绝所有登录。"),
    "flaw_takes": (
        "The console takes this value, but every sign-in will fail:",
        "后台接受此值，但所有登录都会失败：",
    ),
    "flaw_scheme": ("it must not start with http:// or https://.", "不能以 http:// 或 https:// 开头。"),
    "flaw_path": (
        "it must have no path; the path belongs into redirect_uri.",
        "不能带路径，路径应写在 redirect_uri 中。",
    ),
    "flaw_port": (
        "it must have no port; WeChat calls back on the ports 80 and 443 alone.",
        "不能带端口，微信只回调 80 和 443 端口。",
    ),
    "ports_note": (
        "Simulator: a host on this machine or in the private network may carry any port. The real WeChat takes "
        "only the default ports.",
        "模拟器：本机和局域网的域名可以使用任意端口。真正的微信只接受默认端口。",
    ),
    "loopback_note": (
        "Simulator: every host on this machine and in the private network is accepted as well, until you save here.",
        "模拟器：本机和局域网的所有地址同样会被接受，直到在此保存。",
    ),
    "ip_whitelist": ("IP白名单 (IP whitelist)", "IP白名单"),
    "ip_hint": (
        "One address a line: those from which the site calls WeChat. "
        "With the simulator on the same machine: 127.0.0.1.",
        "每行一个地址，即网站访问微信时使用的 IP。模拟器与网站在同一台机器时填 127.0.0.1。",
    ),
    "ip_closed": (
        "Empty: every call for an API access token is refused with 40164.",
        "为空：所有获取接口令牌的请求都会返回 40164。",
    ),
    "ip_open": ("Simulator: empty, so every address may call.", "模拟器：为空，所有地址都可以调用。"),
    "ip_bad": ("Not an IP address:", "不是 IP 地址："),
    "server_config": ("服务器配置 (server configuration)", "服务器配置"),
    "console_hint": (
        "Where WeChat pushes what people do. Submit asks the address at once; only a correct answer is kept. "
        "The real WeChat takes only the ports 80 and 443.",
        "微信把用户的操作推送到这里。提交时会立即验证该地址，验证通过才会保存。真正的微信只支持 80 和 443 端口。",
    ),
    "push_mode": ("消息加解密方式 (mode)", "消息加解密方式"),
    "mode_plain": ("明文模式 (plain)", "明文模式"),
    "mode_compatible": ("兼容模式 (compatible)", "兼容模式"),
    "mode_safe": ("安全模式 (safe)", "安全模式"),
    "push_format": ("数据格式 (format)", "数据格式"),
    "submit": ("提交 Submit", "提交"),
    "enabled": ("已启用 (on)", "已启用"),
    "disabled": ("已停用 (off)", "已停用"),
    "not_submitted": ("未配置 (not configured)", "未配置"),
    "enable": ("启用 Enable", "启用"),
    "disable": ("停用 Disable", "停用"),
    "last_push": ("Last push:", "最近一次推送："),
    "push_pending": ("on its way", "推送中"),
    "push_ok": ("accepted", "已接收"),
    "push_replied": ("answered with a message", "已回复消息"),
    "push_not_configured": ("not sent, as nothing is configured or switched on", "未发送：未配置或未启用"),
    "push_bad": ("WeChat is not satisfied with the answer", "回答不符合微信的要求"),
    "push_tries": ("tries:", "尝试次数："),
    "binding": ("绑定 (binding)", "绑定开放平台账号"),
    "is_bound": (
        "Bound to the Open Platform account of the website apps: people have one UnionID in both.",
        "已绑定网站应用所在的开放平台账号：用户在两边的 UnionID 相同。",
    ),
    "is_unbound": (
        "Bound to no Open Platform account: people who come through it have no UnionID.",
        "未绑定开放平台账号：通过它登录的用户没有 UnionID。",
    ),
    "bind": ("绑定 Bind", "绑定"),
    "unbind": ("解除绑定 Unbind", "解除绑定"),
    "words_note": (
        "Simulator: the words of the console's answers are recollected, its rules are those that are documented.",
        "模拟器：后台提示语为回忆所得，规则以公开文档为准。",
    ),
}
