"""In which words is said what WeChat answered about the two keypairs?"""

from django.utils.translation import gettext_lazy as _

from django_wechat.setup.check.text import Text, Texts, for_both_keypairs
from django_wechat.setup.check.verdicts import Verdict

_PAIRS = {
    "keypair_{n}_ok": Text(Verdict.OK, _("%(appid)s and %(secret)s belong together")),
    "appid_{n}_unknown": Text(
        Verdict.ERROR,
        _("WeChat does not know %(appid)s"),
        _("It answered that there is no such AppID (errcode %(errcode)s)."),
        _("Copy the AppID again from WeChat’s console. Mind the case: it is wx and 16 small letters and digits."),
    ),
    "secret_{n}_wrong": Text(
        Verdict.ERROR,
        _("%(secret)s is wrong"),
        _("WeChat knows %(appid)s and refuses the AppSecret (errcode %(errcode)s). It may have been reset."),
        _("Reset the AppSecret in WeChat’s console, which shows it once, and enter the new one as %(secret)s."),
    ),
    "secret_{n}_frozen": Text(
        Verdict.ERROR,
        _("%(secret)s is frozen"),
        _("WeChat says that the AppSecret was frozen in its console (errcode %(errcode)s)."),
        _("Unfreeze it in WeChat’s console; WeChat needs ten minutes for that."),
    ),
    "keypair_{n}_refused": Text(
        Verdict.ERROR,
        _("WeChat refuses %(appid)s"),
        _("It answered with errcode %(errcode)s, which does not say whether the secret is right."),
        _("Look errcode %(errcode)s up in WeChat’s documentation, and look for notices in WeChat’s console."),
    ),
    "appid_{n}_shape": Text(
        Verdict.ERROR,
        _("%(appid)s is not what WeChat gives out"),
        "%(why)s",
        _("Copy the AppID again from WeChat’s console, and enter it as %(appid)s."),
    ),
    "secret_{n}_shape": Text(
        Verdict.ERROR,
        _("%(secret)s is not what WeChat gives out"),
        "%(why)s",
        _("Enter it again as %(secret)s, from where you keep it. Reset it in WeChat’s console only if it is lost."),
    ),
    "appid_{n}_not_account": Text(
        Verdict.ERROR,
        _("%(appid)s is not an official account’s"),
        _("Its secret is right, but WeChat gives no API token for it: probably an AppID of another kind."),
        _("Enter AppID and AppSecret of the official account (公众号), from mp.weixin.qq.com."),
    ),
    "appid_{n}_is_account": Text(
        Verdict.ERROR,
        _("%(appid)s is not a website app’s"),
        _("WeChat gives an API token for it, which only accounts of mp.weixin.qq.com have."),
        _("Enter AppID and AppSecret of the website app (网站应用), from open.weixin.qq.com, or choose Mobile."),
    ),
}

