"""The one entry: a file's bytes to the verdict on its signatures."""

from collections.abc import Iterable
from datetime import datetime

from pyhanko.version import __version__ as pyhanko_version
from pyhanko_certvalidator.version import __version__ as certvalidator_version

from parsers.signatures.detect import SignedFormat, detect, has_pdf_signature
from parsers.signatures.engine import prepare
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.model import DocumentSignatures, Indication, Reason, SignatureReport, SubIndication
from parsers.signatures.pdf import PdfFindings, check_pdf
from parsers.signatures.pdf_fields import TIMESTAMP_FORMAT
from parsers.signatures.trust import TrustSnapshot

ENGINE = f"pyHanko {pyhanko_version}, certvalidator {certvalidator_version}"

DEFAULT_LIMITS = SignatureLimits()

SEVERITY = {Indication.TOTAL_PASSED: 0, Indication.INDETERMINATE: 1, Indication.TOTAL_FAILED: 2}

Conclusion = tuple[Indication | None, SubIndication | None, tuple[Reason, ...]]


def check(
    content: bytes,
    name: str,  # noqa: ARG001 - every check of a file is called alike; formats are recognised by content alone.
    trust: TrustSnapshot,
    *,
    received_at: datetime,
    now: datetime,
    limits: SignatureLimits = DEFAULT_LIMITS,
) -> DocumentSignatures:
    """Check every signature of a file against the snapshot; raises nothing for any bytes.

    `received_at` is the hub's own proof that the file existed then; a time ahead of `now` proves nothing. Needs a
    thread without a running event loop.
    """
    found = detect(content)
    if found is not SignedFormat.PDF:
        return unevaluated(found, trust)
    if len(content) > limits.file_bytes:
        findings = PdfFindings(problem=Reason.LIMIT, detail=f"more than {limits.file_bytes} bytes")
    else:
        findings = check_pdf(content, prepare(trust), min(received_at, now), limits)
    if findings.problem is None and not findings.seen and has_pdf_signature(content):
        findings = PdfFindings(problem=Reason.NOT_IN_FORM, detail="a signature stands outside the form")
    return pdf_document(findings, trust)


def unevaluated(found: SignedFormat, trust: TrustSnapshot) -> DocumentSignatures:
    """A recognised signature of a format that is not evaluated is reported as such; anything else carries none."""
    signed = found is not SignedFormat.NONE
    return DocumentSignatures(
        format=found.value,
        signatures=(),
        seen=int(signed),
        unchecked=(found.value,) if signed else (),
        indication=Indication.INDETERMINATE if signed else None,
        sub_indication=SubIndication.GENERIC if signed else None,
        reasons=(Reason.FORMAT_NOT_CHECKED,) if signed else (),
        engine=ENGINE,
        trust_version=trust.version,
    )


def pdf_document(findings: PdfFindings, trust: TrustSnapshot) -> DocumentSignatures:
    """The file's verdict from those of its signatures."""
    indication, sub_indication, reasons = conclude(findings)
    beyond = findings.seen - len(findings.reports)
    unchecked = [f"{beyond} more signatures"] if beyond else []
    if findings.problem is not None:
        unchecked.append(findings.detail or findings.problem.value)
    return DocumentSignatures(
        format=SignedFormat.PDF.value,
        signatures=findings.reports,
        seen=findings.seen,
        unchecked=tuple(unchecked),
        indication=indication,
        sub_indication=sub_indication,
        reasons=reasons,
        engine=ENGINE,
        trust_version=trust.version,
    )


def conclude(findings: PdfFindings) -> Conclusion:
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
    """What one signature contributes."""
    return report.indication, report.sub_indication, report.reasons


def worst(conclusions: Iterable[Conclusion]) -> Conclusion:
    """The gravest conclusion; among equals the first. Nothing at all means that there is no signature."""
    found = list(conclusions)
    if not found:
        return None, None, ()
    return max(found, key=lambda conclusion: SEVERITY[conclusion[0]] if conclusion[0] is not None else -1)
