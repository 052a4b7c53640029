"""The demo's hub: a home as `mailhub init` makes it, with what an office fills in on its first day."""

import re
from collections.abc import Mapping
from pathlib import Path

from cryptography import x509

from mailhub.demo.cast import CORRESPONDENTS, GUESTS, OFFICE, PLACE, PROVINCE, Correspondent, Guest, Seals
from mailhub.demo.pki import Identity, Pki
from mailhub.directory.holders import NamedCertificate
from mailhub.directory.sketches import OfficialSketch
from mailhub.hub import Hub, create_home, open_hub
from mailhub.issuing import INVITATIONS, OUT
from mailhub.policy.agencies import AgencyKind, Mode
from mailhub.registers import RegisterOrder
from mailhub.settings.loading import FILE_NAME
from mailhub.trust.certificates import CertificateFile
from storage.records import Actor, AgencyCode, AgencyDraft, TrustPurpose, Unit, UnitDraft

TRUST_FOLDER = "trust"
SETTINGS: Mapping[str, str] = {
    "mail.domain": f'"{OFFICE.domain}"',
    "contact.name": f'"{OFFICE.contact_name}"',
    "contact.phone": f'"{OFFICE.contact_phone}"',
    "returns.legal_basis": f'"{OFFICE.legal_basis}"',
    # Nobody wants to watch a demo wait for the ten minutes in which a clerk may take a return back.
    "returns.delay_seconds": "1",
    # For the same reason a meeting waits one second instead of three minutes for a further change.
    "meetings.window_seconds": "1",
    "meetings.symbol": '"GM-VPUB"',
    "meetings.short_name": '"VPUB TINH"',
    "meetings.parent_name": f'"{PROVINCE}"',
    "meetings.locality": f'"{PLACE}"',
    "meetings.signing_as": '"TL. CHỦ TỊCH|CHÁNH VĂN PHÒNG"',
    "sms.gateway": '"folder"',
}
FIRST_INVITATION = 12


def furnish(home: Path, pki: Pki, seals: Mapping[str, Seals]) -> tuple[Hub, Unit]:
    """Make the home and open its hub, ready to serve on a port that the system chooses."""
    create_home(home)
    set_values(home, SETTINGS)
    hub = on_any_port(open_hub(home, environ={}))
    return hub, fill(hub, pki, seals)


def fill(hub: Hub, pki: Pki, seals: Mapping[str, Seals]) -> Unit:
    """Enter the office, its register, its trust set and its correspondents into an empty hub."""
    by_hub = Actor(unit_id=None, name="demo", via="demo")
    trust(hub, by_hub, pki, hub.home / TRUST_FOLDER)
    draft = UnitDraft(
        code=OFFICE.code,
        name=OFFICE.name,
        time_zone=OFFICE.time_zone,
        register=OFFICE.register,
        addresses=(OFFICE.address,),
        aliases=OFFICE.aliases,
    )
    unit = hub.directory.add_unit(by_hub, draft)
    clerk = Actor(unit_id=unit.id, name=OFFICE.contact_name, via="demo")
    hub.registers.open(clerk, unit.id, RegisterOrder(code=OFFICE.register, next_number=OFFICE.first_number))
    invitations = RegisterOrder(code="GM", direction=OUT, kind=INVITATIONS, next_number=FIRST_INVITATION)
    hub.registers.open(clerk, unit.id, invitations)
    for guest in GUESTS:
        hub.appointing.add(clerk, unit.id, sketch_of(guest))
    for correspondent in CORRESPONDENTS:
        introduce(hub, clerk, unit, correspondent, seals[correspondent.code])
    return unit


def sketch_of(guest: Guest) -> OfficialSketch:
    """A guest as the directory takes officials."""
    return OfficialSketch(
        code=guest.code,
        name=guest.name,
        position=guest.position,
        organisation=guest.organisation,
        addresses=guest.addresses,
        numbers=guest.numbers,
        assistants=guest.assistants,
    )


def set_values(home: Path, values: Mapping[str, str]) -> None:
    """Change keys of the hub's settings file."""
    file = home / FILE_NAME
    file.write_text(with_values(file.read_text("utf-8"), values), "utf-8")


def with_values(text: str, values: Mapping[str, str]) -> str:
    """Give keys of a commented settings file their values, so that every other line stays as it was written."""
    section = ""
    wanted = dict(values)
    lines = []
    for line in text.splitlines():
        if heading := re.fullmatch(r"\[(\w+)]", line):
            section = heading[1]
        key = re.match(r"#?(\w+) = ", line)
        name = f"{section}.{key[1]}" if key else ""
        lines.append(f"{name.partition('.')[2]} = {wanted.pop(name)}" if name in wanted else line)
    if wanted:
        raise KeyError(f"the settings file has no {', '.join(sorted(wanted))}")
    return "\n".join(lines) + "\n"


def on_any_port(hub: Hub) -> Hub:
    """The same hub with its SMTP door on a free port; the file keeps the usual one for `mailhub serve`."""
    smtp = hub.settings.smtp.model_copy(update={"port": 0})
    settings = hub.settings.model_copy(update={"smtp": smtp})
    return Hub(home=hub.home, settings=settings, database=hub.database, clock=hub.clock)


def trust(hub: Hub, actor: Actor, pki: Pki, folder: Path) -> None:
    """Trust the PKI's root for signers and timestamps; the files also serve `mailhub verify --trust`."""
    folder.mkdir(exist_ok=True)
    root, issuing = certificate_file(pki.root, folder / "root.cer"), certificate_file(pki.issuing, folder / "issuing.cer")
    reason = "PKI of the demo"
    hub.trust.add(actor, [root], TrustPurpose.SIGNER, reason)
    hub.trust.add(actor, [root], TrustPurpose.TSA, reason)
    hub.trust.add(actor, [issuing], TrustPurpose.INTERMEDIATE, reason)


def certificate_file(identity: Identity, path: Path) -> CertificateFile:
    """Write a certificate beside the hub and give it as the trust set takes it."""
    path.write_bytes(identity.der)
    return CertificateFile(certificate=x509.load_der_x509_certificate(identity.der), source=path.name)


def introduce(hub: Hub, clerk: Actor, unit: Unit, correspondent: Correspondent, seals: Seals) -> None:
    """Enter an agency, let its green letters go by themselves, and tie its two certificates to it."""
    hub.directory.add_agency(
        clerk,
        unit.id,
        AgencyDraft(
            codes=(AgencyCode(code=correspondent.code),),
            name=correspondent.name,
            kind=AgencyKind.STATE.value,
            mode=Mode.AUTO.value,
            aliases=(f"{correspondent.name} tỉnh Tây Ninh",),
            addresses=(correspondent.address,),
            domains=(correspondent.domain,),
            phones=correspondent.phones,
        ),
    )
    for identity in (seals.leader, seals.agency):
        hub.directory.tie_certificate(clerk, unit.id, NamedCertificate(sha256=identity.sha256), correspondent.code)
