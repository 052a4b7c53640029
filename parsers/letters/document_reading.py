"""What one document of a mail says and is, before it is known which letter it belongs to."""

from dataclasses import dataclass

from parsers.files.containers import FileKind
from parsers.folding import fold, words_of
from parsers.letter import LetterFields, LetterRules
from parsers.letters.enclosures import announced_enclosures
from parsers.letters.fields import read_fields
from parsers.letters.letterhead import find_head
from parsers.letters.mail_text import own_text
from parsers.letters.phrases import opens_with
from parsers.letters.references import references_in
from parsers.text.document_text import DocumentText

_LETTER_KINDS = frozenset({FileKind.PDF, FileKind.WORD, FileKind.TEXT})


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """A document with what was read of it. `index` is its place in the mail.

    `headed` documents bear the state's or the Party's header, `hinted` ones look like enclosures by name or first line;
    `cited` are the folded references anywhere in the text, `announced` those among its enclosures.
    """

    index: int
    document: DocumentText
    fields: LetterFields
    headed: bool
    hinted: bool
    cited: frozenset[str]
    announced: frozenset[str] = frozenset()

    @property
    def path(self) -> str:
        """Path of the file."""
        return self.document.path

    @property
    def key(self) -> str:
        """The folded reference, empty without one."""
        return fold(self.fields.reference.value) if self.fields.reference else ""

    @property
    def numbered(self) -> bool:
        """Whether the document is a letter by its head: an own number, and an agency, a header or a date."""
        return bool(self.key) and self.document.kind in _LETTER_KINDS and (self.headed or self.fields.issued_on is not None)


@dataclass(frozen=True, slots=True)
class MailContext:
    """The mail around the documents. `named` are the folded references in its subject and its own text."""

    subject: str
    body: str
    rules: LetterRules
    named: frozenset[str]


@dataclass(slots=True)
class LetterGroup:
    """A letter in the making: its main document and the files that go with it."""

    main: DocumentReading
    others: list[DocumentReading]
    doubtful: bool = False


def mail_context(subject: str, body: str, rules: LetterRules) -> MailContext:
    """What the readers of letters need to know of the mail."""
    return MailContext(subject, body, rules, _references(f"{subject}\n{own_text(body, rules)}", rules))


def read_document(index: int, document: DocumentText, rules: LetterRules) -> DocumentReading:
    """Read one document as if it were a letter; an annex has no fields of its own."""
    may_be_letter = document.kind in _LETTER_KINDS and document.has_text
    head = find_head(document.pages, rules) if may_be_letter else None
    annex = _opens_as_annex(document, rules)
    announced = announced_enclosures(document.pages, rules) if head and not annex else ()
    return DocumentReading(
        index=index,
        document=document,
        fields=read_fields(document.pages, rules) if head and not annex else LetterFields(),
        headed=head is not None and head.state is not None and not annex,
        hinted=annex or _hinted(document.name, rules),
        cited=_references(document.text(), rules),
        announced=_references(" ; ".join(one.title for one in announced), rules),
    )


def _references(text: str, rules: LetterRules) -> frozenset[str]:
    return frozenset(fold(reference.printed) for reference in references_in(text, rules))


def _opens_as_annex(document: DocumentText, rules: LetterRules) -> bool:
    """Whether the first line of the document is the heading of an annex."""
    lines = [line for line in document.pages[0].lines if not line.stamped] if document.pages else []
    counted = tuple(noun for noun in rules.counted_nouns if noun in rules.annex_headings)
    return bool(lines) and opens_with(counted, lines[0].text) is not None


def _hinted(name: str, rules: LetterRules) -> bool:
    words = " ".join(words_of(name.rpartition(".")[0] or name))
    return any(
        f" {hint} " in f" {words} " or (words.startswith(hint) and words[len(hint) :][:1].isdigit())
        for hint in rules.enclosure_file_hints
    )
