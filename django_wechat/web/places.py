"""Where does an address seem to be? Asked of the site's own function, if it has one."""

import logging

from django.utils.module_loading import import_string

from django_wechat import conf

logger = logging.getLogger("django_wechat.places")


def find(address: str) -> str:
    """Return the place that the setting PLACE_FINDER's function names for `address`; "" if it cannot."""
    path = conf.get("PLACE_FINDER")
    if not path or not address:
        return ""
    try:
        return str(import_string(path)(address) or "")[:100]
    except Exception:
        logger.exception("PLACE_FINDER failed; the confirmation page names no place")
        return ""
