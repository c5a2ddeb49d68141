"""Passive replies, as a site would build them from a plain push."""

import time
from xml.etree.ElementTree import fromstring

from tests.simulator.push_site import Arrival


def reply_to(arrival: Arrival, text: str, **replaced: str) -> dict[str, str | int]:
    """Return a text reply, with single fields replaced."""
    fields = {child.tag: child.text or "" for child in fromstring(arrival.body)}
    return {
        "ToUserName": fields["FromUserName"],
        "FromUserName": fields["ToUserName"],
        "CreateTime": int(time.time()),
        "MsgType": "text",
        "Content": text,
        **replaced,
    }
