"""Two clicks at once, in two transactions of their own."""

import re
from threading import Barrier, Thread

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from appeals.models import Appeal
from tests.appeals.citizen import url, walk
from tests.factories import FundFactory


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_give_one_number(client: Client) -> None:
    call_command("load_reference", verbosity=0)
    FundFactory(region__code="39")
    walk(client)
    seal = re.search(r'name="seal" value="(\w+)"', client.get(url("check")).content.decode())
    assert seal
    browsers = [Client() for _ in range(3)]
    for browser in browsers:
        for name, morsel in client.cookies.items():
            browser.cookies[name] = morsel.value
    together, numbers = Barrier(len(browsers)), []

    def click(browser: Client) -> None:
        try:
            together.wait(timeout=10)
            answer = browser.post(url("check"), {"seal": seal[1]})
            page = browser.get(answer.url).content.decode()
            numbers.append(re.findall(r'class="reference">([^<]+)<', page))
        finally:
            connection.close()

    threads = [Thread(target=click, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert Appeal.objects.count() == 1
    assert len(numbers) == 3
    assert numbers[0] == numbers[1] == numbers[2]
    assert len(numbers[0]) == 2
