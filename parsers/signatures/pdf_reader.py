"""The engine's reader with bounds for hostile files, and without its quadratic search in object streams."""

from dataclasses import dataclass
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DecodePurpose, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.misc import PdfReadError, PdfStreamError, read_non_whitespace
from pyhanko.pdf_utils.reader import PdfFileReader

from parsers.signatures.limits import SignatureLimits


class BoundedReader(PdfFileReader):
    """Reads the table of an object stream once; the engine reads and decodes it again for every object in it.

    Gives for every object what the engine gives when it is not strict.
    """

    def __init__(self, content: bytes, limits: SignatureLimits) -> None:
        self.streams: dict[int, StreamTable] = {}
        super().__init__(
            BytesIO(content),
            # Strict reading would refuse a third of all official files.
            strict=False,
            decode_limits=DecodeLimits(
                per_stream=StreamDecodeLimits(max_output_size=limits.stream_bytes),
                document_budget=DocumentDecodeBudget(base_allowance=limits.document_bytes, max_ratio=limits.expansion),
            ),
        )

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> generic.PdfObject:
        if stmnum not in self.streams:
            self.streams[stmnum] = self.read_stream(stmnum)
        table = self.streams[stmnum]
        if not 0 <= idx < table.count:
            return generic.NullObject()
        if idnum not in table.positions:
            if table.cut_off:
                raise PdfStreamError(f"the table of object stream {stmnum} ends prematurely")
            return generic.NullObject()
        stream = BytesIO(table.data)
        stream.seek(table.positions[idnum])
        try:
            found = generic.read_object(stream, generic.Reference(idnum, 0, self))
        except (PdfStreamError, PdfReadError):
            return generic.NullObject()
        if not isinstance(found, generic.StreamObject | generic.IndirectObject):
            # The engine looks at what follows the object and complains about a comment without an end.
            read_non_whitespace(stream, seek_back=True, allow_eof=True)
        return found

    def read_stream(self, stmnum: int) -> "StreamTable":
        """Decode an object stream and read its table."""
        stream = generic.Reference(stmnum, 0, self).get_object()
        if not isinstance(stream, generic.StreamObject) or stream["/Type"] != "/ObjStm":
            raise PdfReadError(f"object {stmnum} is no object stream")
        data = stream.read_data(DecodePurpose.OBJECT_STREAM)
        return read_table(data, stream["/First"], stream["/N"])


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamTable:
    """A decoded object stream, where each object begins, and how many it claims to hold (ISO 32000-2, 7.5.7)."""

    data: bytes
    positions: dict[int, int]
    count: int
    cut_off: bool


def read_table(data: bytes, first: int, count: int) -> StreamTable:
    """Object numbers and offsets from the head of an object stream; the first of equal numbers counts."""
    found: dict[int, int] = {}
    cut_off = False
    head = BytesIO(data)
    for _index in range(count):
        try:
            read_non_whitespace(head, seek_back=True)
            number = generic.NumberObject.read_from_stream(head)
            read_non_whitespace(head, seek_back=True)
            offset = generic.NumberObject.read_from_stream(head)
            read_non_whitespace(head, seek_back=True)
        except PdfStreamError:
            cut_off = True
            break
        except ValueError:
            break
        found.setdefault(int(number), first + offset)
    return StreamTable(data=data, positions=found, count=count, cut_off=cut_off)
