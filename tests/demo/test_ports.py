import socket

import pytest

from omsportal.demo import ports
from omsportal.demo.places import DemoError


def close(sockets: list[socket.socket]) -> None:
    for each in sockets:
        each.close()


def test_a_claimed_port_is_held_at_once():
    (free,) = ports.ephemeral(1)
    port, sockets = ports.claim(str(free))
    try:
        assert port == free
        with pytest.raises(DemoError, match="busy"):
            ports.claim(str(free))
    finally:
        close(sockets)
    again, sockets = ports.claim(str(free))
    close(sockets)
    assert again == free


def test_without_a_wish_the_next_free_port_is_taken():
    first, held = ports.claim(None)
    try:
        second, more = ports.claim(None)
        close(more)
        assert second > first
    finally:
        close(held)


@pytest.mark.parametrize("wished", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused_in_one_line(wished):
    with pytest.raises(DemoError, match=r"not a port number"):
        ports.claim(wished)
