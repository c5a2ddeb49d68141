"""What does the stand-alone server serve? The simulator at the root, and nothing else."""

from django.urls import include, path

urlpatterns = [path("", include("django_wechat.simulator.urls"))]
