"""Why would WeChat not take the address of a site? In words, for who is about to paste it."""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


def warnings(site_url: str, hosts: Sequence[str]) -> Sequence[str]:
    """Return why WeChat cannot use the site's address. One host can have several faults."""
    parts = urlsplit(site_url)
    host = parts.hostname or ""
    found: list[Promise] = []
    if _is_ip(host):
        found.append(_IP)
    elif "." not in host or host.endswith(".localhost"):
        found.append(_LOCAL)
    if parts.port not in (None, 80, 443):
        found.append(_PORT)
    if parts.scheme != "https":
        found.append(_HTTP)
    if len(hosts) > 1:
        found.append(_HOSTS)
    values = {"host": host, "port": parts.port, "others": ", ".join(hosts[1:])}
    return [str(words) % values for words in found]


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


_IP = gettext_lazy(
    "“%(host)s” is an IP address, and WeChat asks for a host name; only an official account’s test account takes an "
    "address. Open this page under the name that visitors use, or enter that name in Hosts."
)
_LOCAL = gettext_lazy(
    "“%(host)s” is known on this computer only, so WeChat cannot reach it. Open this page under the name that visitors "
    "use, or enter that name in Hosts."
)
_PORT = gettext_lazy(
    "The address has port %(port)s. WeChat takes only the ports 80 and 443 and says “redirect_uri 参数错误” otherwise."
)
_HTTP = gettext_lazy(
    "The site is reached by http here. Use https: secrets could be read on the way, and the browser may stop WeChat’s "
    "page from coming back. Behind a proxy, set SECURE_PROXY_SSL_HEADER."
)
_HOSTS = gettext_lazy(
    "An app at WeChat has one callback domain. For %(others)s, register an app each, and add a provider each."
)
