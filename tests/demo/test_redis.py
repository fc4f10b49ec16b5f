"""The embedded Redis under the clients the portal uses."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from kombu import Connection

from omsportal.demo import leftovers
from omsportal.demo.places import Places
from omsportal.demo.redis import EmbeddedRedis

pytestmark = pytest.mark.processes


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis("t", places=Places(tmp_path))
    server.start()
    yield server
    assert server.stop()
    shutil.rmtree(server.places.runtime)


def test_redis_py_and_kombu_reach_it_by_their_own_address(server: EmbeddedRedis) -> None:
    with redis.Redis.from_url(server.url) as client:
        assert client.ping()
    with Connection(server.broker_url) as connection:
        queue = connection.SimpleQueue("letters")
        queue.put({"a": 1})
        message = queue.get(timeout=5)
        assert message.payload == {"a": 1}
        message.ack()
        queue.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_data_survives(server: EmbeddedRedis, number: int) -> None:
    with redis.Redis.from_url(server.url) as client:
        client.set("kept", "yes")
    os.kill(int((server.data / "redis.pid").read_text()), number)
    leftovers.wait_until(lambda: not server.is_running(), seconds=5)
    server.start()
    with redis.Redis.from_url(server.url) as client:
        assert client.get("kept") == b"yes"


def test_unreadable_data_is_put_aside(server: EmbeddedRedis) -> None:
    server.stop()
    for path in server.data.rglob("*.aof"):
        path.write_bytes(b"not a Redis file")
    server.start()
    assert server.is_running()
    assert list(server.data.parent.glob("t.unreadable-*"))
