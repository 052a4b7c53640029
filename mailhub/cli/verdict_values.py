"""The verdicts of `mailhub verify` for programs. Keys are stable, listed in docs/signatures.md, and never translated."""

from collections.abc import Sequence

import msgspec

from mailhub.checking.reading import ReadFile
from mailhub.cli.finding_words import FILE_FINDINGS
from mailhub.cli.signatures import FileSignature
from mailhub.cli.verdicts import FileVerdict, Outcome
from mailhub.language import Text
from mailhub.profiles.vn.signature_words import VerdictWords, signature_words
from parsers.files.model import ContainerCode, FileKind
from parsers.signatures.model import CertificateSummary, DocumentSignatures, Reason, SignatureReport

Values = dict[str, object]

CARRIERS = frozenset({FileKind.ARCHIVE, FileKind.MESSAGE, FileKind.SIGNATURE})
"""What holds documents or signatures, and is no document itself."""
SEALED = frozenset({ContainerCode.ARCHIVE_ENCRYPTED, ContainerCode.DOCUMENT_ENCRYPTED})


def verdict_values(verdict: FileVerdict) -> Values:
    """One object for a file as it was given."""
    reading = verdict.reading
    indication, sub, reasons = verdict.conclusion
    values: Values = {
        "file": verdict.file,
        "outcome": verdict.outcome,
        "indication": indication,
        "sub_indication": sub,
        "reasons": reasons,
        "reason": verdict.unreadable.en if verdict.unreadable else "",
        "sentences": sentences(verdict.words) if verdict.outcome is not Outcome.UNREADABLE else None,
        "sha256": verdict.sha256,
        "elapsed_ms": verdict.elapsed_ms,
        "signatures": [signature_values(item, engine_of(verdict, item)) for item in verdict.signatures],
        "seen": sum(one.seen for one in verdict.documents),
        "evaluated": len(verdict.signatures),
        "unchecked": [f"{file.name}: {what}" for file in files_of(verdict) for what in unchecked(file)],
        "unsigned_parts": unsigned_parts(verdict),
        "uncovered": sorted({part for item in verdict.signatures for part in item.report.uncovered}),
        "encrypted": is_encrypted(verdict),
        "errors": errors(verdict),
        "signed_by": verdict.signed_by,
        "beside": beside_values(verdict),
        "revisions": verdict.revisions,
    }
    return values | {
        "files": [file_values(file) for file in files_of(verdict)],
        "letters": reading.letters if reading else (),
        "findings": reading.findings if reading else (),
        "trust_version": reading.trust_version if reading else "",
        "engine": reading.engine if reading else "",
    }


def signature_values(item: FileSignature, engine: str) -> Values:
    """One signature."""
    report = item.report
    return {
        "name": item.file,
        "path": item.path,
        "format": report.format,
        "field": report.field,
        "indication": report.indication,
        "sub_indication": report.sub_indication,
        "reasons": report.reasons,
        "detail": report.detail,
        "sentences": sentences(words_of(report)),
        **certificate_values(report.signer),
        "signer_kind": report.signer_kind,
        **time_values(report),
        "digest_alg": report.digest_algorithm,
        "signature_alg": report.signature_algorithm,
        "key_bits": report.key_bits,
        "level": report.level,
        "coverage": report.coverage,
        "gap_ok": report.gap_ok,
        "tail_ok": report.tail_ok,
        "modification": report.modification,
        "changed_pages": report.changed_pages,
        "changed_fields": report.changed_fields,
        "uncovered": report.uncovered,
        "countersigns": report.countersigns,
        "whole_message": report.whole_message,
        "from_matches": report.from_matches,
        "trust_path": [{"subject": one.subject, "sha256": one.der_sha256} for one in report.trust_path],
        "anchor": report.trust_path[0].subject if report.trust_path else None,
        "revocation": {
            "status": report.revocation_status,
            "source": report.revocation_source,
            "updated_at": report.revocation_updated_at,
            "revoked_at": report.revoked_at,
        },
        "material": report.material,
        "engine": engine,
    }


