"""Which admin does the example have? Named in INSTALLED_APPS in place of "django.contrib.admin"."""

from django.contrib.admin.apps import AdminConfig


class ExampleAdminConfig(AdminConfig):
    """Django's, with a site of our own."""

    default_site = "example_project.admin_site.ExampleAdminSite"
