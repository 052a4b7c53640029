from datetime import UTC, date, datetime

import pytest

from mailhub.profiles.vn.printing import printed_date, printed_matter, printed_moment, spoken_to_person


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (date(2024, 8, 9), "09/8/2024"),
        (date(2024, 1, 31), "31/01/2024"),
        (date(2024, 2, 1), "01/02/2024"),
        (date(2024, 3, 10), "10/3/2024"),
        (date(2024, 12, 5), "05/12/2024"),
    ],
)
def test_dates_are_printed_as_the_decree_asks(value, printed):
    assert printed_date(value) == printed


def test_a_moment_tells_time_and_date():
    assert printed_moment(datetime(2024, 8, 9, 7, 5, tzinfo=UTC)) == "07:05 ngày 09/8/2024"


@pytest.mark.parametrize(
    ("subject", "matter"),
    [
        ("V/v quyết toán", "quyết toán"),
        ("Về việc: quyết toán", "quyết toán"),
        ("về quyết toán", "quyết toán"),
        ("vệ sinh môi trường", "vệ sinh môi trường"),
        ("Quyết toán V/v", "Quyết toán V/v"),
    ],
)
def test_a_subject_loses_its_own_about(subject, matter):
    assert printed_matter(subject) == matter


def test_a_person_is_spoken_to_as_one():
    assert spoken_to_person("Đề nghị Quý cơ quan gửi lại") == "Đề nghị Quý vị gửi lại"
