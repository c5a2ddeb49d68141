"""Which addresses does the pretend WeChat have? Its hosts are path prefixes: open, lp, api and mp."""

from django.urls import path

from django_wechat.simulator.commands import control
from django_wechat.simulator.console import page as console_page
from django_wechat.simulator.hosts import api, authorize, cgi_bin, link_pages, mini_program, qrconnect, wxa
from django_wechat.simulator.phone import accounts as account_page
from django_wechat.simulator.phone import browser as phone_browser
from django_wechat.simulator.phone import page as phone

app_name = "wechat_simulator"

urlpatterns = [
    path("", phone.phone, name="phone"),
    path("present/", phone.present, name="present"),
    path("phone/act/<slug:name>", phone.act, name="act"),
    path("phone/browser", phone_browser.browser, name="phone_browser"),
    path("phone/changes", phone.changes, name="changes"),
    path("assets/<str:name>", phone.asset, name="asset"),
    path("avatars/mmopen/vi_32/<str:token>/<str:size>", phone.avatar, name="avatar"),
    path("control/", control.state, name="control"),
    path("control/<slug:name>", control.command, name="control_command"),
    path("console/", console_page.console, name="console"),
    path("console/act/<slug:name>", console_page.act, name="console_act"),
    path("console/files/<str:name>", console_page.verification_file, name="verification_file"),
    path("q/<str:token>", account_page.account_qr, name="account_qr"),
    path("wxaurl/<str:ticket>", link_pages.url_link, name="program_link"),
    path("round-codes/<str:key>", link_pages.round_code_image, name="round_code_image"),
    path("open/connect/qrconnect", qrconnect.qrconnect, name="qrconnect"),
    path("open/connect/qrcode/<str:uuid>", qrconnect.qr_image, name="qr_image"),
    path("open/connect/confirm", qrconnect.confirm, name="confirm"),
    path("open/connect/oauth2/authorize", authorize.authorize, name="authorize"),
    path("lp/connect/l/qrconnect", qrconnect.long_poll, name="long_poll"),
    path("api/sns/oauth2/access_token", api.access_token, name="access_token"),
    path("api/sns/oauth2/refresh_token", api.refresh_token, name="refresh_token"),
    path("api/sns/auth", api.auth, name="auth"),
    path("api/sns/userinfo", api.userinfo, name="userinfo"),
    path("api/sns/jscode2session", mini_program.mini_session, name="mini_session"),
    path("api/wxa/business/getuserphonenumber", mini_program.phone_number, name="phone_number"),
    path("api/wxa/getwxacodeunlimit", wxa.round_code, name="round_code"),
    path("api/wxa/generate_urllink", wxa.url_link, name="url_link"),
    path("api/wxa/generatescheme", wxa.url_scheme, name="url_scheme"),
    path("api/cgi-bin/token", cgi_bin.token, name="token"),
    path("api/cgi-bin/stable_token", cgi_bin.stable_token, name="stable_token"),
    path("api/cgi-bin/qrcode/create", cgi_bin.qrcode_create, name="qrcode_create"),
    path("api/cgi-bin/user/info", cgi_bin.user_info, name="user_info"),
    path("mp/cgi-bin/showqrcode", cgi_bin.show_qrcode, name="show_qrcode"),
]
