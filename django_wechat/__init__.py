"""Sign in with WeChat for any Django site, on django-allauth."""

__version__ = "0.1.0.dev0"
