"""What keeps a file from being used as the office's own word: which of its signatures is missing or not good."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailhub.language import Text
from mailhub.policy.signing import Signing
from mailhub.policy.standing import DAMAGED, Standing


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause, and what a clerk is told of it."""

    holds: Callable[[Signing], bool]
    text: Text


CAUSES: Sequence[Cause] = (
    Cause(
        lambda signing: signing.unsigned,
        Text(
            vi="không có chữ ký số nào, cần chữ ký số của người có thẩm quyền và của cơ quan",
            en="it has no digital signature; those of the competent person and of the organisation are needed",
        ),
    ),
    Cause(
        lambda signing: bool(signing.standings & DAMAGED),
        Text(
            vi="nội dung đã thay đổi sau khi ký hoặc chữ ký số hỏng",
            en="it was changed after signing, or a signature is broken",
        ),
    ),
    Cause(
        lambda signing: Standing.NOT_VALID in signing.standings,
        Text(vi="chứng thư số không có hiệu lực khi ký", en="a certificate was not valid when it was used"),
    ),
    Cause(
        lambda signing: Standing.CHANGED_BEFORE_SEAL in signing.standings,
        Text(vi="có phần thêm vào giữa hai chữ ký số", en="something was added between the two signatures"),
    ),
    Cause(
        lambda signing: Standing.NOT_CHECKED in signing.standings,
        Text(
            vi="tệp không phải PDF đọc được, hoặc có dạng chữ ký số không kiểm tra được",
            en="it is no readable PDF, or bears a form of signature that cannot be checked",
        ),
    ),
    Cause(
        lambda signing: Standing.NO_TRUST in signing.standings,
        Text(
            vi="chữ ký số chưa kiểm tra được vì chưa có chứng thư gốc, thêm bằng `mailhub trust add TỆP`",
            en="the signatures cannot be checked without a trusted root, add one with `mailhub trust add FILE`",
        ),
    ),
    Cause(
        lambda signing: not signing.passed,
        Text(
            vi="chữ ký số chưa kiểm tra xong: kho tin cậy thiếu chứng thư gốc, trung gian hoặc dữ liệu thu hồi",
            en="the signatures are not settled: the trust set lacks their root, an intermediate or revocation data",
        ),
    ),
    Cause(
        lambda signing: signing.of_unknown_kind,
        Text(
            vi="chưa rõ một chữ ký số là của người hay của cơ quan",
            en="it is not clear whether one signature is a person's or the organisation's",
        ),
    ),
    Cause(
        lambda signing: not signing.has_person,
        Text(vi="thiếu chữ ký số của người có thẩm quyền", en="the signature of the competent person is missing"),
    ),
)
"""The gravest first: a clerk is told of one."""

NO_SEAL = Text(vi="thiếu chữ ký số của cơ quan", en="the signature of the organisation is missing")


def missing(signing: Signing) -> Text:
    """The gravest cause; where none of the others holds, it is the organisation's signature that is missing."""
    return next((cause.text for cause in CAUSES if cause.holds(signing)), NO_SEAL)
