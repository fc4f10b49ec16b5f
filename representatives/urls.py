from django.urls import path, re_path

from representatives.views import public, staffing

app_name = "representatives"
urlpatterns = [
    path("representatives/", public.find, name="find"),
    path("representatives/policy/", public.by_policy, name="policy"),
    re_path(r"^representatives/regions/(?P<code>[0-9]{2})/$", public.region, name="region"),
    re_path(
        r"^representatives/organizations/(?P<code>[0-9]{2,5})/$", public.organization, name="organization"
    ),
    re_path(r"^representatives/clinics/(?P<code>[0-9]{6})/$", public.clinic, name="clinic"),
    path("region/staffing/", staffing.staffing_page, name="staffing"),
    path("region/staffing/people/", staffing.staffing_people, name="staffing-people"),
    path("region/staffing.csv", staffing.staffing_csv, name="staffing-csv"),
]
