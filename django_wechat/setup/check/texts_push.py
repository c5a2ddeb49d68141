"""In which words is said whether WeChat's server push arrives?"""

from django.utils.translation import gettext_lazy as _

from django_wechat.setup.check.text import Text, Texts
from django_wechat.setup.check.verdicts import Verdict

_ELSEWHERE = _("WeChat calls this site at another address than this provider’s")
_AT_THIS_ADDRESS = _(
    "At mp.weixin.qq.com (服务器配置), enter exactly %(url)s and submit. The provider’s Name is part of it."
)

PUSH_TEXTS: Texts = {
    "push_ok": Text(Verdict.OK, _("WeChat’s pushes arrive; the last one on %(last_at)s")),
    "push_none_yet": Text(
        Verdict.UNKNOWN,
        _("The server address was verified, and no push has come since"),
        _("WeChat verified it on %(verified_at)s. Nobody has followed or written to the account since then."),
        _("Send the official account a message, then check again."),
    ),
    "push_never_verified": Text(
        Verdict.ERROR,
        _("WeChat has never called this site"),
        _("The server configuration (服务器配置) of the official account was not saved, or names another address."),
        _("At mp.weixin.qq.com, enter %(url)s with the Access Token as Token, submit, and switch it on (启用)."),
    ),
    "push_token": Text(
        Verdict.ERROR,
        _("The Token at WeChat is not this provider’s Access Token"),
        _("%(count)s calls or more were refused because their signature is wrong, the last one on %(failed_at)s."),
        _("Enter the same Token at mp.weixin.qq.com (服务器配置) and as Access Token here."),
    ),
    "push_strangers": Text(
        Verdict.WARNING,
        _("Calls with a wrong signature came to the server address"),
        _("%(count)s or more, the last one on %(failed_at)s. Right ones came before, so these may not be WeChat’s."),
        _("If the Token was changed at mp.weixin.qq.com (服务器配置), enter it as Access Token here, too."),
    ),
    "token_shape": Text(
        Verdict.ERROR,
        _("Access Token is not what WeChat’s console takes as Token"),
        "%(why)s",
        _("Enter the Token of mp.weixin.qq.com (服务器配置) as Access Token."),
    ),
    "aes_key_shape": Text(
        Verdict.ERROR,
        _("EncodingAESKey is not what WeChat’s console gives out"),
        "%(why)s",
        _("Enter the EncodingAESKey of mp.weixin.qq.com (服务器配置)."),
    ),
    "push_clock": Text(
        Verdict.ERROR,
        _("WeChat’s pushes are refused because the clocks differ"),
        _("%(count)s pushes or more were over five minutes from this server’s time, the last one on %(failed_at)s."),
        _("Let the server set its clock by itself (NTP)."),
    ),
    "push_plain": Text(
        Verdict.ERROR,
        _("WeChat pushes in plain mode, and this provider expects safe mode"),
        _("%(count)s pushes or more came unencrypted (明文模式), the last one on %(failed_at)s."),
        _("At mp.weixin.qq.com (服务器配置), choose 安全模式 with the EncodingAESKey that is filled in here."),
    ),
    "push_safe": Text(
        Verdict.ERROR,
        _("WeChat pushes in safe mode, and this provider expects plain mode"),
        _("%(count)s pushes or more came encrypted (安全模式), the last one on %(failed_at)s."),
        _("Enter the EncodingAESKey of mp.weixin.qq.com (服务器配置) here as well."),
    ),
    "push_aes_key": Text(
        Verdict.ERROR,
        _("The EncodingAESKey at WeChat is not this provider’s"),
        _("%(count)s pushes or more could not be decrypted, the last one on %(failed_at)s. The Token is right."),
        _("Enter the same EncodingAESKey at mp.weixin.qq.com and here, and see that it is the account of Client ID 2."),
    ),
    "push_elsewhere": Text(
        Verdict.ERROR,
        _ELSEWHERE,
        _("The last of %(count)s refused calls, on %(failed_at)s, had the right Token and was for %(asked)s."),
        _AT_THIS_ADDRESS,
    ),
    "push_elsewhere_unnamed": Text(
        Verdict.ERROR,
        _ELSEWHERE,
        _("The last of %(count)s refused calls, on %(failed_at)s, had the right Token and was for another path."),
        _AT_THIS_ADDRESS,
    ),
    "push_other": Text(
        Verdict.WARNING,
        _("Calls with the right Token were refused"),
        _("%(count)s calls or more were signed, but no pushes as WeChat sends them, the last one on %(failed_at)s."),
        _("See the log “django_wechat.push”. If they are not WeChat’s, choose another Token on both sides."),
    ),
}
