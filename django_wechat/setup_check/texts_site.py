"""In which words is said what is found on the site's own side?"""

from django.utils.translation import gettext_lazy as _

from django_wechat.setup_check.text import Text, Texts
from django_wechat.setup_check.verdicts import Verdict

SITE_TEXTS: Texts = {
    "secrets_ok": Text(Verdict.OK, _("The stored secrets can be decrypted")),
    "secret_unreadable": Text(
        Verdict.ERROR,
        _("The stored value of %(fields)s cannot be decrypted"),
        _("The key it was encrypted with is gone: SECRET_KEY or WECHAT['ENCRYPTION_KEYS'] was changed."),
        _("Put the old key back (SECRET_KEY_FALLBACKS, or WECHAT['ENCRYPTION_KEYS']), or enter the value again."),
    ),
    "no_keypair": Text(
        Verdict.ERROR,
        _("There is no complete keypair"),
        _("Signing in needs an AppID together with its secret."),
        _("Fill in Client ID and Client Secret, or Client ID 2 and Client Secret 2."),
    ),
    "disabled": Text(
        Verdict.WARNING,
        _("This provider is switched off"),
        _("Nobody can sign in with it, and WeChat’s pushes to it are refused."),
        _("Switch Enabled on when everything else is in order."),
    ),
    "second_keypair_wins": Text(
        Verdict.WARNING,
        _("SubType Mobile uses only one keypair"),
        _("With both filled in, sign-in inside WeChat uses Client ID 2, and Client ID is never used."),
        _("Clear one of them, or choose SubType Web if Client ID is a website app’s."),
    ),
    "callback_https": Text(Verdict.OK, _("WeChat sends visitors back to https://%(host)s")),
    "callback_http": Text(
        Verdict.WARNING,
        _("WeChat sends visitors back to http://%(host)s, without https"),
        _("On a page with https, browsers block the way back to an address without it."),
        _("Set ACCOUNT_DEFAULT_HTTP_PROTOCOL = 'https', or SECURE_PROXY_SSL_HEADER behind a proxy."),
    ),
    "callback_not_usable": Text(
        Verdict.ERROR,
        _("WeChat cannot accept %(host)s as callback domain"),
        _("It takes host names of the internet only: no localhost, no IP address, no port but 80 and 443."),
        _("Open the site under its public name, or fill in Hosts."),
    ),
    "callback_not_known": Text(
        Verdict.UNKNOWN,
        _("The address that WeChat sends visitors back to is not known here"),
        _("Neither Hosts nor ALLOWED_HOSTS names a host, and the site’s name is known only to requests."),
        _("Fill in Hosts, or use the Check button in the admin."),
    ),
    "host_not_served": Text(
        Verdict.ERROR,
        _("This site does not answer to %(host)s"),
        _("It is listed in Hosts, but not in ALLOWED_HOSTS."),
        _("Add it to ALLOWED_HOSTS in the settings, or remove it from Hosts."),
    ),
    "cache_ok": Text(Verdict.OK, _("The cache is shared by all processes")),
    "cache_not_shared": Text(
        Verdict.WARNING,
        _("The cache is not shared by several processes"),
        _("Each process asks WeChat for its own API token, and limits count for one process only."),
        _("Use Redis, Memcached or the database, or name another cache in WECHAT['CACHE_ALIAS']."),
    ),
    "wechat_itself": Text(Verdict.OK, _("The site talks to WeChat itself")),
    "not_wechat": Text(
        Verdict.WARNING,
        _("The site talks to %(host)s instead of WeChat"),
        _("WECHAT['%(setting)s'] is set to another address, as for the pretend WeChat. Nobody’s real WeChat works."),
        _("Remove the setting before the site goes public."),
    ),
    "unionid_shared": Text(Verdict.OK, _("Both keypairs share an Open Platform account")),
    "unionid_not_known": Text(
        Verdict.UNKNOWN,
        _("Whether both keypairs share an Open Platform account is not known yet"),
        _("Nobody has been seen with both so far. Without it, one person gets two accounts."),
        _("Bind both at open.weixin.qq.com (管理中心 → 公众帐号), then sign in once on a PC and once inside WeChat."),
    ),
    "unionid_missing": Text(
        Verdict.WARNING,
        _("WeChat gives no unionid to people of %(fields)s"),
        _("People have signed in with it, and none has a unionid: it is bound to no Open Platform account."),
        _("Bind it at open.weixin.qq.com (管理中心 → 公众帐号) to the account that has the other keypair."),
    ),
    "unionid_differs": Text(
        Verdict.WARNING,
        _("The keypairs seem to belong to two Open Platform accounts"),
        _("The same user was seen with both, with a different unionid each time."),
        _("Bind the website app and the official account to one account at open.weixin.qq.com (管理中心)."),
    ),
    "duplicates": Text(
        Verdict.WARNING,
        _("People who have two users: %(count)s"),
        _("WeChat gave the same unionid for two users, and each was left as it is."),
        _("Look at them in the admin and decide which user is kept."),
    ),
    "second_button": Text(
        Verdict.WARNING,
        _("The login page may have a second WeChat button"),
        _("There is a social application with the provider “wechat”, which this package does not use."),
        _("Delete it in the admin under Social applications."),
    ),
}
