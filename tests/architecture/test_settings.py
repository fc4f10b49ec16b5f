import pytest
from django.core.exceptions import ImproperlyConfigured

from omsportal.checks import the_portal_knows_its_own_name
from omsportal.environment import REQUIRED, check_mode, files_storage, require, scanner


def test_every_missing_variable_names_itself_and_the_remedy():
    with pytest.raises(ImproperlyConfigured) as error:
        require({})
    for name, remedy in REQUIRED.items():
        assert f"{name} is not set: give {remedy}" in str(error.value)


def test_an_empty_variable_is_missing_and_a_full_set_is_enough():
    full = dict.fromkeys(REQUIRED, "x")
    require(full)
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        require({**full, "REDIS_URL": ""})


def test_an_unknown_mode_is_refused():
    with pytest.raises(ImproperlyConfigured, match="'prod'"):
        check_mode("prod")


def test_private_files_have_no_public_address():
    assert files_storage("file:///srv/files")["OPTIONS"]["base_url"] is None
    assert (
        files_storage("s3://bucket?endpoint=https://s3.invalid")["OPTIONS"]["endpoint_url"]
        == "https://s3.invalid"
    )
    with pytest.raises(ImproperlyConfigured, match="ftp"):
        files_storage("ftp://host")


@pytest.mark.parametrize("url", ["", "tcp://clamd:3310", "unix:///run/clamd.ctl"])
def test_the_scanner_is_named_by_its_address(url):
    assert scanner(url, "hold") == (url, "hold")


@pytest.mark.parametrize(
    ("url", "without", "named"),
    [
        ("clamd:3310", "hold", "CLAMD_URL"),
        ("unix://", "hold", "CLAMD_URL"),
        ("", "open", "FILES_WITHOUT_SCANNER"),
    ],
)
def test_a_wrong_scanner_names_its_variable(url, without, named):
    with pytest.raises(ImproperlyConfigured, match=named):
        scanner(url, without)


@pytest.mark.parametrize(
    ("hosts", "url", "errors"),
    [
        (["portal.example.ru"], "https://portal.example.ru", []),
        (["*"], "https://portal.example.ru", ["portal.E006"]),
        ([".example.ru"], "http://portal.example.ru", ["portal.E006", "portal.E007"]),
    ],
)
def test_a_deployment_names_its_hosts_and_its_encrypted_address(settings, hosts, url, errors):
    settings.ALLOWED_HOSTS, settings.PORTAL_URL, settings.DEMO = hosts, url, False
    assert [error.id for error in the_portal_knows_its_own_name(None)] == errors
