"""`mailhub letter seal, unseal, purge`: content under a secrecy mark."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

import click

from mailhub.cli.bilingual import Command
from mailhub.cli.letter.views import about, show_letter
from mailhub.cli.options import confirm, reason_option, yes_option
from mailhub.cli.references import letter_id
from mailhub.cli.session import Session, pass_session
from mailhub.language import Text


@click.command(
    "seal",
    cls=Command,
    about=about(
        "Niêm phong cả thư có dấu hiệu mật mà máy bỏ sót: nội dung được mã hóa và biến khỏi mọi danh sách.",
        "Seal a mail with a secrecy mark that the machine missed: it is encrypted and leaves every list.",
    ),
    examples=('mailhub letter seal h128 --reason "dấu mật trên trang 1"',),
    needs="home unit clerk json",
)
@click.argument("letter")
@reason_option
@pass_session
def seal(session: Session, letter: str, reason: str) -> None:
    found = letter_id(session, letter)
    session.hub.secrecy.seal(session.actor, session.unit.id, found, reason=reason)
    show_letter(session, found)


@click.command(
    "unseal",
    cls=Command,
    about=about(
        "Bỏ niêm phong vì báo nhầm: thư được đọc lại như mới đến.",
        "Lift a seal that was a false alarm: the mail is read again as if it had just come.",
    ),
    examples=('mailhub letter unseal h124 --reason "mật độ dân cư, không phải dấu mật"',),
    needs="home unit clerk",
)
@click.argument("letter")
@reason_option
@pass_session
def unseal(session: Session, letter: str, reason: str) -> None:
    found = letter_id(session, letter)
    session.hub.secrecy.unseal(session.actor, session.unit.id, found, reason=reason)
    session.output.say(Text(vi="Đã bỏ niêm phong; thư đang được đọc lại.", en="Unsealed; the mail is being read again."))


@click.command(
    "purge",
    cls=Command,
    about=about(
        "Tiêu hủy nội dung một thư mật đã xác nhận: ghi đè, không khôi phục được. Còn lại mã băm, cỡ, giờ và lý do.",
        "Destroy the content of a confirmed secret: overwritten, for good. Digest, size, time and reason stay.",
    ),
    examples=('mailhub letter purge h124 --reason "văn bản mật, chuyển đường mật" --yes',),
    needs="home unit clerk",
)
@click.argument("letter")
@yes_option
@reason_option
@pass_session
def purge(session: Session, letter: str, yes: bool, reason: str) -> None:  # noqa: FBT001  a flag of the command line
    found = letter_id(session, letter)
    confirm(
        session, Text(vi=f"Tiêu hủy nội dung h{found}, không khôi phục được?", en=f"Destroy the content of h{found}?"), yes=yes
    )
    if session.hub.secrecy.purge(session.actor, session.unit.id, found, reason=reason):
        session.output.say(Text(vi=f"Đã tiêu hủy nội dung h{found}.", en=f"The content of h{found} is destroyed."))
    else:
        session.output.say(
            Text(
                vi=f"Đã ghi đề nghị, chưa hủy gì: cần một văn thư khác gõ lại `mailhub letter purge h{found}`.",
                en=f"Noted, and nothing is destroyed yet: another clerk has to type `mailhub letter purge h{found}`.",
            )
        )
