"""Attacks on signed PDFs: what is appended, what was prepared before the signing, and what later signatures may draw."""

from collections.abc import Callable
from functools import cache
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, append_signature_field
from pyhanko.sign.signers import PdfTimeStamper

from parsers.signatures.model import Reason, SubIndication
from tests.parsers.signatures.adversarial.attack import PASSED, Attack, Expected, has_failed, is_open
from tests.parsers.signatures.adversarial.sections import (
    FONT,
    MANIPULATED,
    PAGES,
    PREPARED,
    PREPARED_AT,
    REPLACED,
    appended,
    font_in_object_stream,
    hybrid,
    spelt,
    stream,
)
from tests.pki.authority import NOW, Authority, Identity, Wish, make_pki
from tests.pki.documents import (
    Signing,
    add_annotation,
    add_document_timestamp,
    fill_field,
    letter,
    name,
    replace_page,
    sign,
    stamper,
    update,
)

PKI = make_pki()
LEADER = Signing(identity=PKI.person, field="Leader", tsa=PKI.tsa)
SEAL = Signing(identity=PKI.organisation, field="Seal", tsa=PKI.tsa, box=(220, 90, 300, 170))

VISIBLE = has_failed(SubIndication.FORMAT_FAILURE)
UNEXPLAINED = is_open(SubIndication.GENERIC)
BEFORE_SEAL = is_open(SubIndication.CHANGED_BEFORE_SEAL)


@cache
def one() -> bytes:
    return sign(letter(2, compressed=False), LEADER)


@cache
def two() -> bytes:
    return sign(one(), SEAL)


@cache
def prepared() -> bytes:
    """A letter whose text is fine, with a cross-reference section in a stream that nobody looks at."""

    def plant(writer: IncrementalPdfFileWriter) -> None:
        writer.root["/PieceInfo"] = writer.add_object(generic.StreamObject(stream_data=PREPARED))
        writer.update_root()

    return sign(update(letter(2, compressed=False), plant), LEADER)


@cache
def with_second_catalogue() -> bytes:
    """A letter with a second catalogue in it, which nothing leads to but a private entry."""

    def plant(writer: IncrementalPdfFileWriter) -> None:
        page = generic.DictionaryObject({name("/Type"): name("/Page"), name("/MediaBox"): numbers(0, 0, 595, 842)})
        page[name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=MANIPULATED))
        pages = {name("/Type"): name("/Pages"), name("/Count"): generic.NumberObject(1)}
        pages[name("/Kids")] = generic.ArrayObject([writer.add_object(page)])
        second = {name("/Type"): name("/Catalog"), name("/Pages"): writer.add_object(generic.DictionaryObject(pages))}
        second[name("/AcroForm")] = generic.IndirectObject(200, 0, writer)
        writer.root["/PieceInfo"] = writer.add_object(generic.DictionaryObject(second))
        writer.update_root()

    return sign(update(letter(2, compressed=False), plant), LEADER)


def second_catalogue() -> bytes:
    reader = IncrementalPdfFileWriter(BytesIO(with_second_catalogue()), strict=False)
    return b"%d 0 R" % reader.root.raw_get("/PieceInfo").idnum


