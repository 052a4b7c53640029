"""What an expert needs to check a letter's signatures again without the hub, years later: one folder of plain files."""

import base64
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from mailhub.checking.reading import ReadFile
from mailhub.errors import RefusedError
from mailhub.evidence import decision_of_letter
from mailhub.language import Text
from mailhub.letter_views import letter_of
from mailhub.material import references
from mailhub.policy.covering import signed_files
from mailhub.policy.record import DecisionRecord
from mailhub.submissions import Submissions
from storage import cases, events, letters, registry, validation_material
from storage.database import Database
from storage.records import Actor, Case, Entry, EventDraft, Letter, LetterFile
from storage.records.evidence import ValidationMaterial

FOLDERS = {
    "certificate": ("certificates", ".cer"),
    "crl": ("crls", ".crl"),
    "ocsp": ("ocsp", ".ors"),
    "timestamp": ("timestamps", ".tst"),
}
"""Where a kind of material goes, and how its files end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A letter with its latest decision, its files, what is kept of what its signatures rest on, and what turned up later."""

    letter: Letter
    record: DecisionRecord
    entry: Entry | None
    files: tuple[LetterFile, ...]
    material: tuple[ValidationMaterial, ...]
    cases: tuple[Case, ...] = ()

    @property
    def signed(self) -> tuple[ReadFile, ...]:
        """The letter's files as they were checked, and those that sign them."""
        return tuple(file for file in signed_files(self.record.facts) if file.signatures is not None)


@dataclass(frozen=True, slots=True)
class Verification:
    """Gathers evidence and makes the folder of it."""

    database: Database
    submissions: Submissions

    def evidence(self, unit_id: int, letter_id: int) -> Evidence:
        """What is known of a letter's signatures; raises RefusedError for paper, and for what is sealed."""
        with self.database.reading() as tx:
            letter = letter_of(tx, unit_id, letter_id)
            record = decision_of_letter(tx, letter)
            if not record.facts.files:
                raise RefusedError(
                    Text(vi=f"h{letter_id} không có tệp nào để kiểm chứng", en=f"h{letter_id} has no file to be verified")
                )
            wanted = {item.sha256 for item in references(signed_files(record.facts))}
            if letter.draft.submission_id is not None:
                # What later rounds and cases rest on is no part of the decision's facts.
                wanted |= set(validation_material.of_submission(tx, letter.draft.submission_id))
            return Evidence(
                letter=letter,
                record=record,
                entry=registry.entry_of_letter(tx, letter_id),
                files=letters.files(tx, letter_id),
                material=tuple(validation_material.read(tx, wanted)),
                cases=tuple(cases.of_letters(tx, [letter_id])),
            )

    def folder(self, actor: Actor, unit_id: int, letter_id: int, at: datetime) -> Iterator[tuple[str, bytes]]:
        """The files of the folder, path and content; taking the letter's own files out is an event each."""
        evidence = self.evidence(unit_id, letter_id)
        with self.database.transaction() as tx:
            draft = EventDraft(kind="evidence-saved", subject=f"letter/{letter_id}", actor=actor, data={}, reason="")
            events.append(tx, [draft])
        names = {item.file.path: f"files/{item.file.id}-{plain_name(item.file.name)}" for item in evidence.files}
        sheet = Sheet(evidence=evidence, names=names, at=at)
        yield "README.txt", sheet.readme().encode()
        yield "report.json", sheet.report()
        yield from sheet.material_files()
        for item in evidence.files:
            content = self.submissions.file_bytes(actor, unit_id, item.file.submission_id, item.file.id)
            yield names[item.file.path], content


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The papers of a folder; `names` are the paths in it of the letter's files, by their paths in the mail."""

    evidence: Evidence
    names: Mapping[str, str]
    at: datetime

    @property
    def paths(self) -> tuple[tuple[str, ...], ...]:
        """Digests of the certificates on the paths that held, the one that was trusted first."""
        reports = [report for file in self.evidence.signed if file.signatures for report in file.signatures.signatures]
        return tuple(tuple(one.der_sha256 for one in report.trust_path) for report in reports if report.trust_path)

    def report(self) -> bytes:
        """Everything that was found, for programs: letter, decision with its versions, files with their reports, material."""
        evidence, decision = self.evidence, self.evidence.record.decision
        kept = {item.sha256 for item in evidence.material}
        entry = evidence.entry
        values: dict[str, object] = {
            "letter": f"h{evidence.letter.id}",
            "saved_at": self.at,
            "received_at": evidence.record.facts.received_at,
            "decided_at": evidence.record.now,
            "entry": {"register": entry.register, "number": entry.number, "year": entry.year, "date": entry.arrival_date}
            if entry
            else None,
            "legal_value": decision.legal_value,
            "reasons": decision.reasons,
            "versions": {
                "rules": decision.rule_set,
                "policy": decision.policy_version,
                "trust_set": decision.trust_version,
                "engine": sorted({file.signatures.engine for file in evidence.signed if file.signatures}),
            },
            "signers": evidence.record.directory.signers,
            "files": [{"saved_as": self.names.get(file.path, "")} | builtins(file) for file in evidence.signed],
            "material": [
                builtins(item) | {"saved_as": material_path(item.kind, item.sha256) if item.sha256 in kept else ""}
                for item in references(evidence.signed)
            ],
            "cases": [builtins(item) for item in evidence.cases],
        }
        return json.dumps(builtins(values), ensure_ascii=False, indent=2).encode()

    def material_files(self) -> Iterator[tuple[str, bytes]]:
        """Certificates, revocation data and tokens as DER, and the certificates as openssl takes them together."""
        for item in self.evidence.material:
            yield material_path(item.kind, item.sha256), item.der
        certificates = [item for item in self.evidence.material if item.kind == "certificate"]
        anchors = {path[0] for path in self.paths}
        authorities = {sha256 for path in self.paths for sha256 in path[1:-1]}
        yield "certificates/anchors.pem", pem(item for item in certificates if item.sha256 in anchors)
        yield "certificates/authorities.pem", pem(item for item in certificates if item.sha256 in anchors | authorities)

    def readme(self) -> str:
        """What is what, in Vietnamese and English, and how each signature is checked with openssl."""
        letter = self.evidence.letter.draft
        name = f"h{self.evidence.letter.id} {letter.reference} {letter.issuer}".strip()
        commands = "\n".join(self.commands()) or "-"
        return README.format(name=name, at=f"{self.at:%Y-%m-%dT%H:%M:%SZ}", commands=commands)

    def commands(self) -> Iterator[str]:
        """A line for each thing that openssl can check."""
        kept = {item.sha256 for item in self.evidence.material}
        for file in self.evidence.signed:
            for report in file.signatures.signatures if file.signatures else ():
                if report.signer is None or report.signer.der_sha256 not in kept:
                    continue
                moment = int(report.best_signature_time.timestamp())
                leaf = material_path("certificate", report.signer.der_sha256)
                yield f"# {self.names.get(file.path, file.name)}: {report.signer.common_name} ({report.format})"
                yield (
                    f"openssl verify -attime {moment} -CAfile certificates/anchors.pem"
                    f" -untrusted certificates/authorities.pem {leaf}"
                )
                if report.format in {"CMS", "CAdES"}:
                    yield self.cms_command(file, moment)
        for item in self.evidence.material:
            yield from material_command(item)

    def cms_command(self, file: ReadFile, moment: int) -> str:
        """How openssl checks a CMS file: against its document where that is beside it."""
        over = next((item.over for item in self.evidence.record.facts.signature_files if item.file.path == file.path), ())
        document = next((one for one in self.evidence.signed if one.sha256 in over), None)
        beside = ""
        if document is not None and not document.path.startswith(f"{file.path}!"):
            beside = f" -content '{self.names.get(document.path, document.name)}'"
        return (
            f"openssl cms -verify -binary -inform DER -in '{self.names.get(file.path, file.name)}'{beside} -out /dev/null"
            f" -purpose any -attime {moment} -CAfile certificates/authorities.pem"
        )


