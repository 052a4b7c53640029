"""What checking the signatures of one file may cost."""

from typing import Annotated

from pydantic import Field

from mailhub.language import Text
from mailhub.settings.keys import Positive, Section
from parsers.signatures.limits import SignatureLimits

MIB = 1 << 20

DEFAULTS = SignatureLimits()


class SignatureSettings(Section):
    """What checking the signatures of one file may cost. Beyond a limit the file is held, never called valid or unsigned."""

    about = Text(
        vi="Giới hạn khi kiểm tra chữ ký số của một tệp. Vượt giới hạn thì tệp được giữ lại cho người xem, không bao giờ coi là "
        "hợp lệ hay không có chữ ký. Bộ nhớ và thời gian của cả thư: mục [reader].",
        en="Limits for checking the signatures of one file. Beyond one the file is held for a person, never called valid or "
        "unsigned. Memory and time of a whole mail: section [reader].",
    )

    file_mib: Annotated[Positive, Text(vi="Tệp lớn nhất được kiểm tra (MiB).", en="Largest file that is checked (MiB).")] = (
        DEFAULTS.file_bytes // MIB
    )
    seconds: Annotated[
        int,
        Field(ge=1, le=600),
        Text(
            vi="Thời gian xử lý tối đa cho một tệp (giây của bộ xử lý).",
            en="Processor time that one file may take (seconds).",
        ),
    ] = DEFAULTS.seconds
    signatures: Annotated[
        int,
        Field(ge=1, le=200),
        Text(
            vi="Số chữ ký được kiểm tra trong một tệp; nhiều hơn thì chỉ đếm và tệp được giữ lại.",
            en="Signatures evaluated in one file; more are counted only, and the file is held.",
        ),
    ] = DEFAULTS.signatures
    pages: Annotated[
        int,
        Field(ge=1, le=20_000),
        Text(
            vi="Số trang PDF tối đa được so với lúc ký.",
            en="Pages of a PDF that are compared with what was signed.",
        ),
    ] = DEFAULTS.pages
    stream_mib: Annotated[
        Positive,
        Text(vi="Một luồng dữ liệu trong PDF được giải nén tối đa (MiB).", en="Most that one stream of a PDF unpacks to (MiB)."),
    ] = DEFAULTS.stream_bytes // MIB
    document_mib: Annotated[
        Positive,
        Text(
            vi="Một tệp PDF được giải nén tối đa (MiB), trừ khi pdf_ratio cho phép nhiều hơn.",
            en="Most that a PDF unpacks to in all (MiB), unless pdf_ratio allows more.",
        ),
    ] = DEFAULTS.document_bytes // MIB
    pdf_ratio: Annotated[
        int,
        Field(ge=1, le=1000),
        Text(
            vi="Tệp PDF được giải nén lớn gấp tối đa từng ấy lần.",
            en="A PDF may unpack to this many times its size.",
        ),
    ] = DEFAULTS.expansion
    cms_depth: Annotated[
        int,
        Field(ge=1, le=20),
        Text(
            vi="Số lớp CMS (.p7m) lồng nhau được mở.",
            en="How many CMS messages (.p7m) in one another are opened.",
        ),
    ] = DEFAULTS.cms_depth
    cms_signers: Annotated[
        int,
        Field(ge=1, le=200),
        Text(vi="Số người ký được kiểm tra trong một tệp CMS.", en="Signers evaluated in one CMS file."),
    ] = DEFAULTS.signers
    cms_mib: Annotated[
        Positive,
        Text(vi="Dung lượng tối đa của các lớp CMS lồng nhau (MiB).", en="Most that CMS messages in one another hold (MiB)."),
    ] = DEFAULTS.unwrapped_bytes // MIB
    xml_mib: Annotated[
        Positive, Text(vi="Tệp XML lớn nhất được kiểm tra (MiB).", en="Largest XML file that is checked (MiB).")
    ] = DEFAULTS.xml_bytes // MIB
    xml_references: Annotated[
        int,
        Field(ge=1, le=10_000),
        Text(vi="Số tham chiếu tối đa trong một chữ ký XML.", en="Most references in one XML signature."),
    ] = DEFAULTS.xml_references
    package_entries: Annotated[
        int,
        Field(ge=10, le=20_000),
        Text(vi="Số tệp thành phần tối đa trong một tệp Office.", en="Most entries of an Office file."),
    ] = DEFAULTS.package_entries
    package_mib: Annotated[
        Positive, Text(vi="Một tệp Office được giải nén tối đa (MiB).", en="Most that an Office file unpacks to (MiB).")
    ] = DEFAULTS.package_bytes // MIB
    package_ratio: Annotated[
        int,
        Field(ge=10),
        Text(
            vi="Tệp Office được giải nén lớn gấp tối đa từng ấy lần.",
            en="An Office file may unpack to this many times its size.",
        ),
    ] = DEFAULTS.package_ratio

    @property
    def limits(self) -> SignatureLimits:
        """The limits; what an office has chosen about revocation stands elsewhere."""
        return SignatureLimits(
            file_bytes=self.file_mib * MIB,
            seconds=self.seconds,
            signatures=self.signatures,
            pages=self.pages,
            stream_bytes=self.stream_mib * MIB,
            document_bytes=self.document_mib * MIB,
            expansion=self.pdf_ratio,
            cms_depth=self.cms_depth,
            signers=self.cms_signers,
            unwrapped_bytes=self.cms_mib * MIB,
            xml_bytes=self.xml_mib * MIB,
            xml_references=self.xml_references,
            package_entries=self.package_entries,
            package_bytes=self.package_mib * MIB,
            package_ratio=self.package_ratio,
        )
