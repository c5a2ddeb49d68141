"""Which addresses does the pretend WeChat have? Its hosts are path prefixes: open, lp and api (mp comes later)."""

from django.urls import path

from . import api, authorize, control, phone, qrconnect

app_name = "wechat_simulator"

urlpatterns = [
    path("", phone.phone, name="phone"),
    path("phone/act/<slug:name>", phone.act, name="act"),
    path("phone/changes", phone.changes, name="changes"),
    path("assets/<str:name>", phone.asset, name="asset"),
    path("avatars/mmopen/vi_32/<str:token>/<str:size>", phone.avatar, name="avatar"),
    path("control/", control.state, name="control"),
    path("control/<slug:name>", control.command, name="control_command"),
    path("open/connect/qrconnect", qrconnect.qrconnect, name="qrconnect"),
    path("open/connect/qrcode/<str:uuid>", qrconnect.qr_image, name="qr_image"),
    path("open/connect/confirm", qrconnect.confirm, name="confirm"),
    path("open/connect/oauth2/authorize", authorize.authorize, name="authorize"),
    path("lp/connect/l/qrconnect", qrconnect.long_poll, name="long_poll"),
    path("api/sns/oauth2/access_token", api.access_token, name="access_token"),
    path("api/sns/oauth2/refresh_token", api.refresh_token, name="refresh_token"),
    path("api/sns/auth", api.auth, name="auth"),
    path("api/sns/userinfo", api.userinfo, name="userinfo"),
]
