"""What does the example's own account adapter do? allauth's, with WeChat as a way to confirm that it is still you."""

from allauth.account.adapter import DefaultAccountAdapter

from django_wechat.adapters import WeChatReauthenticationMixin


class AccountAdapter(WeChatReauthenticationMixin, DefaultAccountAdapter):
    """A site that has an adapter of its own already adds the mixin in front; one that has none needs nothing."""