def numbers(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject(map(generic.FloatObject, values))


def look(box: tuple[int, int, int, int]) -> generic.StreamObject:
    """White paper over everything below, with other words on it."""
    entries = {name("/Type"): name("/XObject"), name("/Subtype"): name("/Form")}
    entries[name("/BBox")] = numbers(0, 0, box[2] - box[0], box[3] - box[1])
    return generic.StreamObject(dict_data=entries, stream_data=b"1 1 1 rg 0 0 600 900 re f " + MANIPULATED)


def drawn_timestamp(pdf: bytes, authority: Identity, box: tuple[int, int, int, int] = (50, 650, 200, 720)) -> bytes:
    """A document timestamp whose field shows something."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
    append_signature_field(writer, SigFieldSpec("Stamp1", box=box))
    field = writer.root["/AcroForm"]["/Fields"][-1].get_object()
    field[name("/AP")] = generic.DictionaryObject({name("/N"): writer.add_object(look(box))})
    output = BytesIO()
    PdfTimeStamper(stamper(authority, NOW), field_name="Stamp1").timestamp_pdf(
        writer, "sha256", output=output, bytes_reserved=16384
    )
    return output.getvalue()


@cache
def strange_authority() -> Identity:
    usage = frozenset({"digital_signature", "key_cert_sign"})
    return Authority.self_signed(Wish(common_name="TSA giả", key=6, usage=usage)).identity


@cache
def colleague() -> Identity:
    return PKI.issuing.issue(Wish(common_name="Trần Văn Khác", organisation="Công ty Khác", key=5))


def forged_widget(title: str, *, in_form: bool) -> Callable[[IncrementalPdfFileWriter], None]:
    """A field of a signature that was never made, under the name of one that will be."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        box = (60, 700, 200, 760)
        entries = {name("/Type"): name("/Annot"), name("/Subtype"): name("/Widget"), name("/FT"): name("/Sig")}
        entries[name("/T")] = generic.pdf_string(title)
        entries[name("/Rect")] = numbers(*box)
        entries[name("/AP")] = generic.DictionaryObject({name("/N"): writer.add_object(look(box))})
        page, _resources = writer.find_page_for_modification(0)
        widget = writer.add_object(generic.DictionaryObject(entries))
        writer.register_annotation(page, widget)
        if in_form:
            fields = writer.root["/AcroForm"]["/Fields"]
            fields.append(widget)
            writer.update_container(fields)

    return change


def put_in_catalogue(key: str, value: Callable[[IncrementalPdfFileWriter], generic.PdfObject]) -> Callable[[], bytes]:
    """The letter with another entry in its catalogue, added after the signing."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.root[name(key)] = value(writer)
        writer.update_root()

    return lambda: update(one(), change)


def dictionary(**entries: generic.PdfObject) -> generic.DictionaryObject:
    return generic.DictionaryObject({name(f"/{key}"): value for key, value in entries.items()})


def script(_writer: IncrementalPdfFileWriter) -> generic.PdfObject:
    return dictionary(S=name("/JavaScript"), JS=generic.pdf_string("this.getField('Tien').value = '900'"))


def layers(writer: IncrementalPdfFileWriter) -> generic.PdfObject:
    layer = writer.add_object(dictionary(Type=name("/OCG"), Name=generic.pdf_string("dau")))
    return dictionary(OCGs=generic.ArrayObject([layer]), D=dictionary(OFF=generic.ArrayObject([layer])))


def outline(writer: IncrementalPdfFileWriter) -> generic.PdfObject:
    item = writer.add_object(dictionary(Title=generic.pdf_string("Quyết định"), Dest=numbers(0)))
    return writer.add_object(dictionary(Type=name("/Outlines"), First=item, Last=item, Count=generic.NumberObject(1)))


def metadata(writer: IncrementalPdfFileWriter) -> generic.PdfObject:
    kinds = {name("/Type"): name("/Metadata"), name("/Subtype"): name("/XML")}
    return writer.add_object(generic.StreamObject(dict_data=kinds, stream_data=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"))


def attachment(writer: IncrementalPdfFileWriter) -> None:
    file = EmbeddedFileObject.from_file_data(writer, data=b"900")
    embed_file(writer, FileSpec(file_spec_string="phu-luc.txt", embedded_data=file))


def other_catalogue() -> bytes:
    page = b"<< /Type /Page /Parent 70 0 R /MediaBox [0 0 595 842] /Contents 72 0 R >>"
    objects = {
        69: b"<< /Type /Catalog /Pages 70 0 R /AcroForm 11 0 R >>",
        70: b"<< /Type /Pages /Count 1 /Kids [71 0 R] >>",
        71: page,
        72: stream(MANIPULATED),
    }
    return appended(one(), objects, root=b"69 0 R")


def section_before_signed_bytes() -> bytes:
    """The newest section lies in the signed bytes, where it was prepared; the one with the other text is older than it."""
    return appended(prepared(), REPLACED, section_at=PREPARED_AT, begins_with=prepared().index(PREPARED[:20]))


def update_behind_a_prepared_section() -> bytes:
    """The same, and one more update that changes nothing: what is compared must be what was signed, not what was prepared."""
    trap = section_before_signed_bytes()
    return appended(trap, {180: b"null"})


def altered_between_signatures() -> bytes:
    return sign(update(one(), replace_page), SEAL)


def stamps_side_by_side() -> bytes:
    """Five valid signatures, each with a stamp of a usual size."""
    signed = one()
    for number in range(5):
        box = (0, 400 + number * 80, 595, 480 + number * 80)
        signed = sign(signed, Signing(identity=colleague(), field=f"X{number}", box=box))
    return signed


def form_letter(**options) -> bytes:
    return sign(letter(field="Tien"), Signing(identity=PKI.person, field="Leader", **options))


def byte_range(old: bytes, *, change: Callable[[list[int]], list[object]]) -> bytes:
    """The file with another `/ByteRange` of the same length; it is signed itself, so this alone breaks the digest."""
    start = old.index(b"/ByteRange [") + len(b"/ByteRange [")
    end = old.index(b"]", start)
    changed = " ".join(map(str, change([int(number) for number in old[start:end].split()]))).encode()
    return old[:start] + changed.ljust(end - start) + old[end:]


def ranges(change: Callable[[list[int]], list[object]]) -> Callable[[], bytes]:
    return lambda: byte_range(one(), change=change)


def attack(what: str, make: Callable[[], bytes], expected: Expected, reason: Reason | None, *rows: str, **more) -> Attack:
    return Attack(what=what, make=make, expected=expected, reason=reason, rows=rows, **more)


KIDS_BACKWARDS = b"<< /Count 2 /Kids [ 4 0 R 3 0 R ] /Type /Pages >>"
KIDS_TWICE = b"<< /Count 2 /Kids [ 3 0 R 4 0 R ] /Kids [ 4 0 R 3 0 R ] /Type /Pages >>"
SYMBOL = b"<< /BaseFont /Symbol /Name /F1 /Subtype /Type1 /Type /Font >>"
SEEN, ODD, SHIFTED = Reason.VISIBLE_CHANGE, Reason.UNEXPLAINED_UPDATE, Reason.TRAILING_DATA

ATTACKS = (
    attack("a page drawn anew", lambda: appended(one(), REPLACED), VISIBLE, SEEN, "14", "16", "D4", "D5"),
    attack("a note over the text", lambda: update(one(), add_annotation), VISIBLE, SEEN, "14"),
    attack(
        "a hidden note",
        lambda: update(one(), lambda writer: add_annotation(writer, subtype="/Popup")),
        VISIBLE,
        SEEN,
        "14",
    ),
    attack(
        "an update of what may not be updated",
        lambda: update(sign(letter(), Signing(identity=PKI.person, certify=MDPPerm.NO_CHANGES)), replace_page),
        VISIBLE,
        SEEN,
        "14",
    ),
    attack(
        "a field filled in where no change was allowed",
        lambda: update(form_letter(certify=MDPPerm.NO_CHANGES), lambda writer: fill_field(writer, "900")),
        UNEXPLAINED,
        Reason.FORM_CHANGE,
        "14",
        "17",
        "D11",
    ),
    attack(
        "the look of a field in the place of the text",
        lambda: update(form_letter(), lambda writer: fill_field(writer, "900")),
        UNEXPLAINED,
        Reason.FORM_CHANGE,
        "17",
        "D11",
    ),
    attack("a middle revision altered between two signatures", altered_between_signatures, BEFORE_SEAL, SEEN, "14"),
    attack("a font that shows the same codes as other letters", lambda: appended(one(), {FONT: SYMBOL}), VISIBLE, SEEN, "16"),
    attack("the same font in an object stream", lambda: font_in_object_stream(one()), VISIBLE, SEEN, "16"),
    attack("a hybrid section", lambda: hybrid(one()), VISIBLE, SEEN, "16"),
    attack("the object under another generation", lambda: appended(one(), REPLACED, generation=1), UNEXPLAINED, ODD),
    attack("pages in another order", lambda: appended(one(), {PAGES: KIDS_BACKWARDS}), VISIBLE, SEEN),
    attack("pages listed twice in one dictionary", lambda: appended(one(), {PAGES: KIDS_TWICE}), UNEXPLAINED, ODD),
    attack("another catalogue", other_catalogue, VISIBLE, SEEN, "16"),
    attack(
        "a prepared catalogue behind the real one in the trailer",
        lambda: appended(with_second_catalogue(), {}, more=b"/Root %s " % second_catalogue()),
        UNEXPLAINED,
        None,
    ),
    attack("a section prepared in the signed bytes", section_before_signed_bytes, VISIBLE, SEEN, "13"),
    attack("an update behind a prepared section", update_behind_a_prepared_section, VISIBLE, SEEN, "13"),
    attack(
        "an object that no section lists",
        lambda: appended(one(), {180: b"null"}, hidden=spelt(8, stream(MANIPULATED))),
        UNEXPLAINED,
        ODD,
        "15",
        "D3",
    ),
    attack("objects behind the end", lambda: one() + spelt(8, stream(MANIPULATED)), VISIBLE, SHIFTED, "15", "D3"),
    attack("a ZIP file behind the end", lambda: one() + b"PK\x05\x06" + bytes(18), VISIBLE, SHIFTED, "15"),
    attack("a page of HTML behind the end", lambda: one() + b"<html><body>900</body></html>", VISIBLE, SHIFTED, "15"),
    attack("a page of HTML in front", lambda: b"<html>" + one(), UNEXPLAINED, Reason.UNREADABLE, "27"),
    attack("a timestamp that draws, by a stranger", lambda: drawn_timestamp(one(), strange_authority()), UNEXPLAINED, ODD),
    attack("a timestamp that draws, by our authority", lambda: drawn_timestamp(one(), PKI.tsa), UNEXPLAINED, ODD),
    attack(
        "a colleague's valid stamp over the page",
        lambda: sign(one(), Signing(identity=colleague(), field="X", box=(0, 0, 595, 842))),
        UNEXPLAINED,
        ODD,
    ),
    attack(
        "a colleague's stamp over several lines",
        lambda: sign(one(), Signing(identity=colleague(), field="X", box=(0, 650, 595, 842))),
        UNEXPLAINED,
        ODD,
    ),
    attack("a colleague's stamps side by side", stamps_side_by_side, UNEXPLAINED, ODD),
    attack(
        "a stranger's stamp over the page",
        lambda: sign(one(), Signing(identity=strange_authority(), field="X", box=(0, 0, 595, 842))),
        UNEXPLAINED,
        ODD,
    ),
    attack(
        "a frame with the name of the seal to come",
        lambda: sign(update(one(), forged_widget("Seal", in_form=False)), SEAL),
        UNEXPLAINED,
        ODD,
    ),
    attack("scripts that run on opening", put_in_catalogue("/OpenAction", script), VISIBLE, SEEN),
    attack("layers that hide", put_in_catalogue("/OCProperties", layers), VISIBLE, SEEN),
    attack("an outline with other words", put_in_catalogue("/Outlines", outline), UNEXPLAINED, ODD),
    attack("a file embedded afterwards", lambda: update(one(), attachment), UNEXPLAINED, ODD),
    attack("a range that ends early", ranges(lambda r: [*r[:3], r[3] - 1]), has_failed(SubIndication.HASH_FAILURE), None, "12"),
    attack("a range of nothing", ranges(lambda r: [0, 0, r[2], r[3]]), VISIBLE, Reason.GAP, "12"),
    attack("a negative range", ranges(lambda r: [0, -1, r[2], r[3]]), VISIBLE, Reason.GAP, "12"),
    attack("ranges that overlap", ranges(lambda r: [0, r[1], r[1] - 9, r[3]]), VISIBLE, Reason.GAP, "12"),
    attack("one range", ranges(lambda r: r[:2]), VISIBLE, Reason.GAP, "12"),
    attack("a wider gap", ranges(lambda r: [0, r[1], r[2] + 9, r[3] - 9]), VISIBLE, Reason.GAP, "13", "D1"),
)

CONTROLS = (
    attack("one signature", one, PASSED, None),
    attack("two signatures", two, PASSED, None),
    attack("a section that was prepared and not used", prepared, PASSED, None),
    attack("a second catalogue that was prepared and not used", with_second_catalogue, PASSED, None),
    attack("a form with its value", form_letter, PASSED, None),
    # Nobody reads it as the letter, and archives write it anew.
    attack("metadata written anew", put_in_catalogue("/Metadata", metadata), PASSED, None),
    attack("a timestamp that shows nothing", lambda: add_document_timestamp(one(), PKI.tsa, NOW), PASSED, None),
    attack("a colleague's stamp beside the text", lambda: sign(one(), Signing(identity=colleague(), field="X")), PASSED, None),
)
