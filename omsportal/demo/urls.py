from django.urls import path

from omsportal.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.door, name="door"),
    path("enter/<slug:key>/", views.enter, name="enter"),
    path("post/", views.post, name="post"),
    path("post/mail/<str:name>/", views.mail, name="mail"),
    path("post/letter/<str:name>/", views.letter, name="letter"),
]
