"""Rules between keys that are each valid alone."""

from collections.abc import Iterator

from mailhub.language import Text
from mailhub.settings.sections import Settings

Broken = tuple[str, str, Text]
"""Section, key, and what is wrong."""


def broken_rules(settings: Settings) -> Iterator[Broken]:
    """Yield every rule that these settings break."""
    yield from _door_rules(settings)
    yield from _imap_rules(settings)
    yield from _outbox_rules(settings)
    yield from _bucket_rules(settings)
    yield from _lease_rules(settings)
    yield from _sms_rules(settings)
    yield from _calendar_rules(settings)
    yield from _signing_rules(settings)


def _door_rules(settings: Settings) -> Iterator[Broken]:
    smtp, folder = settings.smtp, settings.folder
    if smtp.tls_certificate and not smtp.tls_key:
        yield (
            "smtp",
            "tls_key",
            Text(vi="cần khóa riêng của smtp.tls_certificate", en="expected the private key of smtp.tls_certificate"),
        )
    if smtp.tls_key and not smtp.tls_certificate:
        yield "smtp", "tls_certificate", Text(vi="cần chứng thư của smtp.tls_key", en="expected the certificate of smtp.tls_key")
    if smtp.implicit_tls_port and not smtp.tls_certificate:
        yield "smtp", "tls_certificate", Text(vi="cần cho smtp.implicit_tls_port", en="expected one for smtp.implicit_tls_port")
    if smtp.in_flight_mib < smtp.size_limit_mib:
        yield (
            "smtp",
            "in_flight_mib",
            Text(vi="cần ít nhất bằng smtp.size_limit_mib", en="expected at least as much as smtp.size_limit_mib"),
        )
    if folder.path and "@" not in folder.recipient:
        yield "folder", "recipient", Text(vi="cần địa chỉ của đơn vị nhận", en="expected the address of the unit that receives")


def _bucket_rules(settings: Settings) -> Iterator[Broken]:
    bucket = settings.bucket
    if bucket.key_id and not bucket.secret:
        yield "bucket", "secret", Text(vi="cần khóa bí mật của bucket.key_id", en="expected the secret of bucket.key_id")
    if bucket.secret and not bucket.key_id:
        yield "bucket", "key_id", Text(vi="cần mã của bucket.secret", en="expected the id of bucket.secret")


def _imap_rules(settings: Settings) -> Iterator[Broken]:
    for name, account in settings.imap.items():
        section = f"imap.{name}"
        if not account.host:
            yield section, "host", Text(vi="cần tên máy chủ IMAP", en="expected the IMAP server")
        if not account.user:
            yield section, "user", Text(vi="cần tên đăng nhập", en="expected the user name")
        if "@" not in account.recipient:
            yield (
                section,
                "recipient",
                Text(vi="cần địa chỉ của đơn vị nhận", en="expected the address of the unit that receives"),
            )
        if len(account.secrets) != 1:
            given = ", ".join(account.secrets) or "-"
            yield (
                section,
                "password",
                Text(
                    vi=f"cần đúng một trong password, password_file, password_command, token_file, token_command (có: {given})",
                    en=f"expected one of password, password_file, password_command, token_file, token_command (given: {given})",
                ),
            )
        if account.mode == "move" and len({account.taken, account.rejected, *account.folders}) < 2 + len(account.folders):
            yield (
                section,
                "taken",
                Text(
                    vi="folders, taken và rejected phải là các thư mục khác nhau",
                    en="folders, taken and rejected must be different folders",
                ),
            )


def _outbox_rules(settings: Settings) -> Iterator[Broken]:
    outbox = settings.outbox
    if outbox.relay == "smtp" and not outbox.host:
        yield (
            "outbox",
            "host",
            Text(vi='cần tên máy chủ thư vì relay = "smtp"', en='expected the mail server, because relay = "smtp"'),
        )
    if outbox.user and not outbox.password:
        yield (
            "outbox",
            "password",
            Text(
                vi="cần mật khẩu của outbox.user, ví dụ đặt biến MAILHUB_OUTBOX__PASSWORD",
                en="expected the password of outbox.user, for example in MAILHUB_OUTBOX__PASSWORD",
            ),
        )
    if outbox.password and not outbox.user:
        yield "outbox", "user", Text(vi="cần tên đăng nhập của outbox.password", en="expected the user name of outbox.password")