WECHAT_TEXTS: Texts = {
    **for_both_keypairs(_PAIRS),
    "secrets_same": Text(
        Verdict.ERROR,
        _("Client Secret and Client Secret 2 are the same"),
        _("The website app and the official account have an AppSecret each, so one of the two is wrong."),
        _("Enter each again, from where you keep it: the website app’s as Client Secret, the account’s as the other."),
    ),
    "keypairs_swapped": Text(
        Verdict.ERROR,
        _("The two keypairs seem to be swapped"),
        _("WeChat gives an API token for Client ID, which only an official account has, and none for Client ID 2."),
        _("Client ID is for the website app of open.weixin.qq.com, Client ID 2 for the official account: swap them."),
    ),
    "no_pc_sign_in": Text(
        Verdict.ERROR,
        _("Client ID may not sign people in on PCs"),
        _("WeChat’s page says “Scope 参数错误或没有 Scope 权限”: the app is not approved, or of another kind."),
        _("See at open.weixin.qq.com that it is a website app (网站应用), approved, with 微信登录 granted."),
    ),
    "domain_ok": Text(Verdict.OK, _("WeChat accepts the callback domain %(host)s on PCs")),
    "domain_mismatch": Text(
        Verdict.ERROR,
        _("The callback domain at WeChat is not %(host)s"),
        _("WeChat’s page refuses the address that visitors are sent back to (redirect_uri 参数错误)."),
        _("At open.weixin.qq.com, enter %(host)s as 授权回调域 of the website app: no https://, no port, no path."),
    ),
    "domain_not_known": Text(
        Verdict.UNKNOWN,
        _("Whether WeChat accepts the callback domain %(host)s on PCs is not known"),
        _("WeChat’s sign-in page could not be read from this server."),
        _("Open the sign-in page and see that WeChat’s QR code appears."),
    ),
    "domain_in_wechat": Text(
        Verdict.UNKNOWN,
        _("Whether WeChat accepts %(host)s inside WeChat can be seen only there"),
        _("Outside WeChat its page tells nothing. Inside, a wrong domain shows error 10003."),
        _("At mp.weixin.qq.com, enter %(host)s as 网页授权域名, then open the sign-in page in WeChat."),
    ),
    "ip_allowed": Text(Verdict.OK, _("WeChat gives this server an API token")),
    "ip_not_allowed": Text(
        Verdict.ERROR,
        _("WeChat does not allow this server’s IP address, %(ip)s"),
        _("An official account or mini program gives API tokens only to addresses on its list (errcode %(errcode)s)."),
        _("At mp.weixin.qq.com, add %(ip)s to the IP whitelist (IP白名单). It works within minutes."),
    ),
    "ip_not_confirmed": Text(
        Verdict.ERROR,
        _("WeChat does not give this server an API token yet"),
        _("The account’s administrator has not confirmed this server’s address (errcode %(errcode)s)."),
        _("Confirm WeChat’s message to the administrator, or see the IP whitelist (IP白名单). After a refusal, wait."),
    ),
    "qr_ok": Text(Verdict.OK, _("WeChat makes QR codes for the official account")),
    "qr_not_authorized": Text(
        Verdict.ERROR,
        _("The official account may not make QR codes"),
        _("WeChat gives that right only to verified service accounts (errcode %(errcode)s)."),
        _("Use a verified service account (认证的服务号) or a test account, or switch Enable QR code off."),
    ),
    "not_service_account": Text(
        Verdict.WARNING,
        _("The official account is probably no verified service account"),
        _("It may not make QR codes (errcode %(errcode)s); WeChat permits sign-in inside WeChat to the same accounts."),
        _("Use a verified service account (认证的服务号) or, while developing, a test account."),
    ),
    "qr_refused": Text(
        Verdict.ERROR,
        _("WeChat makes no QR code for the official account"),
        _("It answered with errcode %(errcode)s."),
        _("Look errcode %(errcode)s up in WeChat’s documentation, and look for notices in WeChat’s console."),
    ),
    "program_code_ok": Text(Verdict.OK, _("WeChat makes codes for the mini program, and knows their page")),
    "program_code_ok_unchecked": Text(
        Verdict.OK,
        _("WeChat makes codes for the mini program"),
        _("Whether the page is there can be asked of the released version only."),
    ),
    "program_page_missing": Text(
        Verdict.ERROR,
        _("The released mini program has no page “%(page)s”"),
        _("WeChat says so of a page that is not there, and of a program that is not released (errcode %(errcode)s)."),
        _("Enter the page as in app.json, release the program with it, or choose the trial version until then."),
    ),
    "program_version_refused": Text(
        Verdict.ERROR,
        _("WeChat does not know this version of the mini program"),
        _("It makes no code for it (errcode %(errcode)s)."),
        _("Choose another version, or upload one as trial or development version (体验版, 开发版) first."),
    ),
    "program_code_not_authorized": Text(
        Verdict.ERROR,
        _("The mini program may not make codes"),
        _("WeChat says so of an AppID that is no mini program’s, too (errcode %(errcode)s)."),
        _("See that the AppID is the mini program’s, and look for notices at mp.weixin.qq.com."),
    ),
    "program_code_refused": Text(
        Verdict.ERROR,
        _("WeChat makes no code for the mini program"),
        _("It answered with errcode %(errcode)s; 40129 and 40169 would be a fault of this package."),
        _("Look errcode %(errcode)s up in WeChat’s documentation, and look for notices in WeChat’s console."),
    ),
    "program_link_ok": Text(Verdict.OK, _("A phone’s ordinary browser can open the mini program to sign in")),
    "program_link_individual": Text(
        Verdict.OK,
        _("In a phone’s ordinary browser, visitors are told to open WeChat themselves"),
        _("WeChat makes no links for mini programs of individuals (errcode %(errcode)s). All else works."),
    ),
    "program_link_unreleased": Text(
        Verdict.WARNING,
        _("A phone’s ordinary browser cannot open the mini program yet"),
        _("WeChat makes links only to pages of released programs (errcode %(errcode)s). Until then, help is shown."),
        _("Release the mini program with the page."),
    ),
    "program_link_not_authorized": Text(
        Verdict.WARNING,
        _("A phone’s ordinary browser cannot open the mini program"),
        _("WeChat does not let it make links (errcode %(errcode)s). Visitors see help instead."),
        _("Look for notices of WeChat’s at mp.weixin.qq.com."),
    ),
    "program_link_quota": Text(
        Verdict.WARNING,
        _("WeChat makes no more links to the mini program today"),
        _("As many were made or opened as it allows in a day (errcode %(errcode)s). Visitors see help instead."),
        _("Nothing, if it comes back tomorrow; else see in the sign-in log who asks for so many."),
    ),
    "program_link_refused": Text(
        Verdict.WARNING,
        _("WeChat makes no link to the mini program"),
        _("It answered with errcode %(errcode)s. Visitors in a phone’s ordinary browser see help instead."),
        _("Look errcode %(errcode)s up in WeChat’s documentation, and look for notices in WeChat’s console."),
    ),
    "wechat_unreachable": Text(
        Verdict.ERROR,
        _("WeChat cannot be reached from this server"),
        _("There was no answer from %(host)s in time, so nothing else could be asked."),
        _("See whether this server may open connections to %(host)s: DNS, firewall, proxy."),
    ),
    "wechat_busy": Text(
        Verdict.UNKNOWN,
        _("WeChat gave no usable answer"),
        _("It is overloaded, a quota is used up, or something between answers in its place."),
        _("Check again in a few minutes; a quota of the day comes back tomorrow."),
    ),
    "clock_ok": Text(Verdict.OK, _("This server’s clock agrees with WeChat’s")),
    "clock_off": Text(
        Verdict.WARNING,
        _("This server’s clock differs from WeChat’s by %(seconds)s seconds"),
        _("From 300 seconds on, WeChat’s pushes are refused as too old, and nobody can sign in by following."),
        _("Let the server set its clock by itself (NTP)."),
    ),
    "clock_not_known": Text(
        Verdict.UNKNOWN,
        _("Whether this server’s clock is right is not known"),
        _("WeChat’s answers did not say what time it is."),
    ),
}
