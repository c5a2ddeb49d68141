"""Which addresses are there under allauth's mount? allauth includes this file by itself."""

from django.urls import path, re_path

from django_wechat import confirm_views, qr_finish, qr_views, stream_views, views, webhook
from django_wechat.qr_sessions import PUBLIC_ID

urlpatterns = [
    path("wechat/login/", views.login, name="wechat_login"),
    path("wechat/login/callback/", views.callback, name="wechat_callback"),
    path("wechat/panel/", views.panel, name="wechat_panel"),
    path("wechat/qr/", qr_views.qr_open, name="wechat_qr_open"),
    re_path(rf"^wechat/qr/(?P<public_id>{PUBLIC_ID})/$", qr_views.qr_status, name="wechat_qr_status"),
    re_path(rf"^wechat/qr/(?P<public_id>{PUBLIC_ID})/finish/$", qr_finish.qr_finish, name="wechat_qr_finish"),
    re_path(rf"^wechat/qr/(?P<public_id>{PUBLIC_ID})/stream/$", stream_views.qr_stream, name="wechat_qr_stream"),
    path("wechat/confirm/<slug:key>/", confirm_views.confirm, name="wechat_confirm"),
    path("wechat/<slug:name>/events/", webhook.events, name="wechat_events"),
]
