"""Letters without end, signed and mailed as an agency does it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count

from mailhub.demo.cast import FINANCE, OFFICE, Correspondent, Seals
from mailhub.demo.dossier import Content, Desk, reference
from mailhub.demo.pki import Holder, Pki
from mailhub.demo.signing import Signing, sign


def quick_seals(pki: Pki, correspondent: Correspondent) -> Seals:
    """Certificates on elliptic curves, also the agency's: a crash test signs a letter for every crash."""
    name, domain = correspondent.name, correspondent.domain
    leader = Holder(name=correspondent.leader, organisation="UBND tỉnh", units=(name,), email=f"{correspondent.mailbox}@{domain}")
    agency = Holder(name=name, organisation="UBND tỉnh", email=correspondent.address)
    return Seals(leader=pki.person(leader), agency=pki.person(agency))


@dataclass(frozen=True)
class Posted:
    """One letter on its way."""

    reference: str
    message_id: str
    raw: bytes


@dataclass(frozen=True)
class Post:
    """Letters without end, each with its own number, subject and Message-ID."""

    desk: Desk
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def next(self) -> Posted:
        """The next letter in its mail."""
        number = next(self.numbers)
        content = Content(number=number, unit="NS", subject=f"báo cáo số {number}", body=(f"Báo cáo kỳ {number}./.",))
        seals = self.desk.seals[FINANCE.code]
        signings = [
            Signing(identity=identity, field=name, moment=self.desk.now, timestamped=False)
            for identity, name in ((seals.leader, "NguoiKy"), (seals.agency, "CoQuan"))
        ]
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"] = FINANCE.address, OFFICE.address, f"Gửi văn bản {number}"
        message["Message-ID"] = f"<{number}@{FINANCE.domain}>"
        message.set_content("Sở Tài chính gửi văn bản.", cte="base64")
        pdf = sign(self.desk.compose(FINANCE, content).pdf, self.desk.pki, signings)
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{number}.pdf")
        return Posted(reference=reference(FINANCE, content), message_id=message["Message-ID"], raw=message.as_bytes())
