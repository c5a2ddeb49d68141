"""Where is a person's avatar? For templates there is the tag `wechat_avatar_url`, for Python this."""

from django_wechat.people.avatars import avatar_url

__all__ = ["avatar_url"]
