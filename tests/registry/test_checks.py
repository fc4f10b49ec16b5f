from contextlib import closing

import psycopg2
import pytest
from django.db import connection

from registry.checks import cyrillic_folds


@pytest.mark.django_db
def test_our_database_folds_cyrillic_case():
    assert cyrillic_folds(databases=["default"]) == []
    assert cyrillic_folds(databases=None) == []


@pytest.mark.django_db(transaction=True)
def test_a_database_with_a_plain_c_locale_is_refused(monkeypatch):
    name = f"{connection.settings_dict['NAME']}_plain"
    parameters = connection.get_connection_params()
    with closing(psycopg2.connect(**{**parameters, "dbname": "postgres"})) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(
                f'CREATE DATABASE "{name}" TEMPLATE template0 LOCALE_PROVIDER libc LOCALE "C" ENCODING "UTF8"'
            )
        try:
            other = connection.copy()
            other.settings_dict = {**connection.settings_dict, "NAME": name}
            monkeypatch.setattr("registry.checks.connections", {"default": other})
            assert [error.id for error in cyrillic_folds(databases=["default"])] == ["registry.E001"]
            other.close()
        finally:
            with admin.cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}"')
