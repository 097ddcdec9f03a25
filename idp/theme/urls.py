"""The paths of the theme."""

from django.urls import path

from idp.theme import views

urlpatterns = [
    path("theme/<str:name>.css", views.stylesheet, name="theme_stylesheet"),
    path("theme/logo/<str:name>", views.logo, name="theme_logo"),
]
