"""The engine's reader with bounds for hostile files, with quick reading of plain objects and of object streams."""

from dataclasses import dataclass
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DecodePurpose, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.misc import PdfReadError, PdfStreamError, read_non_whitespace
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.pdf_utils.xref import ObjStreamRef

from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.pdf_guard import WHITESPACE, end_of_last_revision
from parsers.signatures.pdf_references import NO_PAGES
from parsers.signatures.pdf_sections import PlainSections
from parsers.signatures.pdf_syntax import NotPlainError, PlainReader

PLAIN_PAGE = generic.DictionaryObject({generic.pdf_name("/Type"): generic.pdf_name("/Page")})


class History(HistoricalResolver):
    """One revision as the engine's rules see it. A remote page is shown to them as one without annotations.

    They look through all pages for annotations and for the ways to changed objects; there are none of either there. Numbers
    under which no revision ever wrote an object are left out, since the rules stumble over references to them and over lists
    that free them: some programs write both, and nothing is shown by either.
    """

    reader: "BoundedReader"

    def refs_freed_in_revision(self) -> set[generic.Reference]:
        """The objects that this revision frees."""
        return {found for found in self.reader.xrefs.refs_freed_in_revision(self.revision) if self.was_written(found)}

    def explicit_refs_in_revision(self) -> set[generic.Reference]:
        """The objects that this revision writes or frees."""
        freed = self.reader.xrefs.refs_freed_in_revision(self.revision)
        found: set[generic.Reference] = self.reader.xrefs.explicit_refs_in_revision(self.revision)
        return {one for one in found if one not in freed or self.was_written(one)}

    def was_written(self, ref: generic.Reference) -> bool:
        """Whether this revision or an earlier one wrote an object under a number."""
        for number in range(self.revision + 1):
            data = self.reader.xrefs.get_xref_data(number)
            for section in (data, data.hybrid.xref_data) if data.hybrid is not None else (data,):
                if ref.idnum in section.standard_xrefs or ref.idnum in section.xrefs_in_objstm:
                    return True
        return False

    def _collect_indirect_references(self, obj: object, seen: set[generic.Reference], since_revision: int | None = None) -> None:
        if not isinstance(obj, generic.IndirectObject) or self.was_written(obj.reference):
            super()._collect_indirect_references(obj, seen, since_revision)  # type: ignore[no-untyped-call]

    def get_object(self, ref: generic.Reference, as_metadata_stream: bool = False) -> generic.PdfObject:  # noqa: FBT001, FBT002
        """The object as of this revision."""
        if (ref.idnum, ref.generation) in self.reader.remote:
            return PLAIN_PAGE
        found: generic.PdfObject = super().get_object(ref, as_metadata_stream)
        return found


