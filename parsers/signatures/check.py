"""The one entry: a file's bytes to the verdict on its signatures."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from pyhanko.version import __version__ as pyhanko_version
from pyhanko_certvalidator.version import __version__ as certvalidator_version

from parsers.signatures.beside import Beside, is_page
from parsers.signatures.cms import check_cms
from parsers.signatures.detect import SignedFormat, detect, has_pdf_signature
from parsers.signatures.engine import PreparedTrust, prepare
from parsers.signatures.findings import Findings, Request
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.material import capped
from parsers.signatures.model import (
    COUNTER_FORMAT,
    TIMESTAMP_FORMAT,
    DocumentSignatures,
    Indication,
    Reason,
    SignatureReport,
    SubIndication,
)
from parsers.signatures.office_document import check_office
from parsers.signatures.pdf import check_pdf
from parsers.signatures.smime import MailSignature, check_entity, check_mail_signature
from parsers.signatures.trust import TrustSnapshot
from parsers.signatures.xml_document import check_xml

ENGINE = f"pyHanko {pyhanko_version}, certvalidator {certvalidator_version}"

DEFAULT_LIMITS = SignatureLimits()

SEVERITY = {Indication.TOTAL_PASSED: 0, Indication.INDETERMINATE: 1, Indication.TOTAL_FAILED: 2}

Conclusion = tuple[Indication | None, SubIndication | None, tuple[Reason, ...]]


def check_pdf_and_marks(content: bytes, request: Request) -> Findings:
    """The signatures of a form; the mark of a signature where the form has none is a finding too."""
    findings = check_pdf(content, request)
    if findings.problem is None and not findings.seen and has_pdf_signature(content):
        return Findings(problem=Reason.NOT_IN_FORM, detail="a signature stands outside the form")
    return findings


CHECKS: dict[SignedFormat, Callable[[bytes, Request], Findings]] = {
    SignedFormat.PDF: check_pdf_and_marks,
    SignedFormat.CMS: check_cms,
    SignedFormat.MAIL: check_entity,
    SignedFormat.OOXML: check_office,
    SignedFormat.XML: check_xml,
}
"""Each format that is evaluated; the others are reported as recognised."""

SHOWN_AS_PAGES = frozenset({SignedFormat.XML, SignedFormat.OOXML, SignedFormat.CMS})
"""Formats in which bytes that nobody signs can be a page for a browser, if only the name of the file or the mail says so."""

UNREAD = {SignedFormat.ARCHIVE: Reason.UNREADABLE, SignedFormat.ENCRYPTED: Reason.ENCRYPTED}
"""Why nobody can say whether a file bears a signature."""


def check(  # noqa: PLR0913 - the one entry; each argument is a question of its own.
    content: bytes,
    name: str,
    trust: TrustSnapshot,
    *,
    received_at: datetime,
    now: datetime,
    limits: SignatureLimits = DEFAULT_LIMITS,
    beside: Sequence[Beside] = (),
    declared_type: str = "",
) -> DocumentSignatures:
    """Check every signature of a file against the snapshot; raises nothing for any bytes.

    `received_at` is the hub's own proof that the file existed then; a time ahead of `now` proves nothing. `beside` are the
    other files among which a signature that stands alone finds its document. Names count for that, and with the type that a mail
    declares for what opens in a browser; formats are recognised by content. Needs a thread without a running event loop.
    """
    found = detect(content)
    if found not in CHECKS:
        return unevaluated(found, trust)
    if len(content) > limits.file_bytes:
        findings = Findings(problem=Reason.LIMIT, detail=f"more than {limits.file_bytes} bytes")
    elif found in SHOWN_AS_PAGES and is_page(name, declared_type):
        findings = Findings(problem=Reason.FORMAT_NOT_CHECKED, detail="browsers read it as HTML", seen=1)
    else:
        request = Request(
            name=name, trust=prepared(trust, now, limits), received_at=min(received_at, now), limits=limits, beside=tuple(beside)
        )
        findings = CHECKS[found](content, request)
    return document(found, findings, trust, limits)


def check_in_mail(
    content: bytes,
    place: MailSignature,
    trust: TrustSnapshot,
    *,
    received_at: datetime,
    now: datetime,
    limits: SignatureLimits = DEFAULT_LIMITS,
) -> DocumentSignatures:
    """Check the file that holds a signature of a mail, as `check` does any other file."""
    if len(content) + len(place.signed or b"") > limits.file_bytes:
        findings = Findings(problem=Reason.LIMIT, detail=f"more than {limits.file_bytes} bytes")
    else:
        request = Request(name="", trust=prepared(trust, now, limits), received_at=min(received_at, now), limits=limits)
        findings = check_mail_signature(content, place, request)
    return document(SignedFormat.MAIL, findings, trust, limits)


def given_up(content: bytes, trust: TrustSnapshot, limits: SignatureLimits) -> DocumentSignatures:
    """What is said of a file whose check took longer than it may; one without a mark of a signature carries none."""
    found = detect(content)
    if found is SignedFormat.NONE:
        return no_signature(trust)
    took = Findings(problem=Reason.LIMIT, detail=f"more than {limits.seconds} s of processor time", seen=1)
    return document(found, took, trust, limits)


def prepared(trust: TrustSnapshot, now: datetime, limits: SignatureLimits) -> PreparedTrust:
    """The snapshot as it is judged by in this check."""
    return prepare(trust).as_of(now, limits.revocation_freshness)


def no_signature(trust: TrustSnapshot) -> DocumentSignatures:
    """What is said of a file that bears no signature itself."""
    return unevaluated(SignedFormat.NONE, trust)


def unevaluated(found: SignedFormat, trust: TrustSnapshot) -> DocumentSignatures:
    """A recognised signature of a format that is not evaluated is reported as such; anything else carries none."""
    signed = found is not SignedFormat.NONE
    return DocumentSignatures(
        format=found.value,
        signatures=(),
        seen=int(signed and found not in UNREAD),
        unchecked=(found.value,) if signed else (),
        indication=Indication.INDETERMINATE if signed else None,
        sub_indication=SubIndication.GENERIC if signed else None,
        reasons=(UNREAD.get(found, Reason.FORMAT_NOT_CHECKED),) if signed else (),
        engine=ENGINE,
        trust_version=trust.version,
    )


def document(found: SignedFormat, findings: Findings, trust: TrustSnapshot, limits: SignatureLimits) -> DocumentSignatures:
    """The file's verdict from those of its signatures."""
    indication, sub_indication, reasons = conclude(findings)
    beyond = findings.seen - len(findings.reports)
    unchecked = [*findings.unchecked, *([f"{beyond} more signatures"] if beyond > 0 else [])]
    if findings.problem is not None:
        unchecked.append(findings.detail or findings.problem.value)
    return DocumentSignatures(
        format=found.value,
        signatures=findings.reports,
        seen=findings.seen,
        unchecked=tuple(unchecked),
        indication=indication,
        sub_indication=sub_indication,
        reasons=reasons,
        engine=ENGINE,
        trust_version=trust.version,
        covers=findings.covers,
        material=capped(findings.material, limits.material_bytes),
    )


