"""What happened to a PDF after one of its signatures."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import takewhile

from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.findings import fault
from parsers.signatures.judged import Aftermath
from parsers.signatures.model import Coverage, Modification, Reason
from parsers.signatures.pdf_fields import FieldSignature
from parsers.signatures.pdf_guard import all_listed
from parsers.signatures.pdf_objects import TooManyObjectsError
from parsers.signatures.pdf_pages import Changes, DocumentPrint, Fingerprints, compare
from parsers.signatures.pdf_reader import BoundedReader
from parsers.signatures.pdf_references import NO_PAGES, pages_of, remote_pages
from parsers.signatures.pdf_rules import RULES
from parsers.signatures.pdf_sections import ends_in_sight

COVERAGES = {
    SignatureCoverageLevel.UNCLEAR: Coverage.UNCLEAR,
    SignatureCoverageLevel.CONTIGUOUS_BLOCK_FROM_START: Coverage.PARTIAL,
    SignatureCoverageLevel.ENTIRE_REVISION: Coverage.ENTIRE_REVISION,
    SignatureCoverageLevel.ENTIRE_FILE: Coverage.ENTIRE_FILE,
}
LEVELS = {
    ModificationLevel.NONE: Modification.NONE,
    ModificationLevel.LTA_UPDATES: Modification.LTA,
    ModificationLevel.FORM_FILLING: Modification.SIGNATURES,
}


MAX_REVISIONS = 100
"""Revisions up to which each update is explained; the engine compares every pair of them."""


class Revisions:
    """The revisions of one file, compared with the last one; fingerprints are made once a revision."""

    def __init__(self, reader: BoundedReader, size: int, signatures: Iterable[FieldSignature], max_pages: int) -> None:
        self.reader = reader
        self.size = size
        self.last = reader.total_revisions - 1
        self.explained = self.last < MAX_REVISIONS
        ends = [signature.end for signature in signatures if signature.end]
        oldest = min(map(self.at, ends), default=self.last)
        self.changed = self.changed_since(oldest)
        self.all_listed = all_listed(reader.content, min(ends, default=size), self.places())
        self.fingerprints = Fingerprints(self.changed, max_pages)
        self.prints: dict[int, DocumentPrint] = {}
        self.doubtful: dict[int, bool] = {}

    def at(self, end: int) -> int:
        """The newest revision up to which all cross-reference sections lie inside the first `end` bytes; -1 if there is none.

        A later section may lie there too: what comes after a signature can lead back into something prepared before it.
        """
        inside = takewhile(lambda number: self.section_end(number) <= end, range(self.last + 1))
        return max(inside, default=-1)

    def section_end(self, revision: int) -> int:
        """Where the cross-reference section of a revision ends."""
        return int(self.reader.xrefs.get_xref_container_info(revision).end_location)

    def places(self) -> Iterator[int]:
        """Where objects begin by the cross-reference sections, and where these and their trailers begin themselves."""
        for number in range(self.last + 1):
            data = self.reader.xrefs.get_xref_data(number)
            yield int(self.reader.xrefs.get_xref_container_info(number).start_location)
            yield self.section_end(number)
            yield from (place for _generation, place in data.standard_xrefs.values())
            if data.hybrid is not None:
                yield int(data.hybrid.meta_info.start_location)
                yield from (place for _generation, place in data.hybrid.xref_data.standard_xrefs.values())

    def is_found_alike(self) -> bool:
        """Whether those who do not find the end of the file, and look for objects themselves, find the same as we do."""
        if ends_in_sight(self.reader.content):
            return True
        newest: dict[int, int] = {}
        packed: set[int] = set()
        for number in range(self.last + 1):
            data = self.reader.xrefs.get_xref_data(number)
            if data.hybrid is not None or any(place < newest.get(one, 0) for one, (_, place) in data.standard_xrefs.items()):
                return False
            newest.update({one: place for one, (_generation, place) in data.standard_xrefs.items()})
            packed.update(data.xrefs_in_objstm)
        return not packed and all_listed(self.reader.content, 0, self.places())

    def changed_since(self, revision: int) -> frozenset[int]:
        """Numbers of the objects that any later revision writes or frees."""
        changed: set[int] = set()
        for later in range(revision + 1, self.last + 1):
            written = self.reader.xrefs.explicit_refs_in_revision(later)
            freed = self.reader.xrefs.refs_freed_in_revision(later)
            changed.update(reference.idnum for reference in (*written, *freed))
        return frozenset(changed)

    def containers_replaced(self, revision: int) -> bool:
        """Whether an object stream in use was written anew: its objects would change without being listed as changed."""
        changed = self.changed_since(revision)
        for earlier in range(revision + 1):
            if any(stream.idnum in changed for stream in self.reader.xrefs.object_streams_used_in(earlier)):
                return True
        return False

    def doubtful_since(self, revision: int) -> bool:
        """Whether viewers may read something written later differently, so that a comparison would prove nothing."""
        for later in range(revision + 1, self.last + 1):
            if later not in self.doubtful:
                self.doubtful[later] = self.reader.is_doubtful(later)
        return any(self.doubtful[later] for later in range(revision + 1, self.last + 1))

    def print_of(self, revision: int) -> DocumentPrint:
        """The fingerprint of one revision."""
        if revision not in self.prints:
            view = self.reader if revision == self.last else self.reader.get_historical_resolver(revision)
            self.prints[revision] = self.fingerprints.of(view, view.root)
        return self.prints[revision]

    def leave_out_remote_pages(self, revision: int) -> None:
        """Pages that cannot have changed are not compared, as long as all revisions have the same page tree."""
        if not self.prints:
            self.reader.remote = self.fingerprints.remote = remote_pages(self.reader, self.changed)
        trees = {pages_of(self.reader.get_historical_resolver(number).root) for number in (revision, self.last)}
        if self.fingerprints.remote and (len(trees) > 1 or self.containers_replaced(revision)):
            self.reader.remote = self.fingerprints.remote = NO_PAGES
            self.prints.clear()

    def changes_since(self, revision: int, sealed_fields: frozenset[str]) -> Changes:
        """What the last revision shows or does differently."""
        self.leave_out_remote_pages(revision)
        later = self.print_of(self.last)
        return compare(self.print_of(revision), later, sealed_fields)


def aftermath(signature: FieldSignature, revisions: Revisions, sealed_fields: frozenset[str]) -> Aftermath:
    """Coverage and modification of one signature; what cannot be compared is UNKNOWN, never unchanged."""
    embedded, signed = signature.embedded, signature.signed
    if embedded is None or signed is None:
        return Aftermath()
    if signed.end == revisions.size:
        # The gap holds nothing but the value; the engine counts its digits only and not white space between them.
        return Aftermath(coverage=Coverage.ENTIRE_FILE, modification=Modification.NONE, reason=None)
    try:
        coverage = COVERAGES[embedded.evaluate_signature_coverage()]
        base = revisions.at(signed.end)
        prepared = coverage is Coverage.ENTIRE_REVISION and base != embedded.signed_revision
        if base < 0 or prepared or coverage in {Coverage.UNCLEAR, Coverage.ENTIRE_FILE}:
            return Aftermath(coverage=Coverage.UNCLEAR, reason=Reason.UNEXPLAINED_UPDATE)
        return since_revision(embedded, revisions, base, coverage, sealed_fields)
    except TooManyObjectsError as error:
        return Aftermath(reason=Reason.LIMIT, detail=str(error))
    except ENGINE_FAULTS as error:
        return Aftermath(detail=fault(error))


def since_revision(
    embedded: EmbeddedPdfSignature, revisions: Revisions, base: int, coverage: Coverage, sealed_fields: frozenset[str]
) -> Aftermath:
    """First what a reader sees, then what the engine's rules make of the update."""
    if base == revisions.last:
        return behind_last_mark(revisions, coverage)
    changes = revisions.changes_since(base, sealed_fields)
    found = Aftermath(coverage=coverage, pages=changes.pages, fields=changes.fields)
    if changes.visible:
        return replace(found, modification=Modification.VISIBLE, reason=Reason.BEHAVIOUR_CHANGE if changes.behaviour else None)
    if changes.fields:
        return replace(found, modification=Modification.FORM, reason=None)
    if coverage is not Coverage.ENTIRE_REVISION or changes.stamps or is_unclear(revisions, base):
        return replace(found, modification=Modification.UNKNOWN, reason=Reason.UNEXPLAINED_UPDATE)
    if not revisions.explained:
        return replace(found, modification=Modification.UNKNOWN, reason=Reason.LIMIT)
    return by_rules(embedded, revisions.reader, found, base)


