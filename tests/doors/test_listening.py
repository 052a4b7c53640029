"""Sockets of a door, bound once and shared."""

import os
import socket
import struct
import threading
from pathlib import Path

import pytest

from mailhub.doors.listening import BACKLOG, Listening
from tests.doors.fakes import FakeIntake, open_door


def connects(port, host="127.0.0.1"):
    try:
        socket.create_connection((host, port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def test_both_ports_listen_and_are_known_after_they_are_closed():
    listening = Listening.bind("127.0.0.1", 0, 0)
    assert all(connects(port) for port in listening.ports)
    listening.close()
    assert not any(connects(port) for port in listening.ports)


def test_without_implicit_tls_there_is_one_socket():
    listening = Listening.bind("::1", 0)
    assert len(listening.descriptors) == 1
    assert listening.ports[1] == 0
    assert connects(listening.ports[0], "::1")
    listening.close()


def test_what_inherits_the_sockets_goes_on_when_the_other_stops():
    first = Listening.bind("127.0.0.1", 0, 0)
    second = Listening.inherited([os.dup(descriptor) for descriptor in first.descriptors])
    assert second.ports == first.ports
    first.close()
    assert all(connects(port) for port in second.ports)
    second.close()


def test_a_port_that_is_taken_is_refused_and_nothing_is_left_open():
    taken = Listening.bind("127.0.0.1", 0)
    with pytest.raises(OSError, match="in use"):
        Listening.bind("127.0.0.1", 0, taken.ports[0])
    with pytest.raises(OSError, match="in use"):
        Listening.bind("127.0.0.1", taken.ports[0])
    taken.close()


def test_a_port_that_is_let_go_in_time_is_waited_for():
    taken = Listening.bind("127.0.0.1", 0)
    threading.Timer(0.2, taken.close).start()
    listening = Listening.bind("127.0.0.1", taken.ports[0], patience=20)
    assert connects(taken.ports[0])
    listening.close()


@pytest.mark.parametrize("processes", [1, 2])
def test_clients_may_queue_however_few_a_process_takes_at_once(processes):
    door = open_door(FakeIntake(), processes=processes)
    # Of a socket that listens the system tells the length of its queue where others have the segments acknowledged (tcp(7)).
    told = door.listening.plain.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 32)
    door.stop(5)
    assert struct.unpack("=28xL", told)[0] == min(BACKLOG, int(Path("/proc/sys/net/core/somaxconn").read_text()))
