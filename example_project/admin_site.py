"""The example's admin: Django's, with the lists of WeChat sign-in in the order of their use."""

from django.contrib.admin import AdminSite

from django_wechat.setup.order_of_use import InOrderOfUse


class ExampleAdminSite(InOrderOfUse, AdminSite):
    """Nothing else is changed."""
