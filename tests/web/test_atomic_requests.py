"""Do our views keep out of a site's ATOMIC_REQUESTS? They ask WeChat, wait for each other, and answer it at once."""

import pytest
from django.urls import resolve

ADDRESSES = [
    "/accounts/wechat/login/callback/",
    "/accounts/wechat/qr/",
    f"/accounts/wechat/qr/{'a' * 22}/",
    f"/accounts/wechat/qr/{'a' * 22}/finish/",
    f"/accounts/wechat/qr/{'a' * 22}/stream/",
    "/accounts/wechat/confirm/key/",
    "/accounts/wechat/site/events/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_transaction_spans_the_request(address: str) -> None:
    """Django reads this mark of the outermost view; see `BaseHandler.make_view_atomic`."""
    assert resolve(address).func._non_atomic_requests == {"default"}  # type: ignore[attr-defined]