def material_command(item: ValidationMaterial) -> Iterator[str]:
    """How openssl shows revocation data and time stamps."""
    path = material_path(item.kind, item.sha256)
    match item.kind:
        case "crl":
            yield f"openssl crl -inform DER -in {path} -noout -text"
        case "ocsp":
            yield f"openssl ocsp -respin {path} -noverify -text"
        case "timestamp":
            yield f"openssl ts -reply -token_in -in {path} -text"
        case _:
            pass


def material_path(kind: str, sha256: str) -> str:
    """Where a piece goes: its digest is its name, so that anybody can check that it is the one in the report."""
    folder, suffix = FOLDERS[kind]
    return f"{folder}/{sha256}{suffix}"


def pem(certificates: Iterable[ValidationMaterial]) -> bytes:
    """Certificates in the textual encoding (RFC 7468)."""
    blocks = (
        "-----BEGIN CERTIFICATE-----\n"
        + "\n".join(textwrap.wrap(base64.b64encode(item.der).decode(), 64))
        + "\n-----END CERTIFICATE-----\n"
        for item in certificates
    )
    return "".join(blocks).encode()


def builtins(value: object) -> dict[str, object]:
    """A value as JSON has it."""
    made = msgspec.to_builtins(value)
    return made if isinstance(made, dict) else {}


LONGEST_NAME = 160


def plain_name(name: str) -> str:
    """A file name from a mail that stays inside its folder and inside quotes on a command line."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter if letter.isprintable() and letter not in "'\"`$" else "_" for letter in last)
    # Bytes, not letters: a file system takes 255 of them, and a letter may have four.
    return kept.strip(". ").encode()[-LONGEST_NAME:].decode(errors="ignore") or "file"


README = """HỒ SƠ KIỂM CHỨNG CHỮ KÝ SỐ / EVIDENCE OF DIGITAL SIGNATURES
{name}
{at}

report.json       kết quả kiểm tra từng chữ ký, quyết định, phiên bản bộ quy tắc, chính sách, tập tin cậy và phần mềm
                  what was found of each signature, the decision, and the versions of rules, policy, trust set and engine
files/            tệp của văn bản đúng từng byte như đã nhận; vân tay SHA-256 ghi trong report.json
                  the letter's files byte for byte as they came; their SHA-256 stand in report.json
certificates/     mọi chứng thư trên đường dẫn (DER); tên tệp là vân tay SHA-256; anchors.pem là các gốc đã tin cậy lúc xét,
                  authorities.pem là các gốc ấy và những nơi cấp bên dưới
                  every certificate of the paths (DER), named by SHA-256; anchors.pem holds the roots trusted at the time,
                  authorities.pem those and the authorities below them
crls/  ocsp/      dữ liệu thu hồi đã dùng / the revocation data that were used
timestamps/       dấu thời gian RFC 3161 / RFC 3161 timestamp tokens

Hãy đối chiếu vân tay các chứng thư gốc trong anchors.pem với cơ quan cấp, không chỉ tin hồ sơ này.
Compare the fingerprints of the roots in anchors.pem with the authority's; do not take this folder's word for them.

Vân tay tệp / digests of the files:   sha256sum files/*
PDF:                                  pdfsig files/*.pdf

{commands}
"""