def conclude(findings: Findings) -> Conclusion:
    """The worst of the signatures, never better than what stands in the way of the file as a whole."""
    signatures = [report for report in findings.reports if report.format != TIMESTAMP_FORMAT]
    timestamps = [report for report in findings.reports if report.format == TIMESTAMP_FORMAT]
    conclusions: list[Conclusion] = []
    if findings.problem is not None:
        conclusions.append((Indication.INDETERMINATE, SubIndication.GENERIC, (findings.problem,)))
    conclusions.extend(map(conclusion_of, signatures))
    if timestamps and not signatures:
        conclusions.append((Indication.INDETERMINATE, SubIndication.SIG_CONSTRAINTS_FAILURE, (Reason.TIMESTAMP_ONLY,)))
    if any(report.indication is Indication.TOTAL_FAILED for report in timestamps):
        conclusions.append((Indication.INDETERMINATE, SubIndication.GENERIC, (Reason.TIMESTAMP_UNTRUSTED,)))
    return worst(conclusions)


def conclusion_of(report: SignatureReport) -> Conclusion:
    """What one signature contributes.

    A countersignature is added without the signer: who adds a wrong one cannot make the signer's wrong, only doubtful.
    """
    if report.format == COUNTER_FORMAT and report.indication is Indication.TOTAL_FAILED:
        return Indication.INDETERMINATE, SubIndication.GENERIC, (Reason.COUNTERSIGNATURE,)
    return report.indication, report.sub_indication, report.reasons


def worst(conclusions: Iterable[Conclusion]) -> Conclusion:
    """The gravest conclusion; among equals the first. Nothing at all means that there is no signature."""
    found = list(conclusions)
    if not found:
        return None, None, ()
    return max(found, key=lambda conclusion: SEVERITY[conclusion[0]] if conclusion[0] is not None else -1)
