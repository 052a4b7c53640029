import errno

import click
import pytest

import mailhub.checking.failures
import mailhub.settings
import storage.errors
from mailhub.cli.app import mailhub as program
from mailhub.cli.failures import EXPECTED, exit_code, sentence
from mailhub.errors import MailhubError, RefusedError, TryLaterError
from mailhub.language import Language, Text

TRY_LATER = (storage.errors.StorageUnavailableError, TryLaterError, mailhub.checking.failures.ReadersUnavailableError)


def below(kind):
    """The class and every class under it."""
    return [kind, *(found for child in kind.__subclasses__() for found in below(child))]


def made(kind):
    """An error of this kind, whatever its constructor takes."""
    error = kind.__new__(kind)
    if isinstance(error, MailhubError):
        MailhubError.__init__(error, "what happened")
    else:
        Exception.__init__(error, "what happened")
    return error


@pytest.mark.parametrize("kind", [*below(storage.errors.StorageError), *below(MailhubError)], ids=lambda kind: kind.__name__)
def test_every_error_has_its_exit_code_and_a_sentence_in_both_languages(kind):
    error = made(kind)
    assert isinstance(error, EXPECTED)
    assert exit_code(error) == (75 if issubclass(kind, TRY_LATER) else 1)
    assert all("what happened" in sentence(error, language) for language in Language)


def test_a_refusal_speaks_the_language_of_the_run():
    error = RefusedError(Text(vi="không", en="no"))
    assert [sentence(error, language) for language in Language] == ["không", "no"]
    assert str(error) == "no"


@pytest.mark.parametrize(
    ("number", "vi", "en"),
    [
        (errno.ENOENT, "x.pdf: không có tệp", "x.pdf: there is no such file"),
        (errno.EACCES, "x.pdf: không có quyền", "x.pdf: you may not"),
        (errno.EEXIST, "x.pdf: đã có", "x.pdf: is there already"),
        (errno.EROFS, "x.pdf: ổ đĩa chỉ cho đọc", "x.pdf: the disk is read-only"),
        (errno.ELOOP, "x.pdf: ", "x.pdf: "),
    ],
)
def test_the_operating_system_is_quoted_with_the_file(number, vi, en):
    error = OSError(number, "said", "x.pdf")
    assert sentence(error, Language.VI).startswith(vi)
    assert sentence(error, Language.EN).startswith(en)
    assert exit_code(error) == 1


def test_usage_is_2_and_an_interrupt_130():
    assert exit_code(click.UsageError("x")) == 2
    assert exit_code(click.BadParameter("x")) == 2
    assert exit_code(click.Abort()) == 130
    assert sentence(click.Abort(), Language.VI) == "Đã dừng."


@pytest.mark.parametrize(
    ("arguments", "vi", "en"),
    [
        (["submission", "--lang", "vi"], "thiếu lệnh (xem: mailhub submission --help)", "missing command (see: "),
        (["submission", "show", "1", "2"], "thừa: 2", "too much: 2"),
        (["submission", "list", "a", "b {c}"], "thừa: a b {c}", "too much: a b {c}"),
        (["submission", "show", "1", "--json=yes"], "--json không nhận giá trị", "--json takes no value"),
        (["submission", "list", "--limit"], "--limit cần một giá trị", "--limit needs a value"),
    ],
)
def test_what_the_library_says_of_usage_is_said_in_both_languages(arguments, vi, en):
    with pytest.raises(click.UsageError) as caught:
        program.main(arguments, prog_name="mailhub", standalone_mode=False)
    assert sentence(caught.value, Language.VI).startswith(vi)
    assert sentence(caught.value, Language.EN).startswith(en)
