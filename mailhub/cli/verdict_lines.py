"""The verdicts of `mailhub verify` for people: the file's in one line, then each signature: who, what, why, when."""

import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

import click

from mailhub.cli.finding_words import FILE_FINDINGS
from mailhub.cli.output import Output, printable
from mailhub.cli.revisions import Revision
from mailhub.cli.signature_details import MEANING, SIGNER, VERDICT, lines_of, localised
from mailhub.cli.signatures import REASONS, FileSignature, signer, verdict
from mailhub.cli.verdict_values import words_of
from mailhub.cli.verdicts import FileVerdict, Outcome
from mailhub.language import Language, Text
from mailhub.profiles.vn.signature_words import signature_words
from parsers.letter import ReadLetter, TextField
from parsers.signatures.model import TIMESTAMP_FORMAT, Indication, Reason, SignatureReport, SignerKind, SubIndication

OUTCOMES: dict[Outcome, tuple[Text, str]] = {
    Outcome.PASSED: (Text(vi="HỢP LỆ", en="VALID"), "green"),
    Outcome.FAILED: (Text(vi="KHÔNG HỢP LỆ", en="NOT VALID"), "red"),
    Outcome.INDETERMINATE: (Text(vi="CHƯA KIỂM TRA ĐƯỢC", en="NOT SETTLED"), "yellow"),
    Outcome.TRY_LATER: (Text(vi="THỬ LẠI SAU", en="TRY LATER"), "yellow"),
    Outcome.UNSIGNED: (Text(vi="KHÔNG CÓ CHỮ KÝ SỐ", en="NO SIGNATURE"), "yellow"),
    Outcome.UNREADABLE: (Text(vi="KHÔNG ĐỌC ĐƯỢC", en="UNREADABLE"), "red"),
}
COLOURS = {Indication.TOTAL_PASSED: "green", Indication.INDETERMINATE: "yellow", Indication.TOTAL_FAILED: "red"}
KINDS = {
    SignerKind.PERSON: Text(vi="cá nhân", en="person"),
    SignerKind.ORGANISATION: Text(vi="cơ quan", en="organisation"),
    SignerKind.UNKNOWN: Text(vi="chưa rõ cá nhân hay cơ quan", en="person or organisation, not told"),
}
TIMESTAMP = Text(vi="dấu thời gian", en="timestamp")
LETTER = Text(vi="Văn bản", en="Letter")
SAID_ABOVE = frozenset({VERDICT, SIGNER, MEANING})
"""Details that the lines above them have said already."""
SAME: dict[SubIndication, Reason] = {
    SubIndication.SIGNED_DATA_NOT_FOUND: Reason.CONTENT_MISSING,
    SubIndication.TRY_LATER: Reason.NO_REVOCATION_DATA,
    SubIndication.EXPIRED: Reason.CERTIFICATE_EXPIRED,
    SubIndication.OUT_OF_BOUNDS_NO_POE: Reason.CERTIFICATE_EXPIRED,
    SubIndication.NOT_YET_VALID: Reason.CERTIFICATE_NOT_YET_VALID,
}
"""Reasons that say what their sub-indication says."""
WIDEST = 110
INDENT = "  "
DEEP = INDENT * 3


def print_verdicts(output: Output, verdicts: Sequence[FileVerdict], *, details: bool) -> None:
    """Every file, and behind several how many of each kind there were."""
    for number, found in enumerate(verdicts):
        if number:
            click.echo()
        print_verdict(output, found, details=details)
    if len(verdicts) > 1:
        counts = Counter(found.outcome for found in verdicts)
        parts = (f"{counts[outcome]} {output.words(word).lower()}" for outcome, (word, _) in OUTCOMES.items() if counts[outcome])
        files = Text(vi=f"{len(verdicts)} tệp", en=f"{len(verdicts)} files")
        click.echo(f"\n{output.words(files)}: {', '.join(parts)}")


def print_verdict(output: Output, found: FileVerdict, *, details: bool) -> None:
    """One file: its verdict, its signatures, and whatever else was noticed."""
    word, colour = OUTCOMES[found.outcome]
    click.echo(f"{click.style(one_line(found.file), bold=True)}  {click.style(output.words(word), fg=colour, bold=True)}")
    for item in found.signatures:
        print_signature(output, item, inside=item.path != "1", details=details)
    for text in remarks(found):
        say(output, text, INDENT)
    for letter in found.reading.letters if found.reading else ():
        if line := letter_line(output, letter):
            say(output, Text(vi=f"{LETTER.vi}: {line}", en=f"{LETTER.en}: {line}"), INDENT)


