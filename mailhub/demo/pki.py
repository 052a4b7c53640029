"""A public key infrastructure made on the spot: root, issuing authority, TSA, persons and organisations.

Subjects, key usage, policy and pointers follow the government certificates that were seen in public files: no agency code,
no purpose for document signing, one role address as the alternative name.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

_PKI_HOST = "http://pki.coyeu.example"
_POLICY = x509.ObjectIdentifier("2.16.704.1.1.1.1.1")
_AUTHORITY = "Ban Cơ yếu Chính phủ (MẪU)"

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def der(self) -> bytes:
        """The certificate as DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def key_der(self) -> bytes:
        """The private key as unencrypted PKCS#8 DER."""
        return self.key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

    @property
    def sha256(self) -> str:
        """Hex digest of the DER: the identity by which the directory ties a certificate to an agency."""
        return hashlib.sha256(self.der).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who a certificate is for. `units` are the organisational units from the outer to the inner one."""

    name: str
    organisation: str
    email: str
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pki:
    """The authorities; leaf certificates are issued as they are asked for. `moment` is the time of the making."""

    moment: datetime
    root: Identity
    issuing: Identity
    tsa: Identity

    @classmethod
    def make(cls, moment: datetime) -> "Pki":
        """Make new keys for all three authorities."""
        root = _root(moment)
        return cls(moment, root, _issuing(moment, root), _tsa(moment, root))

    def person(self, holder: Holder) -> Identity:
        """A certificate of an official, on an elliptic-curve key."""
        return self._leaf(holder, ec.generate_private_key(ec.SECP256R1()))

    def organisation(self, holder: Holder) -> Identity:
        """A certificate of an agency, on an RSA key as agencies hold them today."""
        return self._leaf(holder, rsa.generate_private_key(65537, 2048))

    def revocation_lists(self) -> tuple[bytes, ...]:
        """Empty lists of the root and the issuing authority, as DER, fresh for a week."""
        return tuple(_revocation_list(authority, self.moment) for authority in (self.root, self.issuing))

    def _leaf(self, holder: Holder, key: PrivateKey) -> Identity:
        years = (self.moment - timedelta(days=365), self.moment + timedelta(days=4 * 365))
        builder = _builder(_subject(holder), self.issuing, key, years)
        builder = _with_usage(builder, key)
        builder = builder.add_extension(
            x509.ExtendedKeyUsage(
                [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.SMARTCARD_LOGON]
            ),
            critical=False,
        )
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(holder.email)]), critical=False)
        builder = builder.add_extension(x509.CertificatePolicies([x509.PolicyInformation(_POLICY, None)]), critical=False)
        return _signed(_with_pointers(builder, "cpcag2"), key, self.issuing.key)


def _root(moment: datetime) -> Identity:
    key = ec.generate_private_key(ec.SECP384R1())
    name = _authority_name("RootCA chuyên dùng Chính phủ G2")
    years = (moment - timedelta(days=3650), moment + timedelta(days=7300))
    builder = _certificate(name, name, key, years)
    return _signed(_with_authority(builder, None), key, key)


def _issuing(moment: datetime, root: Identity) -> Identity:
    key = ec.generate_private_key(ec.SECP384R1())
    years = (moment - timedelta(days=3000), moment + timedelta(days=3650))
    builder = _builder(_authority_name("CA phục vụ các cơ quan Nhà nước G2"), root, key, years)
    return _signed(_with_pointers(_with_authority(builder, 0), "rootcag2"), key, root.key)


def _tsa(moment: datetime, root: Identity) -> Identity:
    key = rsa.generate_private_key(65537, 2048)
    years = (moment - timedelta(days=365), moment + timedelta(days=3650))
    builder = _builder(_authority_name("TSA chuyên dùng Chính phủ"), root, key, years)
    builder = builder.add_extension(_usage(digital_signature=True), critical=True)
    # RFC 3161, 2.3: a timestamping authority's certificate has this one purpose, and it is critical.
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return _signed(_with_pointers(builder, "rootcag2"), key, root.key)


def _authority_name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _AUTHORITY),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _subject(holder: Holder) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, holder.organisation),
            *(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in holder.units),
            x509.NameAttribute(NameOID.COMMON_NAME, holder.name),
        ]
    )


def _builder(subject: x509.Name, issuer: Identity, key: PrivateKey, years: tuple[datetime, datetime]) -> x509.CertificateBuilder:
    builder = _certificate(subject, issuer.certificate.subject, key, years)
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    return builder.add_extension(authority_key, critical=False)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, years: tuple[datetime, datetime]
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(years[0])
        .not_valid_after(years[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _with_authority(builder: x509.CertificateBuilder, path_length: int | None) -> x509.CertificateBuilder:
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
    return builder.add_extension(_usage(authority=True), critical=True)


def _with_usage(builder: x509.CertificateBuilder, key: PrivateKey) -> x509.CertificateBuilder:
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    encipherment = isinstance(key, rsa.RSAPrivateKey)
    return builder.add_extension(_usage(digital_signature=True, commitment=True, encipherment=encipherment), critical=True)


def _with_pointers(builder: x509.CertificateBuilder, authority: str) -> x509.CertificateBuilder:
    crl = x509.UniformResourceIdentifier(f"{_PKI_HOST}/pub/crl/{authority}.crl")
    point = x509.DistributionPoint(full_name=[crl], relative_name=None, reasons=None, crl_issuer=None)
    ocsp = x509.UniformResourceIdentifier(f"{_PKI_HOST}/ocsp")
    issuer = x509.UniformResourceIdentifier(f"{_PKI_HOST}/pub/crt/{authority}.crt")
    access = x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(AuthorityInformationAccessOID.OCSP, ocsp),
            x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, issuer),
        ]
    )
    return builder.add_extension(x509.CRLDistributionPoints([point]), critical=False).add_extension(access, critical=False)


def _usage(
    *, digital_signature: bool = False, commitment: bool = False, encipherment: bool = False, authority: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=commitment,
        key_encipherment=encipherment,
        data_encipherment=encipherment,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _signed(builder: x509.CertificateBuilder, key: PrivateKey, issuer_key: PrivateKey) -> Identity:
    return Identity(certificate=builder.sign(issuer_key, hashes.SHA256()), key=key)


def _revocation_list(authority: Identity, moment: datetime) -> bytes:
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(moment - timedelta(hours=1))
        .next_update(moment + timedelta(days=7))
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(authority_key, critical=False)
    )
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
