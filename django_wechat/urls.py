"""Which addresses are there under allauth's mount? allauth includes this file by itself."""

from django.urls import path, re_path

from django_wechat.stores.qr_sessions import PUBLIC_ID
from django_wechat.web import callback, qr, qr_finish, start, unfilled
from django_wechat.web.connecting import kept, question
from django_wechat.web.phone import confirm
from django_wechat.web.programs import door, exchange
from django_wechat.web.programs.computer import picture, scan
from django_wechat.web.programs.person import phone_address, profile_address
from django_wechat.web.reauthenticating import page
from django_wechat.web.streams import view as stream
from django_wechat.web.wechats_server import elsewhere, webhook

del unfilled  # imported for its receivers, which have to be the last ones

urlpatterns = [
    path("wechat/login/", start.login, name="wechat_login"),
    path("wechat/login/callback/", callback.callback, name="wechat_callback"),
    path("wechat/connect/", question.connect, name="wechat_connect"),
    path("wechat/have-account/", kept.have_account, name="wechat_have_account"),
    path("wechat/reauthenticate/", page.reauthenticate, name="wechat_reauthenticate"),
    path("wechat/mini-program/", door.mini_program, name="wechat_mini_program"),
    path("wechat/mini-program/scan/", scan.scan, name="wechat_mini_program_scan"),
    path("wechat/mini-program/confirm/", scan.confirm, name="wechat_mini_program_confirm"),
    path("wechat/mini-program/phone/", phone_address.phone, name="wechat_phone"),
    path("wechat/mini-program/profile/", profile_address.profile, name="wechat_profile"),
    path("wechat/app/", door.app, name="wechat_app"),
    path("wechat/tokens/", exchange.tokens, name="wechat_tokens"),
    path("wechat/panel/", start.panel, name="wechat_panel"),
    path("wechat/qr/", qr.qr_open, name="wechat_qr_open"),
    re_path(rf"^wechat/qr/(?P<public_id>{PUBLIC_ID})/$", qr.qr_status, name="wechat_qr_status"),
    re_path(rf"^wechat/qr/(?P<public_id>{PUBLIC_ID})/picture/$", picture.qr_picture, name="wechat_qr_picture"),
    re_path(rf"^wechat/qr/(?P<public_id>{PUBLIC_ID})/finish/$", qr_finish.qr_finish, name="wechat_qr_finish"),
    re_path(rf"^wechat/qr/(?P<public_id>{PUBLIC_ID})/stream/$", stream.qr_stream, name="wechat_qr_stream"),
    path("wechat/confirm/<slug:key>/", confirm.confirm, name="wechat_confirm"),
    path("wechat/<slug:name>/events/", webhook.events, name="wechat_events"),
    # WeChat follows no redirect: the address works without its last slash, too.
    path("wechat/<slug:name>/events", webhook.events),
    re_path(elsewhere.UNDER_THE_MOUNT, elsewhere.elsewhere),
]
