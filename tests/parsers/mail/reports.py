"""Reports as mail systems send them, small enough to be read in a test."""

from tests.parsers.mails import mixed

OURS = "<receipt.0123456789abcdef01234567@mailhub.example>"
HEAD = (
    b"Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\r\nTo: bounce+x@mailhub.example\r\n"
    b"Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <b1@mx.example>\r\nMIME-Version: 1.0\r\n"
)
COPY = (
    f"Content-Type: message/rfc822\r\n\r\nFrom: vpub@tinh.example\r\nTo: vt@so.example\r\nMessage-ID: {OURS}\r\n"
    "Subject: x\r\n\r\nKính gửi"
).encode()


def recipient(address="vt@so.example", action="failed", status="5.1.1", diagnostic="smtp; 550 5.1.1 User unknown", more=""):
    """One recipient's group of fields."""
    lines = [f"Final-Recipient: rfc822; {address}", f"Action: {action}", f"Status: {status}"]
    lines += [f"Diagnostic-Code: {diagnostic}"] if diagnostic else []
    return "\r\n".join([*lines, *([more] if more else [])]) + "\r\n"


def dsn(*recipients, head=HEAD, copy=COPY, words="I'm sorry to have to inform you"):
    """A report as RFC 3464 wants it."""
    fields = "\r\n".join(["Reporting-MTA: dns; mx.example\r\n", *(recipients or (recipient(),))])
    text = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + words.encode()
    status = b"Content-Type: message/delivery-status\r\n\r\n" + fields.encode()
    parts = (text, status, copy) if copy else (text, status)
    return mixed(*parts, head=head, subtype=b'report; report-type="delivery-status"', boundary=b"b1")


def worded(words, *, head=HEAD):
    """A report in words alone."""
    return head + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + words.replace("\n", "\r\n").encode()


def calendar(method="REPLY", *, uid="u1@mailhub.example", sequence=0, stamp="20240801T030000Z", attendee="", more=""):
    """A calendar object that answers."""
    who = attendee or "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ha@syt.example"
    lines = (
        *("BEGIN:VCALENDAR", "PRODID:-//x//EN", "VERSION:2.0", f"METHOD:{method}", "BEGIN:VEVENT", f"UID:{uid}"),
        *(f"SEQUENCE:{sequence}", f"DTSTAMP:{stamp}", "DTSTART:20240809T010000Z", "ORGANIZER:mailto:vpub@tinh.example", who),
        *([more] if more else []),
        *("END:VEVENT", "END:VCALENDAR", ""),
    )
    return "\r\n".join(lines)


def calendar_mail(ics, *, sender="ha@syt.example", media_type="text/calendar; method=REPLY; charset=utf-8", head=b""):
    """A mail with a calendar part, as a calendar program sends its owner's answer."""
    fields = f"From: {sender}\r\nTo: vpub@tinh.example\r\nSubject: Accepted: x\r\nMessage-ID: <c1@syt.example>\r\n"
    part = f"Content-Type: {media_type}\r\n\r\n{ics}"
    text = "Content-Type: text/plain\r\n\r\nAccepted"
    return mixed(text.encode(), part.encode(), head=head + fields.encode(), subtype=b"alternative", boundary=b"c1")
