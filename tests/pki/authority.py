"""Authorities that issue whatever certificate, revocation list or answer a test asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from parsers.signatures.trust import TrustSnapshot

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
YEARS = (NOW - 365 * DAY, NOW + 4 * 365 * DAY)
SIGNING = frozenset({"digital_signature", "content_commitment"})
ALL_USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
    *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


@cache
def rsa_key(number: int, bits: int = 2048) -> rsa.RSAPrivateKey:
    """One of a few keys: making a new one for every certificate would take most of the test run."""
    return rsa.generate_private_key(65537, bits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A certificate with its key, and what goes into a signature beside it."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def asn1(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.der)

    @property
    def asn1_key(self) -> asn1_keys.PrivateKeyInfo:
        unencrypted = serialization.NoEncryption()
        return asn1_keys.PrivateKeyInfo.load(
            self.key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, unencrypted)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a certificate should look like; the defaults are those of an official's.

    `pointer` is where the certificate says that its issuer, revocation list and OCSP responder are.
    """

    common_name: str
    organisation: str | None = "Ủy ban nhân dân tỉnh Mẫu"
    years: tuple[datetime, datetime] = YEARS
    usage: frozenset[str] | None = SIGNING
    purposes: tuple[ObjectIdentifier, ...] | None = (ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION)
    authority: bool = False
    path_length: int | None = None
    key: int = 0
    bits: int = 2048
    digest: hashes.HashAlgorithm = field(default_factory=hashes.SHA256)
    email: str = "nguoiky@mau.example"
    pointer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Issues certificates, revocation lists and OCSP answers."""

    identity: Identity

    @classmethod
    def self_signed(cls, wish: Wish) -> "Authority":
        key = rsa_key(wish.key, wish.bits)
        return cls(identity=certify(wish, name_of(wish), key))

    def issue(self, wish: Wish) -> Identity:
        return certify(wish, self.identity.certificate.subject, self.identity.key)

    def sub_authority(self, wish: Wish) -> "Authority":
        return Authority(identity=self.issue(wish))

    def revocation_list(
        self,
        revoked: Mapping[Identity, datetime] | None = None,
        *,
        at: datetime = NOW,
        until: datetime = NOW + 7 * DAY,
        reason: x509.ReasonFlags = x509.ReasonFlags.key_compromise,
        extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    ) -> bytes:
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.identity.certificate.subject)
            .last_update(at)
            .next_update(until)
            .add_extension(x509.CRLNumber(1), critical=False)
        )
        for identity, moment in (revoked or {}).items():
            entry = x509.RevokedCertificateBuilder().serial_number(identity.certificate.serial_number).revocation_date(moment)
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        for extension, is_critical in extensions:
            builder = builder.add_extension(extension, critical=is_critical)
        return builder.sign(self.identity.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def answer(
        self, subject: Identity, *, at: datetime = NOW, revoked_at: datetime | None = None, is_known: bool = True
    ) -> bytes:
        known = ocsp.OCSPCertStatus.GOOD if revoked_at is None else ocsp.OCSPCertStatus.REVOKED
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=subject.certificate,
            issuer=self.identity.certificate,
            algorithm=hashes.SHA256(),
            cert_status=known if is_known else ocsp.OCSPCertStatus.UNKNOWN,
            this_update=at,
            next_update=at + 7 * DAY,
            revocation_time=revoked_at,
            revocation_reason=None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, self.identity.certificate)
        builder = builder.certificates([self.identity.certificate])
        return builder.sign(self.identity.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pki:
    """Root, issuing authority, timestamping authority, a person and an organisation."""

    root: Authority
    issuing: Authority
    tsa: Identity
    person: Identity
    organisation: Identity

    @property
    def trust(self) -> TrustSnapshot:
        """The root for signers and for timestamps; the intermediate known, as a hub's store would know it."""
        anchor = self.root.identity.der
        return TrustSnapshot(signer_anchors=(anchor,), tsa_anchors=(anchor,), intermediates=(self.issuing.identity.der,))


@cache
def make_pki() -> Pki:
    """The same PKI for the whole test run."""
    long = (NOW - 3650 * DAY, NOW + 3650 * DAY)
    ca = {"usage": frozenset({"key_cert_sign", "crl_sign"}), "purposes": None, "authority": True, "years": long}
    root = Authority.self_signed(Wish(common_name="Root Mẫu", organisation="Ban Cơ yếu Mẫu", key=1, **ca))
    issuing = root.sub_authority(Wish(common_name="CA Mẫu", organisation="Ban Cơ yếu Mẫu", key=2, **ca))
    tsa_usage = frozenset({"digital_signature"})
    stamping = (ExtendedKeyUsageOID.TIME_STAMPING,)
    tsa = Wish(common_name="TSA Mẫu", organisation="Ban Cơ yếu Mẫu", usage=tsa_usage, purposes=stamping, years=long, key=3)
    return Pki(
        root=root,
        issuing=issuing,
        tsa=root.issue(tsa),
        person=issuing.issue(Wish(common_name="Nguyễn Văn Mẫu")),
        organisation=issuing.issue(Wish(common_name="Sở Tài chính tỉnh Mẫu", organisation="UBND tỉnh Mẫu", key=4)),
    )


def certify(wish: Wish, issuer: x509.Name, issuer_key: rsa.RSAPrivateKey) -> Identity:
    """A certificate as wished, signed by any key under any issuer name."""
    key = rsa_key(wish.key, wish.bits)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name_of(wish))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(wish.years[0])
        .not_valid_after(wish.years[1])
        .add_extension(x509.BasicConstraints(ca=wish.authority, path_length=wish.path_length), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if wish.usage is not None:
        builder = builder.add_extension(x509.KeyUsage(**{usage: usage in wish.usage for usage in ALL_USAGES}), critical=True)
    if wish.purposes is not None:
        critical = wish.purposes == (ExtendedKeyUsageOID.TIME_STAMPING,)
        builder = builder.add_extension(x509.ExtendedKeyUsage(wish.purposes), critical=critical)
    if not wish.authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(wish.email)]), critical=False)
    if wish.pointer is not None:
        builder = with_pointers(builder, x509.UniformResourceIdentifier(wish.pointer))
    return Identity(certificate=builder.sign(issuer_key, wish.digest), key=key)


def with_pointers(builder: x509.CertificateBuilder, where: x509.GeneralName) -> x509.CertificateBuilder:
    """All the addresses that a certificate may name, the same for each."""
    methods = (AuthorityInformationAccessOID.CA_ISSUERS, AuthorityInformationAccessOID.OCSP)
    access = x509.AuthorityInformationAccess([x509.AccessDescription(method, where) for method in methods])
    point = x509.DistributionPoint(full_name=[where], relative_name=None, reasons=None, crl_issuer=None)
    return builder.add_extension(access, critical=False).add_extension(x509.CRLDistributionPoints([point]), critical=False)


def name_of(wish: Wish) -> x509.Name:
    """Country, organisation and common name."""
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]
    if wish.organisation is not None:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, wish.organisation))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, wish.common_name)])