def print_signature(output: Output, item: FileSignature, *, inside: bool, details: bool) -> None:
    """Who signed, what it is worth, why, and when."""
    report = item.report
    kind = TIMESTAMP if report.format == TIMESTAMP_FORMAT else KINDS[report.signer_kind]
    place = f" · {one_line(item.file)}" if inside else ""
    click.echo(f"{INDENT}{click.style(who(output, report), bold=True)} ({output.words(kind)}){place}")
    say(output, verdict(report), INDENT * 2, colour=COLOURS[report.indication])
    if report.indication is not Indication.TOTAL_PASSED:
        say(output, words_of(report).clerk, INDENT * 2)
    for text in (notes(report), when(output, report), changes(report)):
        if text:
            say(output, text, INDENT * 2)
    if details:
        for what, value in lines_of(item.file, localised(report, output.zone), None):
            if value and what not in SAID_ABOVE:
                said = output.words(value)
                say(output, Text(vi=f"{what.vi}: {said}", en=f"{what.en}: {said}"), DEEP)


def say(output: Output, text: Text, indent: str, colour: str | None = None) -> None:
    """One sentence, folded at words on a terminal; whole for a pipe."""
    line = one_line(text.in_(output.language))
    if is_terminal():
        room = min(shutil.get_terminal_size().columns, WIDEST)
        line = textwrap.fill(line, room, initial_indent=indent, subsequent_indent=indent + INDENT, break_on_hyphens=False)
    else:
        line = indent + line
    click.echo(click.style(line, fg=colour) if colour else line)


def one_line(text: str) -> str:
    """Text from outside that stays on its line: a name in a certificate could write a verdict of its own below."""
    return printable(text).replace("\n", " ")


def is_terminal() -> bool:
    """Whether a person sees the lines."""
    return sys.stdout.isatty()


def who(output: Output, report: SignatureReport) -> str:
    """The name in the certificate, and the organisation."""
    organisation = report.signer.organisation if report.signer else ""
    named = " · ".join(dict.fromkeys(filter(None, (signer(report), organisation))))
    unknown = Text(vi="không rõ người ký", en="signer not known")
    return one_line(named) or output.words(unknown)


def notes(report: SignatureReport) -> Text | None:
    """What was noticed beside what the lines around it say."""
    words, speaking = signature_words(), words_of(report)
    said = {Reason.EMPTY_TRUST, SAME.get(report.sub_indication)} if report.sub_indication else set()
    if report.timestamp and not report.timestamp.trusted:
        said.add(Reason.TIMESTAMP_UNTRUSTED)
    others = [REASONS[reason] for reason in report.reasons if words.reasons[reason] is not speaking and reason not in said]
    if not others:
        return None
    return Text(vi=f"Lưu ý: {'; '.join(text.vi for text in others)}", en=f"Note: {'; '.join(text.en for text in others)}")


def when(output: Output, report: SignatureReport) -> Text:
    """When it was signed, on whose word, and in which form."""
    stamp = report.timestamp
    moment = stamp.generated_at if stamp else report.claimed_signing_time
    level = Text(vi=f", mức {report.level}", en=f", level {report.level}") if report.level else Text(vi="", en="")
    form = Text(vi=f"{report.format}{level.vi}", en=f"{report.format}{level.en}")
    if moment is None:
        return form
    at = output.moment(moment)
    if stamp is None:
        return Text(vi=f"Ký lúc {at} theo máy người ký · {form.vi}", en=f"Signed {at} by the signer's clock · {form.en}")
    by = Text(vi=f" của {stamp.authority}", en=f" by {stamp.authority}") if stamp.authority else Text(vi="", en="")
    trusted = Text(vi="", en="") if stamp.trusted else Text(vi=" (chưa được tin)", en=" (not trusted)")
    return Text(
        vi=f"Ký lúc {at} theo dấu thời gian{by.vi}{trusted.vi} · {form.vi}",
        en=f"Signed {at}, timestamped{by.en}{trusted.en} · {form.en}",
    )


