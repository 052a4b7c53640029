"""Mail that a program wrote in answer to something: which kind it is, what it says, and which message it is about.

RFC 3834 wants such mail left unanswered; what a mail says of itself beside that is in `Headers.automatic`.
"""

import re
from dataclasses import replace

from parsers.charsets import decode_text
from parsers.mail.abuse_reports import read_complaint
from parsers.mail.answers import AutomaticKind, AutomaticMail
from parsers.mail.calendar_replies import read_calendar_reply
from parsers.mail.delivery_reports import Form, read_delivery_report
from parsers.mail.header_fields import HeaderBlock, read_header_block
from parsers.mail.mime import leaves
from parsers.mail.model import Message, MessageLimits
from parsers.mail.read_receipts import read_receipt
from parsers.mail.returned_message import returned_message, returned_parts

MOST_ADDRESSED = 20

_LIMITS = MessageLimits()
_ANSWER_MARKS = r"\s*((?:(?:re|trl?|fw|fwd)\s*:\s*)*)"
_ABSENCE_SUBJECT = re.compile(
    _ANSWER_MARKS + r"(?:"
    r"automatic (?:reply|response)|auto(?:mated|matic)?[- ]?(?:reply|response|repl|respond|answer)|out[- ]of[- ](?:the )?office"
    r"|out of office|auto:\s.{0,200}\bout of (?:the )?office|ooo\b\s*[:\-]|away from (?:my|the) (?:mail|office|desk)"
    r"|(?:thư )?trả lời tự động|tự động trả lời|phản hồi tự động|tự động phản hồi|hồi âm tự động"
    r"|(?:thư |thông )?báo vắng|đang (?:vắng mặt|nghỉ phép|đi công tác)|ngoài (?:văn phòng|giờ làm việc)"
    r"|automatische antwort|abwesen|réponse automatique|absence du bureau|respuesta autom|risposta automatica|自動応答|自动回复"
    r"|自動返信|автоответ)",
    re.IGNORECASE,
)
# Letters are about these too: they say something only of a mail that answers another, or calls itself automatic.
_ABSENCE_WORDS = re.compile(
    _ANSWER_MARKS + r"(?:vacation|on (?:leave|vacation|holiday)|vắng mặt|nghỉ phép|đi công tác)", re.IGNORECASE
)
# Not X-MS-Exchange-Inbox-Rules-Loop: Exchange sets it on what a rule forwards or redirects too.
_REPLY_FIELDS = frozenset({"x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-mail-autoreply"})


def read_automatic(raw: bytes, message: Message, return_path: str) -> AutomaticMail | None:
    """What the mail is an answer of, None where it is none of these. `return_path` is the envelope's, empty for a null one."""
    found = _read(raw, message, return_path)
    if found is None:
        return None
    return replace(found, addressed=tuple(box.address for box in message.headers.to[:MOST_ADDRESSED]))


def _read(raw: bytes, message: Message, return_path: str) -> AutomaticMail | None:
    complaint = read_complaint(raw, message)
    if complaint is not None:
        about = complaint.returned
        return AutomaticMail(kind=AutomaticKind.COMPLAINT, about=about.message_ids, detail=complaint.kind, returned=about.paths)
    receipt = read_receipt(raw, message)
    if receipt is not None:
        about = receipt.returned
        return AutomaticMail(
            kind=AutomaticKind.READ_RECEIPT, about=about.message_ids, detail=receipt.disposition, returned=about.paths
        )
    # A calendar's answer may bear every mark of a program, so it is looked for before these are.
    reply = read_calendar_reply(raw, message)
    if reply is not None:
        return AutomaticMail(kind=AutomaticKind.CALENDAR_REPLY, about=_answered(raw, message), reply=reply)
    # What says of itself that it is about an absence is no failure, whatever words it has.
    block = read_header_block(raw, message.root.header, _LIMITS, "message")
    if not _is_absence(message, block):
        report = read_delivery_report(raw, message, return_path)
        if report is not None:
            about = report.returned
            by_words = report.form is Form.WORDS
            return AutomaticMail(
                kind=AutomaticKind.DELIVERY_REPORT,
                about=about.message_ids,
                fates=report.fates,
                returned=about.paths,
                by_words=by_words,
            )
    if _is_absence(message, block) or _is_automatic_reply(block):
        return AutomaticMail(kind=AutomaticKind.ABSENCE, about=_answered(raw, message))
    return None


def _answered(raw: bytes, message: Message) -> tuple[str, ...]:
    return returned_message(raw, returned_parts(leaves(message.root)), message, "").message_ids


def _is_absence(message: Message, block: HeaderBlock) -> bool:
    """Whether the mail calls itself somebody's automatic answer, as programs do that set no field."""
    is_report = _first_words(block, "content-type")[:1] == ["multipart/report"]
    headers = message.headers
    is_answer = bool(headers.in_reply_to or headers.references or headers.automatic)
    words = _ABSENCE_WORDS.match(headers.subject)
    said = _ABSENCE_SUBJECT.match(headers.subject) is not None or (words is not None and (is_answer or bool(words[1])))
    return said and not is_report


def _is_automatic_reply(block: HeaderBlock) -> bool:
    """Whether a field says that this is an automatic answer (RFC 3834, 5.2; what mail programs write instead)."""
    if "auto-replied" in _first_words(block, "auto-submitted") or "auto_reply" in _first_words(block, "precedence"):
        return True
    return any(field.name in _REPLY_FIELDS for field in block.fields)


def _first_words(block: HeaderBlock, name: str) -> list[str]:
    fields = (decode_text(value, "").text.lower().replace(";", " ").replace("(", " ").split() for value in block.every(name))
    return [words[0] if words else "" for words in fields]
