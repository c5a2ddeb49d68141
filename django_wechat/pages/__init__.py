"""Optional: how do allauth's pages, and ours among them, look like one product? An app of templates, before `allauth`.

`INSTALLED_APPS = ["django_wechat.pages", "django_wechat", …]`. A site with a header of its own extends
`django_wechat/allauth_base.html` in its `allauth/layouts/base.html` (docs: looks.md).
"""
