"""Who appears in the demo: one office that receives and seven agencies of its province. Persons and addresses are invented."""

from dataclasses import dataclass

from mailhub.demo.pki import Holder, Identity, Pki

PROVINCE = "UBND tỉnh Tây Ninh"
PLACE = "Tây Ninh"
MEETING_PLACE = "Phòng họp số 1, Văn phòng UBND tỉnh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The unit that the demo's hub serves."""

    code: str = "000.00.01.H53"
    name: str = "Văn phòng UBND tỉnh Tây Ninh"
    address: str = "vanban@vpubnd.tayninh.example"
    domain: str = "vpubnd.tayninh.example"
    register: str = "UBND"
    first_number: int = 4818
    time_zone: str = "Asia/Ho_Chi_Minh"
    aliases: tuple[str, ...] = (
        "Ủy ban nhân dân tỉnh Tây Ninh",
        "Ủy ban nhân dân tỉnh",
        PROVINCE,
        "UBND tỉnh",
        "Văn phòng UBND tỉnh",
    )
    contact_name: str = "Nguyễn Thị Lan"
    contact_phone: str = "0276 3822 000"
    legal_basis: str = "Điều 9 Quy chế công tác văn thư, lưu trữ của Văn phòng UBND tỉnh (bản mẫu)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """An agency that writes. `mailbox` is the leader's, `signing_as` the lines above the name."""

    code: str
    name: str
    symbol: str
    leader: str
    mailbox: str
    signing_as: tuple[str, ...]
    phones: tuple[str, ...] = ()
    own_domain: str = ""

    @property
    def domain(self) -> str:
        """The agency's mail domain."""
        return self.own_domain or f"{self.symbol.lower().replace('đ', 'd')}.tayninh.example"

    @property
    def address(self) -> str:
        """The registry's mailbox."""
        return f"vanthu@{self.domain}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seals:
    """The two certificates with which an agency's letters are signed."""

    leader: Identity
    agency: Identity


OFFICE = Office()
FINANCE = Correspondent(
    code="000.00.11.H53",
    name="Sở Tài chính",
    symbol="STC",
    leader="Nguyễn Thị Thu Hà",
    mailbox="hantt",
    signing_as=("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
)
HOME_AFFAIRS = Correspondent(
    code="000.00.09.H53",
    name="Sở Nội vụ",
    symbol="SNV",
    leader="Trần Văn Lâm",
    mailbox="lamtv",
    signing_as=("GIÁM ĐỐC",),
    phones=("0912 000 109",),
)
CONSTRUCTION = Correspondent(
    code="000.00.16.H53", name="Sở Xây dựng", symbol="SXD", leader="Lê Hoàng Phúc", mailbox="phuclh", signing_as=("GIÁM ĐỐC",)
)
HEALTH = Correspondent(
    code="000.00.17.H53",
    name="Sở Y tế",
    symbol="SYT",
    leader="Phạm Ngọc Mai",
    mailbox="maipn",
    signing_as=("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
)
EDUCATION = Correspondent(
    code="000.00.03.H53",
    name="Sở Giáo dục và Đào tạo",
    symbol="SGDĐT",
    leader="Võ Minh Quân",
    mailbox="quanvm",
    signing_as=("GIÁM ĐỐC",),
)
JUSTICE = Correspondent(
    code="000.00.14.H53", name="Sở Tư pháp", symbol="STP", leader="Đặng Thị Kim Oanh", mailbox="oanhdtk", signing_as=("GIÁM ĐỐC",)
)
INSPECTORATE = Correspondent(
    code="000.00.18.H53",
    name="Thanh tra tỉnh",
    symbol="TTT",
    leader="Bùi Quốc Thịnh",
    mailbox="thinhbq",
    signing_as=("CHÁNH THANH TRA",),
)
OWN_OFFICE = Correspondent(
    code=OFFICE.code,
    name=OFFICE.name.removesuffix(" Tây Ninh"),
    symbol="VPUB",
    leader="Lê Thị Bích Ngọc",
    mailbox="ngocltb",
    signing_as=("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"),
    own_domain=OFFICE.domain,
)
"""The office itself, as it signs what it sends."""

CORRESPONDENTS = (FINANCE, HOME_AFFAIRS, CONSTRUCTION, HEALTH, EDUCATION, JUSTICE, INSPECTORATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Who is invited: by position; an assistant gets the text too. One has neither mail nor mobile and must be called."""

    code: str
    name: str
    position: str
    organisation: str
    addresses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    assistants: tuple[str, ...] = ()


GUESTS = (
    Guest(
        code="SYT-TK",
        name="Nguyễn Hồng Vân",
        position="Thư ký Giám đốc",
        organisation=HEALTH.name,
        numbers=("+84912000217",),
    ),
    Guest(
        code="SYT-GD",
        name="Trần Minh Đức",
        position="Giám đốc",
        organisation=HEALTH.name,
        addresses=("ductm@syt.tayninh.example",),
        numbers=("+84912000117",),
        assistants=("SYT-TK",),
    ),
    Guest(
        code="STC-GD",
        name="Đỗ Quang Hải",
        position="Giám đốc",
        organisation=FINANCE.name,
        addresses=("haidq@stc.tayninh.example",),
        numbers=("+84912000111",),
    ),
    Guest(
        code="SXD-GD",
        name=CONSTRUCTION.leader,
        position="Giám đốc",
        organisation=CONSTRUCTION.name,
        addresses=("phuclh@sxd.tayninh.example",),
    ),
    Guest(code="NCT-CT", name="Võ Văn Tám", position="Chủ tịch", organisation="Hội Người cao tuổi tỉnh"),
)


def seals_of(correspondent: Correspondent, pki: Pki) -> Seals:
    """Issue the certificates of an agency and of its leader."""
    leader = Holder(
        name=correspondent.leader,
        organisation=PROVINCE,
        units=(correspondent.name,),
        email=f"{correspondent.mailbox}@{correspondent.domain}",
    )
    agency = Holder(name=correspondent.name, organisation=PROVINCE, email=correspondent.address)
    return Seals(leader=pki.person(leader), agency=pki.organisation(agency))
