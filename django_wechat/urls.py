"""Which addresses are there under allauth's mount? allauth includes this file by itself."""

from django.urls import path

from django_wechat import views

urlpatterns = [
    path("wechat/login/", views.login, name="wechat_login"),
    path("wechat/login/callback/", views.callback, name="wechat_callback"),
    path("wechat/qr/", views.qr_open, name="wechat_qr_open"),
]
