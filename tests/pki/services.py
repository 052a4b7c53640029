"""An authority that is alive: revocation lists, OCSP answers and timestamps over HTTP on the loopback, by Certomancer.

What it says is as of `now`, which a test may move. Any path can be made to misbehave for a while: see `Manners`. The server
takes a free port and ends with the fixture (`laboratory` in `tests/fixtures_pki.py`).
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import CertLabel, CertomancerConfig
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from parsers.signatures.trust import TrustSnapshot
from tests.pki.authority import DAY, NOW, YEARS, Identity, rsa_key

ARCHITECTURE = "lab"
LONG = (NOW - 3650 * DAY, NOW + 3650 * DAY)
REVOKED_AT = NOW - 10 * DAY
REVOKED_LATER_AT = NOW + 5 * DAY

KEYS = {"root": 1, "issuing": 2, "fallen": 5, "tsa": 3, "responder": 6, "person": 0, "organisation": 4}
"""Keys that the other test authority has as well, so that a run makes few."""

NAMES = {
    "root": "Root Phòng thí nghiệm",
    "issuing": "CA Phòng thí nghiệm",
    "fallen": "CA bị thu hồi",
    "tsa": "TSA Phòng thí nghiệm",
    "responder": "OCSP Phòng thí nghiệm",
    "person": "Trần Thị Thí Nghiệm",
    "organisation": "Sở Tư pháp tỉnh Mẫu",
    "revoked": "Lê Văn Mất Thẻ",
    "leaving": "Phạm Thị Sắp Nghỉ",
    "orphan": "Đỗ Văn Cấp Sai",
}
"""Whose certificates there are. `revoked` was revoked before NOW, `leaving` will be after it, and `orphan` is of a revoked CA."""

BITS = 2048

Answer = Callable[[Request], Response]


@dataclass
class Manners:
    """How a path answers instead of as it should; `over` ends whatever still drips when the laboratory closes."""

    over: threading.Event = field(default_factory=threading.Event)

    def says(self, body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
        return lambda _: Response(body, status=status, headers=headers)

    def sends_on_to(self, address: str) -> Answer:
        return self.says(b"", status=302, headers={"Location": address})

    def is_silent(self, seconds: float = 30) -> Answer:
        def answer(_: Request) -> Response:
            self.over.wait(seconds)
            return Response(b"", status=504)

        return answer

    def drips(self, body: bytes = b"0" * 1000, *, pause: float = 0.05) -> Answer:
        """One octet at a time, each well within any time limit for one read."""

        def drops() -> Iterator[bytes]:
            for octet in body:
                if self.over.wait(pause):
                    return
                yield bytes([octet])

        return lambda _: Response(drops())

    def floods(self, octets: int) -> Answer:
        """More than it announced, because it announces nothing."""
        return lambda _: Response(b"0" * 65536 for _ in range(octets // 65536 + 1))


@dataclass
class Laboratory:
    """The running authority: addresses, certificates, and what it was asked."""

    address: str
    animator: Animator
    manners: Manners = field(default_factory=Manners)
    odd: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        """Host and port, as a setting names them."""
        return self.address.removeprefix("http://")

    @property
    def tsa_url(self) -> str:
        return f"{self.address}/{ARCHITECTURE}/tsa/tsa"

    def ocsp_url(self, issuer: str = "issuing") -> str:
        return f"{self.address}{ocsp_path(issuer)}"

    def crl_url(self, issuer: str = "issuing", *, as_pem: bool = False) -> str:
        return f"{self.address}{crl_path(issuer)}{'.pem' if as_pem else ''}"

    @property
    def now(self) -> datetime:
        return self.animator.fixed_time

    @now.setter
    def now(self, moment: datetime) -> None:
        self.animator.fixed_time = moment

    def identity(self, label: str) -> Identity:
        """A certificate of NAMES with its key."""
        issued = self.animator.architectures[ARCHITECTURE].get_cert(CertLabel(label)).dump()
        return Identity(certificate=x509.load_der_x509_certificate(issued), key=key_of(label))

    @property
    def trust(self) -> TrustSnapshot:
        """The root for signers and timestamps, the intermediates known, no revocation data."""
        anchor = self.identity("root").der
        known = tuple(self.identity(label).der for label in ("issuing", "fallen"))
        return TrustSnapshot(signer_anchors=(anchor,), tsa_anchors=(anchor,), intermediates=known)

    def revocation_list(self, issuer: str = "issuing") -> bytes:
        """The list as it is published now, in DER."""
        registry = self.animator.architectures[ARCHITECTURE].service_registry
        return registry.get_crl(issuer, self.now).dump()

    @contextmanager
    def answering(self, path: str, answer: Answer) -> Iterator[None]:
        """Let a path of the server answer otherwise for a while."""
        self.odd[path] = answer
        try:
            yield
        finally:
            self.odd.pop(path, None)

    def clear(self) -> None:
        """Forget what was asked and what was odd, as between two tests."""
        self.asked.clear()
        self.odd.clear()
        self.now = NOW

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        self.asked.append(f"{request.method} {request.path}")
        odd = self.odd.get(request.path)
        if odd is not None:
            return odd(request)(environ, start_response)
        return self.animator(environ, start_response)


def crl_path(issuer: str = "issuing") -> str:
    return f"/{ARCHITECTURE}/crls/{issuer}/latest.crl"


def ocsp_path(issuer: str = "issuing") -> str:
    return f"/{ARCHITECTURE}/ocsp/{issuer}"


class SilentHandler(WSGIRequestHandler):
    """Logs nothing: a test run is no place for an access log."""

    def log(self, *_: object) -> None:
        pass


@contextmanager
def running_laboratory(folder: Path) -> Iterator[Laboratory]:
    """Serve on a free port of the loopback; keys are written into the folder."""
    logging.getLogger("certomancer").setLevel(logging.CRITICAL)
    server: BaseWSGIServer = make_server("127.0.0.1", 0, Response(), threaded=True, request_handler=SilentHandler)
    server.daemon_threads = True
    server.block_on_close = False
    address = f"http://127.0.0.1:{server.server_port}"
    # The addresses stand in the certificates, so that there is a port before there is an authority.
    laboratory = Laboratory(address=address, animator=animator_of(folder, address))
    server.app = laboratory
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="laboratory", daemon=True)
    thread.start()
    try:
        yield laboratory
    finally:
        laboratory.manners.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def animator_of(folder: Path, address: str) -> Animator:
    """Certomancer set up as our little hierarchy."""
    for label in NAMES:
        key = key_of(label).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / f"{label}.pem").write_bytes(key)
    keys = {label: {"path": f"{label}.pem"} for label in NAMES}
    configuration = {
        "external-url-prefix": address,
        "keysets": {ARCHITECTURE: {"keys": keys}},
        "pki-architectures": {
            ARCHITECTURE: {
                "keyset": ARCHITECTURE,
                "entity-defaults": {"country-name": "VN", "organization-name": "Phòng thí nghiệm Mẫu"},
                "entities": {label: {"common-name": name} for label, name in NAMES.items()},
                "certs": certificates(),
                "services": services(),
            }
        },
    }
    architectures = CertomancerConfig(configuration, key_search_dir=str(folder)).pki_archs
    return Animator(AnimatorArchStore(architectures), at_time=NOW, with_web_ui=False, allow_time_override=False)


def certificates() -> dict[str, object]:
    """Who is certified by whom, as Certomancer's configuration says it."""

    def authority(issuer: str, **more: object) -> dict[str, object]:
        return {"issuer": issuer, "authority-key": issuer, "validity": years(LONG), **more}

    def pointing(label: str) -> list[dict[str, object]]:
        return [{"id": "simple-ca", "params": {"crl-repo": label, "ocsp-service": label}}]

    stamping = [
        {"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": ["digital_signature"]}},
        {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]},
    ]
    signer = {"issuer": "issuing", "validity": years(YEARS), "profiles": ["digsig-commitment"]}
    return {
        "root": authority("root", profiles=[{"id": "simple-ca", "params": {"crl-repo": "root"}}]),
        "issuing": authority("root", profiles=pointing("issuing")),
        "fallen": authority("root", profiles=pointing("fallen"), revocation=revocation(REVOKED_AT)),
        "tsa": {"issuer": "root", "validity": years(LONG), "extensions": stamping},
        "responder": {"issuer": "issuing", "validity": years(LONG), "profiles": ["ocsp-responder"]},
        "person": signer,
        "organisation": signer,
        "revoked": {**signer, "revocation": revocation(REVOKED_AT)},
        "leaving": {**signer, "revocation": revocation(REVOKED_LATER_AT)},
        "orphan": {**signer, "issuer": "fallen"},
    }


def services() -> dict[str, object]:
    """The lists are published daily at the hour of NOW."""
    lists = {
        label: {"for-issuer": label, "signing-key": label, "simulated-update-schedule": "P1D"}
        for label in ("root", "issuing", "fallen")
    }
    by = {"issuing": "responder", "fallen": "fallen"}
    responders = {
        issuer: {"for-issuer": issuer, "responder-cert": one, "signing-key": one, "validity-period": {"days": 1}}
        for issuer, one in by.items()
    }
    stamping = {"tsa": {"signing-key": "tsa", "signing-cert": "tsa"}}
    return {"crl-repo": lists, "ocsp": responders, "time-stamping": stamping}


def key_of(label: str) -> Any:
    return rsa_key(KEYS.get(label, KEYS["person"]), BITS)


def years(span: tuple[datetime, datetime]) -> dict[str, str]:
    return {"valid-from": span[0].isoformat(), "valid-to": span[1].isoformat()}


def revocation(moment: datetime) -> dict[str, str]:
    return {"revoked-since": moment.isoformat(), "reason": "key_compromise"}