def _signing_rules(settings: Settings) -> Iterator[Broken]:
    signing, outbox = settings.signing, settings.outbox
    for name, file, module, token in (
        ("system", signing.system_file, signing.system_module, signing.system_token),
        ("seal", signing.seal_file, signing.seal_module, signing.seal_token),
    ):
        if file is not None and module is not None:
            yield (
                "signing",
                f"{name}_module",
                Text(vi=f"chỉ nêu một trong {name}_file và {name}_module", en=f"expected one of {name}_file and {name}_module"),
            )
        if module is not None and not token:
            yield (
                "signing",
                f"{name}_token",
                Text(vi=f"cần nhãn của token vì có {name}_module", en=f"expected the token's label, because of {name}_module"),
            )
    if signing.one_key_for_both:
        yield (
            "signing",
            "seal_file" if signing.seal_file else "seal_label",
            Text(
                vi="con dấu số không được là chứng thư hệ thống: cần một khóa khác",
                en="the unit's seal must not be the system certificate: expected another key",
            ),
        )
    if signing.tsa_url_has_login:
        # The address itself is not repeated here, for it holds a password.
        yield (
            "signing",
            "tsa_url",
            Text(
                vi="cần địa chỉ không kèm tên và mật khẩu; đặt chúng ở tsa_user và tsa_password",
                en="expected an address without user and password; set them as tsa_user and tsa_password",
            ),
        )
    if signing.tsa_password and not signing.tsa_user:
        yield "signing", "tsa_user", Text(vi="cần tên đăng nhập của tsa_password", en="expected the user name of tsa_password")
    # Rendering waits for a timestamp under the same lease under which the mail is sent.
    needed = 2 * (outbox.timeout_seconds + signing.tsa_seconds)
    if signing.tsa_url and outbox.lease_seconds < needed:
        yield (
            "outbox",
            "lease_seconds",
            Text(
                vi=f"cần ít nhất gấp đôi outbox.timeout_seconds + signing.tsa_seconds ({needed})",
                en=f"expected at least twice outbox.timeout_seconds + signing.tsa_seconds ({needed})",
            ),
        )


def _lease_rules(settings: Settings) -> Iterator[Broken]:
    """A claim that ends while its holder still works would be worked on twice."""
    reading, lease = settings.reader.seconds, settings.worker.lease_seconds
    if lease < 2 * reading:
        yield (
            "worker",
            "lease_seconds",
            Text(
                vi=f"cần ít nhất gấp đôi reader.seconds ({2 * reading})",
                en=f"expected at least twice reader.seconds ({2 * reading})",
            ),
        )
    sending, lease = settings.outbox.timeout_seconds, settings.outbox.lease_seconds
    if lease < 2 * sending:
        yield (
            "outbox",
            "lease_seconds",
            Text(
                vi=f"cần ít nhất gấp đôi outbox.timeout_seconds ({2 * sending})",
                en=f"expected at least twice outbox.timeout_seconds ({2 * sending})",
            ),
        )


def _calendar_rules(settings: Settings) -> Iterator[Broken]:
    calendar = settings.calendar
    opens, closes = calendar.hours
    if opens >= closes:
        yield (
            "calendar",
            "closes",
            Text(vi="cần giờ đóng cửa sau calendar.opens", en="expected a time after calendar.opens"),
        )
    both = sorted(set(calendar.days_off) & set(calendar.working_days))
    if both:
        days = ", ".join(day.isoformat() for day in both)
        yield (
            "calendar",
            "working_days",
            Text(vi=f"{days} vừa là ngày nghỉ vừa là ngày làm bù", en=f"{days} is both a day off and a working day"),
        )


def _sms_rules(settings: Settings) -> Iterator[Broken]:
    sms, lease = settings.sms, settings.outbox.lease_seconds
    needed: dict[str, str] = {}
    if sms.gateway == "twilio":
        needed = {"twilio_account": sms.twilio_account, "twilio_token": sms.twilio_token}
        needed |= {} if sms.twilio_service else {"sender": sms.sender}
    elif sms.gateway == "smpp":
        names = ("smpp_host", "smpp_system_id", "smpp_password", "sender")
        needed = dict(zip(names, (sms.smpp_host, sms.smpp_system_id, sms.smpp_password, sms.sender), strict=True))
    for key in (key for key, value in needed.items() if not value.strip()):
        why = f'sms.gateway = "{sms.gateway}"'
        yield "sms", key, Text(vi=f"không được để trống vì {why}", en=f"must not be empty, because {why}")
    # A connection and an answer are each waited for, and an attempt takes less than half the lease.
    if sms.gateway != "none" and lease < 4 * sms.timeout_seconds:
        most = lease // 4
        yield (
            "sms",
            "timeout_seconds",
            Text(
                vi=f"cần nhiều nhất {most}, một phần tư outbox.lease_seconds",
                en=f"expected at most {most}, a quarter of outbox.lease_seconds",
            ),
        )