class BoundedReader(PdfFileReader):
    """Reads the table of an object stream once; the engine reads and decodes it again for every object in it.

    Gives for every object what the engine gives when it is not strict. `doubtful` are the numbers of objects that viewers
    may read differently: a dictionary in them defines a key twice, or their spelling is so unusual that this is not known.
    `remote` are the pages from which no object written later can be reached, once that was found out. `cut` says that
    something stands behind the place up to which cross-references are looked for.
    """

    def __init__(self, content: bytes, limits: SignatureLimits, read_to: int | None = None) -> None:
        self.content = content
        self.cut = bool(content[len(content) if read_to is None else read_to :].strip(WHITESPACE))
        self.streams: dict[int, StreamTable] = {}
        self.doubtful: set[int] = set()
        self.remote = NO_PAGES
        super().__init__(
            BytesIO(content[:read_to]),
            # Strict reading would refuse a third of all official files.
            strict=False,
            decode_limits=DecodeLimits(
                per_stream=StreamDecodeLimits(max_output_size=limits.stream_bytes),
                document_budget=DocumentDecodeBudget(base_allowance=limits.document_bytes, max_ratio=limits.expansion),
            ),
        )
        self.stream = BytesIO(content)

    def get_historical_resolver(self, revision: int) -> HistoricalResolver:
        """The view of one revision, in which remote pages are not read."""
        if revision not in self._historical_resolver_cache:
            self._historical_resolver_cache[revision] = History(self, revision)
        return self._historical_resolver_cache[revision]

    def _read_object(
        self,
        ref: generic.Reference,
        marker: int | ObjStreamRef | None,
        never_decrypt: bool = False,  # noqa: FBT001, FBT002 - the engine's own signature.
        as_metadata_stream: bool = False,  # noqa: FBT001, FBT002
    ) -> generic.PdfObject:
        if not isinstance(marker, int) or as_metadata_stream:
            usual: generic.PdfObject = super()._read_object(ref, marker, never_decrypt, as_metadata_stream)
            return usual
        reading = PlainReader(self.content, marker, generic.Reference(ref.idnum, ref.generation, self))
        try:
            found = reading.indirect_object()
        except NotPlainError:
            self.doubtful.add(ref.idnum)
            return self.unusual_indirect_object(ref, marker, never_decrypt=never_decrypt)
        if reading.repeated:
            self.doubtful.add(ref.idnum)
        if never_decrypt or not self.encrypted:
            return found
        hidden: generic.PdfObject = generic.proxy_encrypted_obj(found, self.security_handler)
        return hidden

    def is_doubtful(self, revision: int) -> bool:
        """Whether viewers may read something that a revision wrote, its section or its trailer differently."""
        try:
            if not PlainSections(self).are_plain(revision):
                return True
            written = self.xrefs.explicit_refs_in_revision(revision)
            for reference in written:
                current = self.xrefs.get_last_change(reference) == revision
                self.get_object(reference, None if current else revision)  # type: ignore[no-untyped-call]
        except ENGINE_FAULTS:
            return True
        return any(reference.idnum in self.doubtful for reference in written)

    def unusual_indirect_object(self, ref: generic.Reference, marker: int, *, never_decrypt: bool) -> generic.PdfObject:
        """An object that only the engine reads. A comment at the end of a file without a line end would keep it for ever."""
        stream = self.stream
        self.stream = BytesIO(self.content + b"\n")
        try:
            found: generic.PdfObject = super()._read_object(ref, marker, never_decrypt=never_decrypt)
        finally:
            self.stream = stream
        return found

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
        if not table.is_clear(idnum, idx):
            self.doubtful.add(idnum)
        reading = PlainReader(table.data, table.positions[idnum], generic.Reference(idnum, 0, self))
        try:
            found = reading.packed_object()
        except NotPlainError:
            return self.unusual_object(idnum, table)
        if reading.repeated:
            self.doubtful.add(idnum)
        return found

    def unusual_object(self, idnum: int, table: "StreamTable") -> generic.PdfObject:
        """An object in an object stream that only the engine reads."""
        self.doubtful.add(idnum)
        stream = BytesIO(table.data + b"\n")
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


def open_pdf(content: bytes, limits: SignatureLimits) -> BoundedReader:
    """Open a file. Behind the end of one whose last bytes are no end, something else stands; it is read up to its end.

    The engine looks for the end in the last kilobyte only and gives up at anything else there.
    """
    try:
        return BoundedReader(content, limits)
    except ENGINE_FAULTS:
        end = end_of_last_revision(content)
        if not end or end == len(content):
            raise
        return BoundedReader(content, limits, end)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamTable:
    """A decoded object stream, where each object begins, and how many it claims to hold (ISO 32000-2, 7.5.7).

    `numbers` are those in its head, in order.
    """

    data: bytes
    positions: dict[int, int]
    count: int
    cut_off: bool
    numbers: tuple[int, ...] = ()

    def is_clear(self, number: int, index: int) -> bool:
        """Whether programs that look for an object by its number and such that look by its index find the same one."""
        return len(self.positions) == len(self.numbers) and self.numbers[index : index + 1] == (number,)


def read_table(data: bytes, first: int, count: int) -> StreamTable:
    """Object numbers and offsets from the head of an object stream; the first of equal numbers counts."""
    found: dict[int, int] = {}
    numbers: list[int] = []
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
        numbers.append(int(number))
        found.setdefault(int(number), first + offset)
    return StreamTable(data=data, positions=found, count=count, cut_off=cut_off, numbers=tuple(numbers))
