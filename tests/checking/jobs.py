"""Jobs for the pool's tests: every way in which reading can go wrong."""

import ctypes
import os
import socket
import sys
import time

from mailhub.checking.held import HELD
from parsers.errors import ParseError


def echo_job(header, body):
    return header + b"|" + body


def pid_job(header, body):
    return str(os.getpid()).encode()


def hang_job(header, body):
    time.sleep(3600)
    return b""


def spin_job(header, body):
    while True:
        pass


def memory_job(header, body):
    hoard = []
    while True:
        hoard.append(bytearray(16 * 1024 * 1024))


def abort_job(header, body):
    os.abort()


def exit_job(header, body):
    sys.stderr.write("giving up on this one\n")
    os._exit(3)


def raise_job(header, body):
    raise ZeroDivisionError("nobody foresaw this")


def refuse_job(header, body):
    raise ParseError("no mail at all")


def segfault_job(header, body):
    ctypes.string_at(0)
    return b""


def print_job(header, body):
    print("x" * 1_000_000)
    sys.stderr.write("y" * 1_000_000)
    return b"quiet"


def nonsense_job(header, body):
    # What an attacker who has taken over a child could do: write to the answer pipe directly.
    for descriptor in range(3, 16):
        try:
            os.write(descriptor, b"MHR1\xff\xff\xff\xff\xff\xff\xff\xff")
        except OSError:
            continue
    os._exit(0)


def connect_job(header, body):
    with socket.socket() as client:
        client.connect(("127.0.0.1", int(header)))
    return b"connected"


def resolve_job(header, body):
    socket.getaddrinfo("mail.example", 25)
    return b"resolved"


def environment_job(header, body):
    return "\n".join(sorted(os.environ)).encode()


def _not_offered(header, body):
    return b"ran"


def held_job(header, body):
    trust = HELD.trust
    return b"nothing" if trust is None else b"|".join((*trust.crls, body))
