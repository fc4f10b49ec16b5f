"""The portal's routes as the demo has them."""

from django.urls import include, path

from omsportal.urls import urlpatterns as portal

urlpatterns = [*portal, path("demo/", include("omsportal.demo.urls"))]
