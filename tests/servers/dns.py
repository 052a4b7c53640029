"""A name server on the loopback, over UDP and TCP, that a test can make slow, silent, broken or wordy."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from dnslib import AAAA, MX, PTR, QTYPE, RCODE, RR, TXT, A, DNSRecord
from dnslib.server import BaseResolver, DNSHandler, DNSLogger, DNSServer

RECORDS = {"TXT": TXT, "A": A, "AAAA": AAAA, "MX": MX, "PTR": PTR}

DATAGRAM = 1232
"""Octets of an answer that are sent by UDP; a longer one is asked for again by TCP."""


@dataclass
class Zone(BaseResolver):
    """What the server says: records by name and type. A name without any does not exist.

    `delays` holds seconds, `broken` names that get SERVFAIL, and `silent` names that get no answer in time; a `mute` server
    answers nothing.
    """

    records: dict[str, dict[str, list[object]]] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    mute: bool = False
    ttl: int = 300
    asked: Counter = field(default_factory=Counter)
    over_tcp: Counter = field(default_factory=Counter)
    address: str = "127.0.0.1"
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def setting(self) -> str:
        """The server as the hub's setting names it."""
        return f"{self.address}:{self.port}"

    def add(self, name: str, kind: str, *values: object) -> None:
        self.records.setdefault(name, {}).setdefault(kind, []).extend(values)

    def txt(self, name: str, *texts: str) -> None:
        self.add(name, "TXT", *texts)

    def clear(self) -> None:
        """Forget everything, as between two tests."""
        for kept in (self.records, self.delays, self.broken, self.silent, self.asked, self.over_tcp):
            kept.clear()
        self.mute = False

    def resolve(self, request: DNSRecord, handler: DNSHandler) -> DNSRecord:
        name = str(request.q.qname).rstrip(".").lower()
        kind = QTYPE[request.q.qtype]
        self.asked[name, kind] += 1
        if handler.protocol == "tcp":
            self.over_tcp[name, kind] += 1
        if self.mute or name in self.silent:
            self.over.wait(30)
        time.sleep(self.delays.get(name, 0))
        reply = request.reply()
        if name in self.broken:
            reply.header.rcode = RCODE.SERVFAIL
        elif name not in self.records:
            reply.header.rcode = RCODE.NXDOMAIN
        for value in self.records.get(name, {}).get(kind, []):
            reply.add_answer(RR(name, request.q.qtype, rdata=record(kind, value), ttl=self.ttl))
        if handler.protocol == "udp" and len(reply.pack()) > DATAGRAM:
            # dnslib's own way to cut an answer off leaves the question out, so that nobody believes it.
            reply.rr.clear()
            reply.header.tc = 1
        return reply


def record(kind: str, value: object):
    """One record; a long text is cut into strings of 255 octets."""
    if kind == "TXT":
        octets = str(value).encode("latin_1")
        return TXT([octets[start : start + 255] for start in range(0, len(octets), 255)] or [b""])
    if kind == "MX":
        preference, host = value
        return MX(host, preference)
    return RECORDS[kind](value)


class Quiet(DNSLogger):
    """A client that has gone is no news."""

    def __init__(self) -> None:
        super().__init__("-request,-reply,-truncated,-error", prefix=False)


@contextmanager
def name_server() -> Iterator[Zone]:
    """Serve a zone on one free port over UDP and TCP."""
    zone = Zone()
    for _ in range(20):
        udp = DNSServer(zone, address=zone.address, port=0, logger=Quiet())
        zone.port = udp.server.server_address[1]
        with suppress(OSError):
            tcp = DNSServer(zone, address=zone.address, port=zone.port, tcp=True, logger=Quiet())
            break
        udp.server.server_close()
    else:
        raise OSError("no port that is free for UDP and TCP")
    for server in (udp, tcp):
        server.server.daemon_threads = True
        server.server.block_on_close = False
        server.start_thread()
    try:
        yield zone
    finally:
        zone.over.set()
        for server in (udp, tcp):
            server.stop()
            server.server.server_close()
