"""When the unit's seal may be used (Decree 30/2020/NĐ-CP, article 32.2), and the sentence where it may not.

The seal goes only on a document that the competent person has signed before, or on a copy that the unit itself has made. What
cannot be settled now is refused with what is missing, never taken on trust.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailhub.checking.reading import ReadFile, Reading
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.meetings.signing_gaps import missing
from mailhub.policy.signing import Signing
from parsers.files.model import FileKind
from parsers.signatures.model import Indication, SignatureReport, SignerKind
from storage.records import Agency, CertificateTie


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPeople:
    """What the directory knows of the unit's own people: the unit as an agency, the ties of it, and those of the signers."""

    own: Agency | None
    own_ties: tuple[CertificateTie, ...]
    signers: Mapping[str, CertificateTie]

    @property
    def persons_are_known(self) -> bool:
        """Whether certificates of the unit's own persons are listed, so that one that is not is somebody else's."""
        return any(tie.kind != SignerKind.ORGANISATION.value for tie in self.own_ties)

    def is_own(self, sha256: str) -> bool:
        """Whether a clerk has tied the certificate to the unit."""
        tie = self.signers.get(sha256)
        return tie is not None and self.own is not None and tie.agency_id == self.own.id


def require_pdf(reading: Reading, name: str) -> ReadFile:
    """The one PDF that was given; anything else takes no seal."""
    file = reading.files[0]
    if file.kind is not FileKind.PDF:
        raise RefusedError(
            Text(vi=f"{name} không phải PDF; chuyển sang PDF rồi ký", en=f"{name} is no PDF; turn it into one, then sign it")
        )
    return file


def require_no_secret(reading: Reading, name: str) -> None:
    """Secret documents are not processed here at all."""
    if any(letter.secrecy for letter in reading.letters):
        raise RefusedError(
            Text(
                vi=f"{name} có dấu hiệu mật: không ký trên máy này, xử lý theo quy định bảo vệ bí mật nhà nước",
                en=f"{name} bears a secrecy mark: it is not signed on this machine",
            )
        )


def persons_of(signing: Signing, file: ReadFile) -> tuple[SignatureReport, ...]:
    """The valid signatures of persons inside the file, in the order they were made."""
    persons = {signer.sha256 for signer in signing.signers if signer.kind is SignerKind.PERSON}
    reports = file.signatures.signatures if file.signatures is not None else ()
    return tuple(
        report
        for report in reports
        if report.indication is Indication.TOTAL_PASSED and report.signer is not None and report.signer.der_sha256 in persons
    )


def require_person(signing: Signing, file: ReadFile, name: str) -> tuple[SignatureReport, ...]:
    """The competent persons' signatures; refused where one is missing or anything speaks against any signature."""
    if signing.unsigned:
        raise RefusedError(
            Text(
                vi=f"{name} chưa có chữ ký số của người có thẩm quyền; người ký phải ký trước, văn thư đóng dấu sau",
                en=f"{name} bears no signature of the competent person, who must sign before the seal is put on",
            )
        )
    persons = persons_of(signing, file)
    if signing.passed and persons:
        return persons
    what = missing(signing) if not (signing.passed and signing.has_person) else UNKNOWN_PLACE
    raise RefusedError(
        Text(
            vi=f"{name}: {what.vi}; không đóng dấu (xem mailhub verify {name})",
            en=f"{name}: {what.en}; the seal is not put on it (see mailhub verify {name})",
        )
    )


UNKNOWN_PLACE = Text(
    vi="chữ ký của người có thẩm quyền không nằm trong tệp PDF này", en="the person's signature is not inside this PDF"
)


def require_own(persons: Iterable[SignatureReport], people: OwnPeople, name: str) -> tuple[Text, ...]:
    """Refuse what only outsiders have signed; gives what the clerk should know where nothing is tied yet."""
    warnings: list[Text] = []
    objections: list[Text] = []
    for report in persons:
        signer = report.signer
        if signer is None:
            continue
        tie = people.signers.get(signer.der_sha256)
        if people.is_own(signer.der_sha256):
            return ()
        if tie is not None:
            objections.append(
                Text(
                    vi=f"{name}: {signer.common_name} là người của {tie.agency_name}, không phải của đơn vị",
                    en=f"{name}: {signer.common_name} belongs to {tie.agency_name}, not to this unit",
                )
            )
        elif people.persons_are_known:
            objections.append(
                Text(
                    vi=f"{name}: chứng thư của {signer.common_name} chưa được gắn với đơn vị; kiểm tra rồi gắn: "
                    f"mailhub agency tie MÃ {signer.der_sha256[:16]}… --kind person",
                    en=f"{name}: the certificate of {signer.common_name} is not tied to this unit; check it, then: "
                    f"mailhub agency tie CODE {signer.der_sha256[:16]}… --kind person",
                )
            )
        else:
            warnings.append(
                Text(
                    vi=f"chưa gắn chứng thư nào với đơn vị: hãy tự xem {signer.common_name} có thẩm quyền ký hay không",
                    en=f"no certificate is tied to this unit yet: see for yourself that {signer.common_name} may sign for it",
                )
            )
    if warnings:
        return tuple(warnings)
    raise RefusedError(objections[0] if objections else UNKNOWN_PLACE)


def require_unsealed(file: ReadFile, certificate_sha256: str, name: str) -> None:
    """The seal is put on a document once."""
    reports = file.signatures.signatures if file.signatures is not None else ()
    if any(report.signer is not None and report.signer.der_sha256 == certificate_sha256 for report in reports):
        raise RefusedError(Text(vi=f"{name} đã có dấu của đơn vị", en=f"{name} bears the unit's seal already"))


def require_sound(signing: Signing, name: str) -> None:
    """An annex or a copy may be unsigned; what it bears must hold."""
    if not signing.unsigned and not signing.passed:
        what = missing(signing)
        raise RefusedError(Text(vi=f"{name}: {what.vi}; không đóng dấu", en=f"{name}: {what.en}; the seal is not put on it"))


def require_result(before: Signing, after: Signing, certificate_sha256: str, *, full: bool) -> None:
    """What was made must hold by our own check before it is given out: the persons' signatures and the seal.

    The seal counts as the organisation's whatever its names suggest: it was configured as that.
    """
    kept = {signer.sha256 for signer in before.signers} <= {signer.sha256 for signer in after.signers}
    sealed = any(signer.sha256 == certificate_sha256 for signer in after.signers)
    if after.passed and kept and sealed and (after.has_person or not full):
        return
    what = missing(after) if not after.passed else Text(vi="một chữ ký không còn hợp lệ", en="a signature holds no more")
    raise RefusedError(
        Text(
            vi=f"không ghi tệp: kiểm tra lại bản đã đóng dấu thì {what.vi}",
            en=f"nothing was written: checked again, of the sealed document {what.en}",
        )
    )
