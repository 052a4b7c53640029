"""Mail domains that anybody may have an address under; they prove nothing about an agency."""

PUBLIC_MAIL_DOMAINS = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "yahoo.com.vn",
        "ymail.com",
        "outlook.com",
        "outlook.com.vn",
        "hotmail.com",
        "live.com",
        "msn.com",
        "icloud.com",
        "me.com",
        "mail.com",
        "gmx.com",
        "gmx.net",
        "proton.me",
        "protonmail.com",
        "zoho.com",
        "yandex.com",
        "mail.ru",
        "aol.com",
        "fpt.vn",
        "vnn.vn",
        "hcm.vnn.vn",
        "hn.vnn.vn",
        "viettel.vn",
        "saigonnet.vn",
    }
)
