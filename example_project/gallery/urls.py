"""Addresses of the gallery; mounted with DEBUG on only."""

from django.urls import path

from example_project.gallery import views

urlpatterns = [
    path("", views.index, name="gallery"),
    path("wechats-page/", views.wechats_page, name="gallery_wechats_page"),
    path("<slug:slug>/", views.state, name="gallery_state"),
]