def changes(report: SignatureReport) -> Text | None:
    """Which pages, fields and parts are not as they were signed, or not signed at all."""
    said = [
        (Text(vi="trang đổi sau khi ký", en="pages changed after signing"), ", ".join(map(str, report.changed_pages))),
        (Text(vi="ô nhập đổi sau khi ký", en="fields changed after signing"), ", ".join(report.changed_fields)),
        (Text(vi="ngoài chữ ký", en="not signed"), ", ".join(report.uncovered)),
    ]
    kept = [(what, value) for what, value in said if value]
    if not kept:
        return None
    vi, en = ("; ".join(f"{what.in_(language)}: {value}" for what, value in kept) for language in Language)
    return Text(vi=vi[0].upper() + vi[1:], en=en[0].upper() + en[1:])


def remarks(found: FileVerdict) -> Iterator[Text]:
    """What there is to say beside the signatures."""
    if found.unreadable:
        yield found.unreadable
    if found.reading is None:
        return
    if found.signed_by:
        names = ", ".join(map(one_line, found.signed_by))
        yield Text(vi=f"Chữ ký nằm ở tệp khác: {names}", en=f"Its signature stands in another file: {names}")
    elif not found.signatures:
        yield found.words.clerk
    yield from company_remarks(found)
    for file in found.reading.files:
        if file.signatures and file.signatures.unchecked:
            names = ", ".join(file.signatures.unchecked)
            yield Text(vi=f"{file.name}: có chữ ký chưa kiểm tra: {names}", en=f"{file.name}: not checked: {names}")
    for finding in found.reading.findings:
        if finding.code in FILE_FINDINGS:
            words = FILE_FINDINGS[finding.code]
            yield Text(vi=f"{words.vi}: {finding.evidence}", en=f"{words.en}: {finding.evidence}")
    for revision in found.revisions:
        yield revision_remark(revision)


def company_remarks(found: FileVerdict) -> Iterator[Text]:
    """Which other files it was checked with, and which it was not."""
    company = found.company
    signed = [path for path, file in zip(company.paths, company.files, strict=True) if file.sha256 in found.covers]
    given = ", ".join(path for path in signed if path != company.neighbour)
    if given:
        yield Text(vi=f"Ký lên tệp: {given}", en=f"Signs the file: {given}")
    if company.neighbour:
        yield Text(
            vi=f"Kiểm tra cùng {company.neighbour}, tệp cùng tên nằm bên cạnh",
            en=f"Checked with {company.neighbour}, which lies next to it under the same name",
        )
    missing = any(item.report.sub_indication is SubIndication.SIGNED_DATA_NOT_FOUND for item in found.signatures)
    if company.left_out and missing:
        yield Text(
            vi=f"{company.left_out} tệp khác quá lớn hoặc không đọc được nên chưa thử ghép",
            en=f"{company.left_out} other files were too large or unreadable to be tried",
        )


def revision_remark(revision: Revision) -> Text:
    """Where a signed revision was written, and what changed since."""
    field = revision.field
    if revision.problem:
        return Text(vi=f"{field}: không lấy được bản lúc ký: {revision.problem}", en=f"{field}: no revision: {revision.problem}")
    pages = revision.changed_pages
    if pages is None:
        changed = Text(vi="chưa so sánh được với bản hiện nay", en="could not be compared with the file as it is")
    elif pages:
        listed = ", ".join(map(str, pages))
        changed = Text(vi=f"các trang đổi sau đó: {listed}", en=f"pages changed since: {listed}")
    else:
        changed = Text(vi="các trang không đổi từ đó", en="no page changed since")
    return Text(
        vi=f"{field}: bản lúc ký ghi vào {revision.written}; {changed.vi}",
        en=f"{field}: as signed, written to {revision.written}; {changed.en}",
    )


def letter_line(output: Output, letter: ReadLetter) -> str:
    """What a letter says about itself; empty when nothing was read."""
    fields = letter.fields
    day = output.day(fields.issued_on.value) if fields.issued_on else ""
    words = (text(fields.reference), day, text(fields.issuer), text(fields.document_type), text(fields.subject))
    return " · ".join(filter(None, words))


def text(field: TextField | None) -> str:
    """A field's value, safe to print."""
    return one_line(field.value) if field else ""