def certificate_values(found: CertificateSummary | None) -> Values:
    """Who signed, by the certificate; every key is there where there is none."""
    return {
        "signer": None
        if found is None
        else {
            "subject": found.subject,
            "common_name": found.common_name,
            "organisation": found.organisation,
            "emails": found.emails,
        },
        "issuer": found.issuer if found else None,
        "serial": found.serial if found else None,
        "cert_sha256": found.der_sha256 if found else None,
        "cert_not_before": found.not_before if found else None,
        "cert_not_after": found.not_after if found else None,
    }


def time_values(report: SignatureReport) -> Values:
    """When it was signed: as claimed, as stamped, and what is proved."""
    stamp = report.timestamp
    return {
        "signing_time_claimed": report.claimed_signing_time,
        "timestamp": {"time": stamp.generated_at, "tsa": stamp.authority, "trusted": stamp.trusted} if stamp else None,
        "best_signature_time": report.best_signature_time,
    }


def words_of(found: SignatureReport | DocumentSignatures) -> VerdictWords:
    """What a verdict means, to the clerk and to the sender."""
    return signature_words().of(found.indication, found.sub_indication, found.reasons)


def sentences(words: VerdictWords) -> Values:
    """Both sentences in both languages."""
    return {"clerk": pair(words.clerk), "sender": pair(words.told)}


def pair(text: Text) -> dict[str, str]:
    """A sentence in both languages."""
    return {"vi": text.vi, "en": text.en}


def files_of(verdict: FileVerdict) -> tuple[ReadFile, ...]:
    """The file itself, or the parts of a mail, and what they contain."""
    return verdict.reading.files if verdict.reading else ()


def file_values(file: ReadFile) -> Values:
    """One file inside, with what its signatures amount to; the signatures themselves stand together above."""
    found = file.signatures
    return {
        "path": file.path,
        "name": file.name,
        "kind": file.kind,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "inline": file.inline,
        "format": found.format if found else None,
        "indication": found.indication if found else None,
        "sub_indication": found.sub_indication if found else None,
        "reasons": found.reasons if found else (),
        "seen": found.seen if found else 0,
        "evaluated": len(found.signatures) if found else 0,
        "unchecked": unchecked(file),
        "covers": found.covers if found else (),
        "engine": found.engine if found else "",
    }


def unchecked(file: ReadFile) -> tuple[str, ...]:
    """What was recognised in a file and not evaluated."""
    return file.signatures.unchecked if file.signatures else ()


def unsigned_parts(verdict: FileVerdict) -> list[str]:
    """The documents inside that no signature is over; a mail's own text is none."""
    return [
        file.path
        for file in files_of(verdict)
        if not file.inline
        and file.kind not in CARRIERS
        and (file.signatures is None or file.signatures.indication is None)
        and file.sha256 not in verdict.covers
        and not verdict.signed_by
    ]


def is_encrypted(verdict: FileVerdict) -> bool:
    """Whether something in it could not be looked at without a key."""
    findings = verdict.reading.findings if verdict.reading else ()
    return any(Reason.ENCRYPTED in one.reasons for one in verdict.documents) or any(one.code in SEALED for one in findings)


def errors(verdict: FileVerdict) -> list[str]:
    """What kept parts of it from being looked at, in English; `reason` says why nothing was."""
    findings = verdict.reading.findings if verdict.reading else ()
    said = [f"{FILE_FINDINGS[one.code].en}: {one.evidence}" for one in findings if one.code in FILE_FINDINGS]
    return [*([verdict.unreadable.en] if verdict.unreadable else []), *said]


def beside_values(verdict: FileVerdict) -> list[Values]:
    """The other files that its signatures are over, and the one next to it that was looked at without being given."""
    company = verdict.company
    return [
        {"file": path, "sha256": file.sha256, "given": path != company.neighbour, "signed": file.sha256 in verdict.covers}
        for path, file in zip(company.paths, company.files, strict=True)
        if path == company.neighbour or file.sha256 in verdict.covers
    ]


def engine_of(verdict: FileVerdict, item: FileSignature) -> str:
    """Which engine, in which version, judged a signature."""
    return next((file.signatures.engine for file in files_of(verdict) if file.path == item.path and file.signatures), "")


def encoded(verdicts: Sequence[FileVerdict]) -> object:
    """One array, one object a file, as JSON has it."""
    return msgspec.to_builtins([verdict_values(verdict) for verdict in verdicts])