def behind_last_mark(revisions: Revisions, coverage: Coverage) -> Aftermath:
    """What follows the last revision is white space. Where it hides the end, some programs look for objects themselves."""
    if revisions.is_found_alike():
        return Aftermath(coverage=coverage, modification=Modification.NONE, reason=None)
    return Aftermath(coverage=coverage, reason=Reason.UNSIGNED_DATA, detail="white space far behind the last end mark")


def is_unclear(revisions: Revisions, base: int) -> bool:
    """Whether viewers may see something else in the later revisions than we do."""
    if not revisions.is_found_alike():
        return True
    return not revisions.all_listed or revisions.doubtful_since(base) or revisions.containers_replaced(base)


def by_rules(embedded: EmbeddedPdfSignature, reader: BoundedReader, found: Aftermath, base: int) -> Aftermath:
    """The engine's difference analysis; DocMDP is compared here, so that a conflict is told from an unexplained update."""
    result = RULES.review_file(reader, base, field_mdp_spec=embedded.fieldmdp, doc_mdp=None)
    if not isinstance(result, DiffResult):
        return replace(found, modification=Modification.UNKNOWN, reason=Reason.UNEXPLAINED_UPDATE, detail=str(result)[:200])
    level = result.modification_level
    if level not in LEVELS:
        return replace(found, modification=Modification.UNKNOWN, reason=Reason.UNEXPLAINED_UPDATE)
    allowed = embedded.docmdp_level
    permitted = allowed is None or level.value <= allowed.value
    return replace(found, modification=LEVELS[level], reason=None, permitted=permitted)
