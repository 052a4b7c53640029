"""What `verify` believes: a folder that was named, else the hub's own set, else nothing."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from cryptography import x509
from cryptography.x509 import ocsp

from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.trust.certificates import read_certificates, read_folder, snapshot_of
from parsers.signatures.trust import TrustSnapshot

SIGNERS, TSAS, INTERMEDIATES = "signers", "tsa", "intermediates"
CRL_SUFFIXES = frozenset({".crl"})
OCSP_SUFFIXES = frozenset({".ocsp", ".ors"})
NOTHING = TrustSnapshot()
ARMOUR = re.compile(rb"-----BEGIN (X509 CRL|OCSP RESPONSE)-----(.+?)-----END \1-----", re.DOTALL)


def trust_in(place: Path) -> TrustSnapshot:
    """What a file or a folder names, certificates and revocation data; raises RefusedError for what cannot be read.

    Self-issued certificates are anchors for signers and TSAs, the others intermediates; those in `signers/`, `tsa/` and
    `intermediates/` serve for that alone. Revocation data may lie in any of these folders.
    """
    if place.is_file():
        return snapshot_of(read_certificates(place))
    folders = [place, *(place / name for name in (SIGNERS, TSAS, INTERMEDIATES) if (place / name).is_dir())]
    found = {folder.name if folder != place else "": snapshot_of(read_folder(folder)) for folder in folders}
    loose, signers, tsas, intermediates = (found.get(name, NOTHING) for name in ("", SIGNERS, TSAS, INTERMEDIATES))
    return replace(
        loose,
        signer_anchors=(*loose.signer_anchors, *signers.signer_anchors),
        tsa_anchors=(*loose.tsa_anchors, *tsas.tsa_anchors),
        intermediates=(*(der for one in found.values() for der in one.intermediates), *intermediates.signer_anchors),
        crls=tuple(der for path in files_in(folders, CRL_SUFFIXES) for der in revocation_lists(path)),
        ocsp_responses=tuple(der for path in files_in(folders, OCSP_SUFFIXES) for der in ocsp_answers(path)),
    )


def files_in(folders: Iterable[Path], suffixes: frozenset[str]) -> list[Path]:
    """The files with these suffixes, by name."""
    return [path for folder in folders for path in sorted(folder.iterdir()) if path.suffix.lower() in suffixes]


def revocation_lists(path: Path) -> list[bytes]:
    """The lists (CRL) of one file, DER or PEM; whose they are, and how old, is for each check to judge."""
    return readable(path, x509.load_der_x509_crl)


def ocsp_answers(path: Path) -> list[bytes]:
    """The OCSP answers of one file, DER or PEM."""
    return readable(path, ocsp.load_der_ocsp_response)


def readable(path: Path, load: Callable[[bytes], object]) -> list[bytes]:
    """The DER values of one file; raises RefusedError where one of them cannot be loaded."""
    found = ders(path)
    try:
        for der in found:
            load(der)
    except ValueError as error:
        raise damaged(path) from error
    return found


def ders(path: Path) -> list[bytes]:
    """The DER values of one file, out of their armour where they have one."""
    try:
        content = path.read_bytes()
        armoured = [base64.b64decode(b"".join(text.split()), validate=True) for _, text in ARMOUR.findall(content)]
    except OSError as error:
        raise RefusedError(
            Text(vi=f"không đọc được {path}: {error.strerror}", en=f"{path} cannot be read: {error.strerror}")
        ) from error
    except binascii.Error as error:
        raise damaged(path) from error
    return armoured or [content]


def damaged(path: Path) -> RefusedError:
    """The refusal of a file that is not what its name says."""
    return RefusedError(
        Text(
            vi=f"{path} không phải dữ liệu thu hồi (CRL, OCSP) dạng DER hay PEM",
            en=f"{path} is no revocation data (CRL, OCSP) in DER or PEM form",
        )
    )
