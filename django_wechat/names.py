"""What are people called on a site's pages? `ACCOUNT_USER_DISPLAY = "django_wechat.names.display_name"`."""

from django_wechat.people.names import display_name

__all__ = ["display_name"]
