"""The act itself: checked, signed, checked again, noted in the log, and only then given out."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from mailhub.checking.reading import ReadFile, Reading
from mailhub.clock import Clock
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.meetings.signed import LetterFile, SignedLetters
from mailhub.policy.signing import Signing
from mailhub.signing.errors import KeyUnusableError, TimestampMissingError
from mailhub.signing.keys import KeyPurpose, OpenKey, SigningKey
from mailhub.signing.look import Look
from mailhub.signing.opening import require_other_key
from mailhub.signing.pdf import Act, SignedPdf, sign_pdf
from mailhub.signing.places import SignablePdf
from mailhub.signing.timestamps import Timestamping
from mailhub.unit_seal.conditions import (
    OwnPeople,
    require_no_secret,
    require_own,
    require_pdf,
    require_person,
    require_result,
    require_sound,
    require_unsealed,
)
from mailhub.unit_seal.looks import SealLooks
from mailhub.unit_seal.orders import COPY_WORDS, Sealed, SealForm, SealOrder
from mailhub.unit_seal.writing import require_new, write_whole
from parsers.signatures.model import SignatureReport, SignerKind
from storage import directory, events
from storage.database import Database
from storage.records import Actor, EventDraft, Unit

FIELD = "DauCoQuan"
EVENT = "document-sealed-with-unit-key"

Step = Callable[[Text], None]

CHECKING = Text(vi="Kiểm tra chữ ký của người có thẩm quyền…", en="Checking the competent person's signature…")
SIGNING = Text(vi="Ký và lấy dấu thời gian…", en="Signing and fetching a timestamp…")
AGAIN = Text(vi="Kiểm tra lại bản đã đóng dấu…", en="Checking the sealed document…")
NOT_PLAIN = Text(
    vi="tên trong chứng thư con dấu không cho biết là của cơ quan, nơi nhận có thể hỏi lại; gắn nó với --kind organisation",
    en="the names in the seal's certificate do not show an organisation: receivers may ask; tie it with --kind organisation",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A document that may be sealed: what its signatures amount to, and which of them are persons'."""

    file: ReadFile
    signing: Signing
    persons: tuple[SignatureReport, ...] = ()
    reference: str = ""
    warnings: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSeal:
    """Uses the unit's key, by a clerk's act only. `key` is None where the seal is not on this machine."""

    database: Database
    letters: SignedLetters
    clock: Clock
    looks: SealLooks
    key: SigningKey | None
    system: SigningKey | None
    timestamping: Timestamping | None

    def seal(self, actor: Actor, unit: Unit, order: SealOrder, step: Step = lambda _: None) -> Sealed:
        """Seal one file into a new one; raises RefusedError, and TryLaterError where only the timestamp is missing."""
        require_new(order.out)
        key = self._configured()
        step(CHECKING)
        checked = self._checked(unit, order)
        pdf = SignablePdf(order.file.content)
        if pdf.forbids_changes():
            raise RefusedError(
                Text(
                    vi=f"{order.file.name}: chữ ký trước đã khóa mọi thay đổi (DocMDP), đóng dấu sẽ làm hỏng chữ ký ấy; "
                    "đề nghị người ký ký lại với lựa chọn cho phép ký tiếp",
                    en=f"{order.file.name}: an earlier signature allows no changes (DocMDP) and a seal would break it; "
                    "let the person sign again with a choice that allows further signatures",
                )
            )
        # Whole seconds: the stamp shows the very time that stands in the signature.
        moment = self.clock().replace(microsecond=0)
        with key.opened() as opened:
            opened.require(KeyPurpose.SEAL, moment)
            self._require_seal(unit, opened)
            require_unsealed(checked.file, opened.summary.der_sha256, order.file.name)
            look = self._look(pdf, order, checked, unit, moment)
            step(SIGNING)
            act = Act(field=FIELD, moment=moment, look=look, reason=COPY_WORDS.get(order.form, ""))
            signed = self._signed(order, opened, act)
            seal = opened.summary
        step(AGAIN)
        warnings = self._check_again(unit, order, checked, signed, seal.der_sha256)
        made = Sealed(
            out=order.out,
            sha256=hashlib.sha256(signed.content).hexdigest(),
            form=order.form,
            signed_at=moment,
            level=signed.level.value,
            certificate_sha256=seal.der_sha256,
            signer=seal.common_name,
            persons=tuple(report.signer.common_name for report in checked.persons if report.signer),
            reference=checked.reference,
            page=look.page + 1,
            box=look.box,
            warnings=warnings,
        )
        # The log first: a seal that nobody noted would be worse than a note of one that was not given out.
        self._note(actor, unit, order, made, checked)
        write_whole(order.out, signed.content)
        return made

    def _configured(self) -> SigningKey:
        if self.key is None:
            raise KeyUnusableError(
                Text(
                    vi="máy này không có con dấu số: điền signing.seal_file hoặc signing.seal_module trong mailhub.toml",
                    en="the unit's seal is not on this machine: set signing.seal_file or signing.seal_module in mailhub.toml",
                )
            )
        return self.key

    def _require_seal(self, unit: Unit, opened: OpenKey) -> None:
        """The seal is the organisation's, and a key of its own; a clerk's word on the certificate goes before its names."""
        require_other_key(opened, self.system)
        name, digest = opened.summary.common_name, opened.summary.der_sha256
        with self.database.reading() as tx:
            tie = directory.ties(tx, unit.id, [digest]).get(digest)
        if opened.kind is SignerKind.PERSON and (tie is None or tie.kind != SignerKind.ORGANISATION.value):
            raise KeyUnusableError(
                Text(
                    vi=f"chứng thư con dấu mang tên người ({name}); cần của cơ quan, hoặc gắn nó với --kind organisation",
                    en=f"the seal's certificate names a person ({name}); use one of the organisation, or tie it with "
                    "--kind organisation",
                )
            )

    def _checked(self, unit: Unit, order: SealOrder) -> Checked:
        found = self._read(unit, order.file)
        if order.form is SealForm.DOCUMENT:
            return self._with_persons(unit, found, order.file.name)
        require_sound(found.signing, order.file.name)
        if order.form.is_copy:
            return found
        if order.main is None:
            raise RefusedError(
                Text(
                    vi="phụ lục thuộc văn bản nào? nêu --annex-of TỆP",
                    en="which document does the annex belong to? --annex-of FILE",
                )
            )
        main = self._with_persons(unit, self._read(unit, order.main), order.main.name)
        reference = order.reference or main.reference
        if not reference:
            raise RefusedError(
                Text(
                    vi=f"không đọc được số, ký hiệu của {order.main.name}; nêu --reference SỐ/KÝ-HIỆU",
                    en=f"no number and symbol can be read in {order.main.name}; give --reference",
                )
            )
        return replace(found, persons=main.persons, reference=reference, warnings=main.warnings)

    def _read(self, unit: Unit, file: LetterFile) -> Checked:
        reading = self.letters.reading(file)
        require_no_secret(reading, file.name)
        return Checked(
            file=require_pdf(reading, file.name),
            signing=self.letters.signing(unit.id, reading),
            reference=reference_in(reading),
        )

    def _with_persons(self, unit: Unit, found: Checked, name: str) -> Checked:
        persons = require_person(found.signing, found.file, name)
        warnings = require_own(persons, self._own_people(unit, persons), name)
        return replace(found, persons=persons, warnings=warnings)

    def _own_people(self, unit: Unit, persons: tuple[SignatureReport, ...]) -> OwnPeople:
        digests = [report.signer.der_sha256 for report in persons if report.signer]
        with self.database.reading() as tx:
            own = directory.find_by_name(tx, unit.id, unit.name)
            own_ties = tuple(directory.ties_of(tx, unit.id, own.id)) if own else ()
            return OwnPeople(own=own, own_ties=own_ties, signers=directory.ties(tx, unit.id, digests))

    def _look(self, pdf: SignablePdf, order: SealOrder, checked: Checked, unit: Unit, moment: datetime) -> Look:
        if order.form is SealForm.DOCUMENT:
            return self.looks.on_document(pdf, checked.persons[-1].field, moment, unit, order.spot)
        if order.form is SealForm.ANNEX:
            return self.looks.on_annex(pdf, checked.reference, moment, unit)
        return self.looks.on_copy(pdf, order.form, moment, unit)

    def _signed(self, order: SealOrder, opened: OpenKey, act: Act) -> SignedPdf:
        """With a timestamp where an authority is configured, unless the clerk does without."""
        timestamping = None if order.without_timestamp else self.timestamping
        try:
            return sign_pdf(order.file.content, opened, act, timestamping)
        except TimestampMissingError as error:
            said = error.message if isinstance(error.message, Text) else Text(vi=str(error), en=str(error))
            raise TimestampMissingError(
                Text(
                    vi=f"{said.vi}. Chưa đóng dấu; cần gấp thì dùng --without-timestamp (mức B-B)",
                    en=f"{said.en}. Nothing was sealed; if it is urgent use --without-timestamp (level B-B)",
                )
            ) from error

    def _check_again(
        self, unit: Unit, order: SealOrder, before: Checked, signed: SignedPdf, certificate_sha256: str
    ) -> tuple[Text, ...]:
        """Refuse what does not hold by our own check; gives everything the clerk should know."""
        reading = self.letters.reading(LetterFile(name=order.file.name, content=signed.content))
        after = self.letters.signing(unit.id, reading)
        full = order.form is SealForm.DOCUMENT
        require_result(before.signing, after, certificate_sha256, full=full)
        return before.warnings if after.complete or not full else (*before.warnings, NOT_PLAIN)

    def _note(self, actor: Actor, unit: Unit, order: SealOrder, made: Sealed, checked: Checked) -> None:
        data: dict[str, object] = {
            "form": made.form.value,
            "from": order.file.sha256,
            "sha256": made.sha256,
            "certificate": made.certificate_sha256,
            "level": made.level,
            "reference": made.reference,
            "persons": [report.signer.der_sha256 for report in checked.persons if report.signer],
        }
        with self.database.transaction() as tx:
            events.append(tx, [EventDraft(kind=EVENT, subject=f"unit/{unit.id}", actor=actor, data=data, reason=order.reason)])


def reference_in(reading: Reading) -> str:
    """Number and symbol as the document prints them."""
    found = reading.letters[0].fields.reference if reading.letters else None
    return found.value if found is not None else ""
