"""Any bytes as the fields that name an attachment, as encoded words, as addresses; and any name through any form and back."""

import atheris

from tests.fuzz.harness import corpus, run

with atheris.instrument_imports(include=["parsers"]):
    from parsers.mail.addresses import parse_address_list
    from parsers.mail.encoded_words import decode_tangled
    from parsers.mail.filenames import MAX_NAME_BYTES, resolve_filename, safe_name
    from parsers.mail.message import parse_message
    from parsers.mail.parameters import read_field_value

from tests.parsers.mail.name_forms import ATTACHMENT, FORMS
from tests.parsers.mail.test_name_forms import ALPHABET, NAMES

FORM_NAMES = sorted(FORMS)
LETTERS = tuple(dict.fromkeys(ALPHABET))


def read(data: bytes) -> None:
    """Reading never raises, a resolved name is safe, and what a form wrote is what is read."""
    check_fields(data)
    if len(data) > 1:
        check_form(FORM_NAMES[data[0] % len(FORM_NAMES)], data[1:])


def check_fields(data: bytes) -> None:
    """The bytes as values of the fields that hold names."""
    disposition, _, content_type = data.partition(b"\n")
    found = resolve_filename(read_field_value(disposition), read_field_value(content_type))
    assert found.name is None or found.name == safe_name(found.name).name
    assert found.name is None or len(found.name.encode()) <= MAX_NAME_BYTES
    decode_tangled(data).text.encode()
    for mailbox in parse_address_list(data, 100).mailboxes:
        mailbox.address.encode()
        assert "\n" not in mailbox.name


def check_form(form: str, data: bytes) -> None:
    """A name made of these bytes comes back from the form, where it is a safe name."""
    name = "".join(LETTERS[byte % len(LETTERS)] for byte in data[:80]) + ".pdf"
    if safe_name(name).name == name:
        field = FORMS[form](name)
        part = b"" if field.startswith(b"Content-Type") else b"Content-Type: application/pdf\r\n"
        read_back = parse_message(part + field + b"\r\nx").root.filename
        assert read_back == name, (form, name, read_back)


def seeds() -> list[bytes]:
    """Every form of some names, and the fields of third-party mails that hold names."""
    written = [form(name).removeprefix(ATTACHMENT).replace(b"\r\n", b"") for form in FORMS.values() for name in NAMES]
    fields = [
        line
        for raw in corpus("mail/stalwart/**/*.eml", "mail/mikel/**/*.eml")
        for line in raw.replace(b"\r\n", b"\n").replace(b"\n ", b" ").replace(b"\n\t", b" ").split(b"\n")
        if b"name" in line[:200] or b"=?" in line
    ]
    return [*written, *fields]


if __name__ == "__main__":
    run("names", read, seeds(), longest=2000)
