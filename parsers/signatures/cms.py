"""Checks every signature of a CMS message: opaque, detached with its document beside it, or a timestamp that stands alone.

What wraps another signature (`x.pdf.p7m`, or one .p7m in another) vouches for the bytes inside and for nothing in them: the
file inside is checked as a file of its own by whoever opens containers, and `covers` ties the two together. Here the layers
are only counted, so that nobody is led through hundreds of them.
"""

from parsers.signatures.beside import Beside, by_digest, by_name
from parsers.signatures.cms_evidence import evidence_of
from parsers.signatures.cms_message import SignedMessage, UnsignedMessageError, read_message
from parsers.signatures.cms_signers import signer_of
from parsers.signatures.cms_stamps import is_token, stamped_digest
from parsers.signatures.cms_walk import MailView, Walk
from parsers.signatures.findings import Findings, Request, fault
from parsers.signatures.loop import run
from parsers.signatures.model import Reason


def check_cms(content: bytes, request: Request) -> Findings:
    """Check a file; whatever the engine raises is a problem of this file, never an exception."""
    try:
        message = read_message(content)
        return check_message(message, document_of(message, request), request)
    except UnsignedMessageError as error:
        return Findings(problem=error.reason, detail=error.detail, seen=int(error.reason is Reason.UNREADABLE))
    except Exception as error:  # noqa: BLE001 - a hostile file chooses what the engine raises; "not checked" is the only answer.
        return Findings(problem=Reason.UNREADABLE, detail=fault(error), seen=1)


def document_of(message: SignedMessage, request: Request) -> bytes | None:
    """What the signatures are over: the content inside, else the file beside; None where there is neither.

    A digest that was signed finds its file whatever that is called. A name alone leads to a file that may have been altered:
    then the digest will say so.
    """
    if is_token(message):
        found = stamped_digest(message)
        pair = by_known_digest(request.beside, *found) if found is not None else None
        return None if pair is None else pair.content
    if message.content is not None:
        return message.content
    for data in message.signers:
        signer = signer_of(data, ())
        claimed = signer.claimed_digest
        pair = by_known_digest(request.beside, signer.digest_algorithm, claimed) if claimed is not None else None
        if pair is not None:
            return pair.content
    pair = by_name(request.beside, request.name)
    return None if pair is None else pair.content


def by_known_digest(files: tuple[Beside, ...], algorithm: str, value: bytes) -> Beside | None:
    """The file with a digest; None also where nobody here can compute such a digest."""
    try:
        return by_digest(files, algorithm, value)
    except (ValueError, TypeError):
        return None


def check_message(message: SignedMessage, content: bytes | None, request: Request, mail: MailView | None = None) -> Findings:
    """Check the signers of a message over a content; `mail` is set for a signature of a mail."""
    if not message.signers and message.content is None and mail is None:
        # A bag of certificates (RFC 8551, 3.2.2) is no signature; where a mail says that it is one, something was taken out.
        return Findings()
    if not message.signers:
        return Findings(problem=Reason.UNREADABLE, detail="a signed message without signers", seen=1)
    walk = Walk(message=message, content=content, request=request, mail=mail)
    walk.evidence = evidence_of(message.signed, request.trust)
    run(walk.judge_all())
    return walk.findings()
