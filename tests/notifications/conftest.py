from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from notifications import hints
from notifications.load import load_reference
from omsportal.demo.sms_gateway import Behaviour, Gateway, serve
from omsportal.demo.sms_receipts import ReceiptSender
from registry.load import load_workdays
from tests.notifications.factories import Clock


@pytest.fixture
def words(transactional_db: None) -> None:
    """Templates, contact hours, the cap and the calendar, in a database that commits for real."""
    load_reference()
    load_workdays((2026, 2027))


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture(autouse=True)
def _hints_are_awake() -> Iterator[None]:
    hints._state["quiet_until"] = 0.0
    yield
    hints._state["quiet_until"] = 0.0


@pytest.fixture
def gateway(tmp_path: Path, settings) -> Iterator[Gateway]:
    """The SMS gateway of the demo, speaking HTTP on this machine."""
    receipts = ReceiptSender(callback="", secret="")
    gateway = Gateway(tmp_path / "sms.jsonl", token="secret", receipts=receipts, behaviour=Behaviour(delay=0))
    server = serve(gateway, port=0)
    settings.SMS_GATEWAY_URL = f"http://127.0.0.1:{server.server_address[1]}/sms"
    settings.SMS_GATEWAY_TOKEN = "secret"
    yield gateway
    server.shutdown()
    server.server_close()
    receipts.close()
