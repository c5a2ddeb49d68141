"""In which words is said what is found on the site's own side?"""

from django.utils.translation import gettext_lazy as _

from django_wechat.setup.check.text import Text, Texts
from django_wechat.setup.check.verdicts import Verdict

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
    "callback_http_debug": Text(
        Verdict.OK,
        _("WeChat sends visitors back to http://%(host)s, as will do while DEBUG is on"),
        _("A public site needs https."),
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
        _("Neither Hosts nor the settings name a host of the internet, and its port is known only to requests."),
        _("Fill in Hosts, use the Check button in the admin, or give the doctor the address: --url https://…"),
    ),
    "host_not_served": Text(
        Verdict.ERROR,
        _("This site does not answer to %(host)s"),
        _("It is listed in Hosts, but not in ALLOWED_HOSTS."),
        _("Add it to ALLOWED_HOSTS in the settings, or remove it from Hosts."),
    ),
    "host_misspelt": Text(
        Verdict.ERROR,
        _("This site does not answer to %(host)s"),
        _("ALLOWED_HOSTS has it as “%(listed)s”, which Django never finds equal to what browsers send."),
        _("Write %(host)s in ALLOWED_HOSTS."),
    ),
    "root_urls_missing": Text(
        Verdict.WARNING,
        _("The site cannot show the file that WeChat asks for before it takes the domain"),
        _("For 网页授权域名 WeChat looks for MP_verify_….txt at the root of the site, and urls.py does not serve it."),
        _('Add path("", include("django_wechat.root_urls")) to urls.py, or let the web server show the file.'),
    ),
    "scan_alone": Text(
        Verdict.WARNING,
        _("A scan alone signs in: Confirm on phone is off"),
        _("Whoever shows a visitor the QR code of their own browser is signed in as that visitor."),
        _("Switch Confirm on phone on unless you have a reason."),
    ),
    "any_entry": Text(
        Verdict.WARNING,
        _("A code that was sent to somebody signs in, too: Camera only is off"),
        _("Whoever sends a visitor the code of their own browser is signed in as that visitor, once they confirm."),
        _("Switch Camera only on unless you have a reason."),
    ),
    "for_members_only": Text(
        Verdict.WARNING,
        _("The code on the PC opens no released version of the mini program"),
        _("Visitors who are no members of the program see an error of WeChat’s."),
        _("Release the mini program, then choose Released."),
    ),
    "scan_alone_elsewhere": Text(
        Verdict.WARNING,
        _("Any visitor may choose “%(name)s”, where a scan alone signs in"),
        _("“?provider=%(name)s” on the login page is enough for that, so Confirm on phone protects nobody here."),
        _("Switch Confirm on phone on there, too, or switch “%(name)s” off."),
    ),
    "locked_out": Text(
        Verdict.ERROR,
        _("People who cannot sign in any more: %(count)s"),
        _("WeChat is their only way in, and no provider that is switched on can sign anybody in."),
        _("Switch a provider on, or help them to another way in before."),
    ),
    "cache_ok": Text(Verdict.OK, _("The cache is shared by all processes")),
    "cache_not_shared": Text(
        Verdict.WARNING,
        _("The cache is not shared by several processes"),
        _("Each process asks WeChat for its own API token, and limits count for one process only."),
        _("Use Redis, Memcached or the database, or name another cache in WECHAT['CACHE_ALIAS']."),
    ),
    "cache_not_shared_debug": Text(
        Verdict.OK,
        _("The cache is that of one process, as will do while DEBUG is on"),
        _("With several processes, use Redis, Memcached or the database."),
    ),
    "cache_down": Text(
        Verdict.ERROR,
        _("The cache does not answer"),
        _("Until it does, nobody is counted, and every QR code of an official account costs two requests to WeChat."),
        _("Start the server that CACHES names, or name another cache in WECHAT['CACHE_ALIAS']."),
    ),
    "visitors_from_one_place": Text(
        Verdict.WARNING,
        _("All visitors seem to come from %(addresses)s"),
        _("%(count)s sign-ins were started there and none elsewhere; limits count all of them together."),
        _("Behind proxies of your own, set ALLAUTH_TRUSTED_PROXY_COUNT to their number. In an intranet, ignore this."),
    ),
    "visitors_from_nowhere": Text(
        Verdict.WARNING,
        _("No visitor has an address"),
        _("%(count)s sign-ins were started without one, as over a Unix socket; limits count all of them together."),
        _("Have the proxy send X-Forwarded-For, and set ALLAUTH_TRUSTED_PROXY_COUNT to the number of proxies."),
    ),
    "wechat_itself": Text(Verdict.OK, _("The site talks to WeChat itself")),
    "not_wechat": Text(
        Verdict.WARNING,
        _("The site talks to %(host)s instead of WeChat"),
        _("WECHAT['%(setting)s'] is set to another address, as for the pretend WeChat. Nobody’s real WeChat works."),
        _("Remove the setting before the site goes public."),
    ),
    "not_wechat_debug": Text(
        Verdict.OK,
        _("The site talks to %(host)s instead of WeChat, as will do while DEBUG is on"),
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
        _("The same user, or somebody of the same name, was seen with both, with a different unionid each time."),
        _("Bind the website app and the official account to one account at open.weixin.qq.com (管理中心)."),
    ),
    "unionid_nobody_shared": Text(
        Verdict.WARNING,
        _("Nobody is known to both keypairs"),
        _("%(count)s people or more signed in with each, all with a unionid, and nobody with the same in both."),
        _("Bind the website app and the official account to one account at open.weixin.qq.com (管理中心)."),
    ),
    "duplicates": Text(
        Verdict.WARNING,
        _("People who have two users: %(count)s"),
        _("WeChat gave the same unionid for two users, and each was left as it is."),
        _("Look at them in the admin and decide which user is kept."),
    ),
    "characters_lost": Text(
        Verdict.WARNING,
        _("Names lose characters that are not held here: %(columns)s"),
        _("This character set does not know every character; emoji and rare ones are left out, as in 𠮷."),
        _("ALTER TABLE … CONVERT TO CHARACTER SET utf8mb4; a connection: 'charset': 'utf8mb4' in its OPTIONS."),
    ),
    "columns_optional": Text(
        Verdict.WARNING,
        _("The sign-up form calls optional what everybody needs: %(columns)s"),
        _("The user model wants it of everybody, each their own, and WeChat does not tell it. New people are asked."),
        _("Make it required in the form (ACCOUNT_SIGNUP_FIELDS: 'email*'), or allow null in the user model."),
    ),
    "columns_unfilled": Text(
        Verdict.WARNING,
        _("New people cannot be saved without: %(columns)s"),
        _("The user model requires it or wants it unique; WeChat does not tell it, and no sign-up form asks for it."),
        _("Allow null, give it a default, or have allauth’s form ask for it. If your code fills it in, all is well."),
    ),
    "address_taken": Text(
        Verdict.ERROR,
        _("Another view answers at addresses of WeChat sign-in: %(view)s"),
        _("Its pattern “%(pattern)s” in urls.py comes first, and takes: %(paths)s"),
        _("In urls.py, put allauth.urls and django_wechat.root_urls before it."),
    ),
    "address_taken_files": Text(
        Verdict.WARNING,
        _("Another view answers in place of the files that WeChat asks for: %(view)s"),
        _("Its pattern “%(pattern)s” in urls.py comes first, and takes: %(paths)s"),
        _("In urls.py, put django_wechat.root_urls before it, or have that view answer WeChat."),
    ),
    "second_button": Text(
        Verdict.WARNING,
        _("The login page may have a second WeChat button"),
        _("There is a social application with the provider “wechat”, which this package does not use."),
        _("Delete it in the admin under Social applications, or in SOCIALACCOUNT_PROVIDERS."),
    ),
}
