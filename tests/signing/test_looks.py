"""Where a seal goes on a page, however the page lies."""

import subprocess
from io import BytesIO

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from mailhub.signing.errors import KeyUnusableError
from mailhub.signing.look import Look, Sheet
from mailhub.signing.pdf import Act, sign_pdf
from mailhub.signing.places import SignablePdf
from mailhub.signing.stamps import read_picture, seal_stamp, text_stamp
from tests.pki.authority import NOW
from tests.pki.documents import Signing, letter, sign
from tests.signing.pictures import png

TURNS = (0, 90, 180, 270)
LINES = ("Sao y", "Văn phòng Ủy ban nhân dân tỉnh Mẫu", "2024-08-09T07:10:00+07:00")

sheets = st.builds(
    Sheet,
    left=st.sampled_from((0.0, -20.0, 36.0)),
    bottom=st.sampled_from((0.0, 15.0)),
    right=st.sampled_from((595.0, 842.0)),
    top=st.sampled_from((842.0, 1190.0)),
    turn=st.sampled_from(TURNS),
)


@given(sheets, st.floats(-100, 900), st.floats(-100, 1300))
def test_a_point_seen_is_the_same_point_of_the_page(sheet, x, y):
    assert sheet.own(*sheet.seen(x, y)) == pytest.approx((x, y))


@given(sheets, st.floats(60, 500), st.floats(60, 700))
def test_a_seal_covers_the_left_third_of_a_signature_as_the_reader_sees_it(sheet, left, bottom):
    left, bottom = min(left, sheet.width - 130), min(bottom, sheet.height - 150)
    corners = sheet.own(left, bottom), sheet.own(left + 120, bottom + 40)
    rectangle = tuple(choose(corner[axis] for corner in corners) for choose in (min, max) for axis in (0, 1))
    box = sheet.beside(rectangle, (50, 50))
    seen = sorted((sheet.seen(*box[:2]), sheet.seen(*box[2:])))
    assert seen[1][0] == pytest.approx(left + 40, abs=2)
    assert (seen[0][1] + seen[1][1]) / 2 == pytest.approx(bottom + 20, abs=2)


@given(sheets, st.floats(-500, 2000), st.floats(-500, 2000))
def test_nothing_is_put_beside_the_page(sheet, left, bottom):
    x1, y1, x2, y2 = sheet.box(left, bottom, (100, 80))
    assert sheet.left - 1 <= x1 < x2 <= sheet.right + 1.5
    assert sheet.bottom - 1 <= y1 < y2 <= sheet.top + 1.5


def turned(turn):
    """A letter whose page is shown turned, as scanners leave them."""
    writer = IncrementalPdfFileWriter(BytesIO(letter()))
    page, _ = writer.find_page_for_modification(0)
    page.get_object()["/Rotate"] = generic.NumberObject(turn)
    writer.update_container(page.get_object())
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


RED = bytes((0x2E, 0x10, 0xC8))
"""The colour of our pictures as the renderer writes it: blue, green, red."""


def ink(pdf):
    """The box of what is red, as shares of the page that the reader sees: left, top, right, bottom."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    image = document[0].render(scale=1, may_draw_forms=True, rev_byteorder=False)
    data, found = bytes(image.buffer), []
    for y in range(image.height):
        row = data[y * image.stride : y * image.stride + image.width * image.n_channels]
        if RED in row:
            found.append((row.find(RED) // image.n_channels, row.rfind(RED) // image.n_channels, y))
    return (
        min(item[0] for item in found) / image.width,
        found[0][2] / image.height,
        max(item[1] for item in found) / image.width,
        found[-1][2] / image.height,
    )


@pytest.mark.parametrize("turn", TURNS)
def test_a_stamp_stands_upright_at_the_top_right_however_the_page_lies(seal_key, tmp_path, turn):
    pdf = turned(turn)
    stamp = seal_stamp(read_picture(png(tmp_path / "wide.png", 60, 20), 30))
    sheet = SignablePdf(pdf).sheet(0)
    look = Look(page=0, box=sheet.top_right(stamp.size, side=40, above=20), picture=stamp.pdf, turn=sheet.turn)
    with seal_key.opened() as key:
        signed = sign_pdf(pdf, key, Act(field="A", moment=NOW, look=look)).content
    left, top, right, bottom = ink(signed)
    assert right == pytest.approx(1 - 40 / sheet.width, abs=0.01)
    assert top == pytest.approx(20 / sheet.height, abs=0.01)
    # 30 mm by 10 mm: lying on its side it would be higher than wide.
    assert (right - left) * sheet.width == pytest.approx(85, abs=3)
    assert (bottom - top) * sheet.height == pytest.approx(28, abs=3)


def test_words_are_set_with_every_vietnamese_sign_in_one_size(tmp_path):
    stamp = text_stamp(LINES)
    document = pypdfium2.PdfDocument(stamp.pdf)
    text = document[0].get_textpage().get_text_bounded()
    assert [line.strip() for line in text.splitlines()] == list(LINES)
    (tmp_path / "stamp.pdf").write_bytes(stamp.pdf)
    fonts = subprocess.run(["pdffonts", tmp_path / "stamp.pdf"], capture_output=True, text=True, check=True).stdout
    assert "LibertinusSerif-Regular" in fonts
    assert "Bold" not in fonts


def test_a_long_name_is_wrapped_and_stays_inside_the_margins():
    stamp = text_stamp(("Trích sao", "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân tỉnh Mẫu và nhiều chữ nữa", LINES[2]))
    assert stamp.size[0] < 205


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"GIF89a" + b"0" * 40, "no .png"), (b"", "no .png"), (b"\x89PNG\r\n\x1a\n", "no .png")],
)
def test_a_picture_of_another_kind_is_refused(tmp_path, content, words):
    path = tmp_path / "seal.png"
    path.write_bytes(content)
    with pytest.raises(KeyUnusableError, match=words):
        read_picture(path, 36)


def test_a_picture_without_transparency_would_hide_the_signature_and_is_refused(tmp_path):
    with pytest.raises(KeyUnusableError, match="transparent"):
        read_picture(png(tmp_path / "opaque.png", 10, 10, alpha=False), 36)


def test_a_damaged_picture_is_refused_in_a_sentence(tmp_path):
    path = png(tmp_path / "seal.png", 10, 10)
    content = path.read_bytes()
    path.write_bytes(content[:45] + b"damaged!" + content[53:])
    with pytest.raises(KeyUnusableError, match="damaged"):
        seal_stamp(read_picture(path, 36))


def test_a_missing_picture_is_named_with_its_setting(tmp_path):
    with pytest.raises(KeyUnusableError, match=r"signing\.seal_picture"):
        read_picture(tmp_path / "seal.png", 36)


def test_the_place_of_a_signature_is_found_on_any_page(pki):
    signed = sign(letter(3), Signing(identity=pki.person, field="Leader", page=2, box=(300, 100, 470, 130)))
    place = SignablePdf(signed).place_of("Leader")
    assert (place.page, place.rectangle) == (2, (300, 100, 470, 130))


def test_an_invisible_signature_has_no_place(pki):
    signed = sign(letter(), Signing(identity=pki.person, field="Leader", box=None))
    assert SignablePdf(signed).place_of("Leader").rectangle is None
