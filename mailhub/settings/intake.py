"""What is kept about the doors, and when their silence is worth an alarm."""

from typing import Annotated

from pydantic import Field

from mailhub.language import Text
from mailhub.settings.keys import Positive, Section


class IntakeSettings(Section):
    """What is kept about refusals, and when silence is an alarm."""

    about = Text(
        vi="Theo dõi các cửa nhận: thư bị từ chối, và khi lâu bất thường không có thư.",
        en="Watching the doors: what they refused, and when nothing came for unusually long.",
    )

    refusals_days: Annotated[
        int,
        Field(ge=1, le=3650),
        Text(
            vi="Giữ danh sách thư bị từ chối (mailhub submission refused) trong bao nhiêu ngày.",
            en="For how many days refusals are kept (mailhub submission refused).",
        ),
    ] = 60
    silence_alarm: Annotated[
        bool,
        Text(
            vi="Báo động khi một cửa lâu bất thường không nhận được thư nào trong giờ làm việc, so với tám tuần trước.",
            en="Raise an alarm when no mail has come in office hours for unusually long, compared with the last eight weeks.",
        ),
    ] = True
    silence_minutes: Annotated[
        Positive,
        Text(
            vi="Không bao giờ báo động khi mới im lặng ít hơn bấy nhiêu phút làm việc.",
            en="Fewer office minutes of silence are never an alarm.",
        ),
    ] = 120
    unreachable_minutes: Annotated[
        Positive,
        Text(
            vi="Báo động khi hộp thư không kết nối được lâu hơn thế này (phút).",
            en="Raise an alarm when a mailbox cannot be reached for longer than this (minutes).",
        ),
    ] = 30
