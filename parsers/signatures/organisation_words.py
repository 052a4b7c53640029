"""The words by which an organisation's certificate is told from a person's; an office may name others."""

ORGANISATION_WORDS: tuple[str, ...] = (
    # Vietnamese bodies by the words their names begin with; unaccented ones as the G1 certificates of VGCA write them.
    *("ủy ban", "uỷ ban", "hội đồng", "tỉnh ủy", "thành ủy", "huyện ủy", "quận ủy", "đảng ủy", "đảng bộ", "ban thường vụ"),
    *("văn phòng", "sở", "so", "bộ", "bo", "cục", "cuc", "chi cục", "tổng cục", "vụ", "viện", "thanh tra", "kho bạc"),
    *("ban quản lý", "ban chỉ đạo", "ban tổ chức", "ban tuyên giáo", "ban dân vận", "ban nội chính", "ban cơ yếu", "ban"),
    *("phòng", "phòng giáo dục", "phòng tài chính", "phòng nội vụ", "phòng tư pháp", "phòng y tế", "trung tâm", "bệnh viện"),
    *("trường", "trường đại học", "trường cao đẳng", "trường trung học", "trường tiểu học", "trường mầm non", "học viện"),
    *("công an", "bộ chỉ huy", "tòa án", "toà án", "viện kiểm sát", "bảo hiểm xã hội", "mặt trận", "liên đoàn", "hội nông dân"),
    *("hội liên hiệp", "hội cựu", "đoàn thanh niên", "tỉnh đoàn", "công ty", "tổng công ty", "tập đoàn", "ngân hàng"),
    *("doanh nghiệp", "hợp tác xã", "chi nhánh", "quỹ", "báo", "đài", "cơ quan", "đoàn đại biểu", "ubnd", "hđnd", "hdnd"),
    *("ministry", "department", "office", "agency", "committee", "council", "authority", "company", "corporation", "bank"),
    *("university", "institute", "hospital", "school", "organisation", "organization", "ltd", "jsc", "inc", "gmbh", "seal"),
)
