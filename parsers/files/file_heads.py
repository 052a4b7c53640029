"""How files begin that tell their type by their first bytes or words."""

from parsers.files.model import FileKind

# The longer ones were to be volumes, and became one file.
ZIP_HEADS = (b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04", b"PK\x07\x08PK\x03\x04")
ARCHIVE_HEADS = (
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"MSCF\x00\x00\x00\x00", "application/vnd.ms-cab-compressed"),
    (b"MSWIM\x00\x00\x00", "application/x-ms-wim"),
    (b"\x1f\x9d\x90", "application/x-compress"),
    (b"LZIP\x01", "application/lzip"),
    (b"\x04\x22\x4d\x18", "application/x-lz4"),
)
EXECUTABLE_HEADS = (
    (b"\x7fELF", "application/x-executable"),
    (b"#!/", "text/x-shellscript"),
    (b"#! /", "text/x-shellscript"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (b"\xca\xfe\xba\xbe", "application/java-vm"),
    (b"ITSF\x03\x00\x00\x00", "application/vnd.ms-htmlhelp"),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "application/onenote"),
    (b"vhdxfile", "application/x-virtual-disk"),
    (b"conectix\x00\x00\x00\x02", "application/x-virtual-disk"),
    *((head, "application/x-mach-binary") for head in (b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xcf")),
)
ARMOURS = (
    (b"-----BEGIN PKCS7-----", FileKind.SIGNATURE, "application/pkcs7-mime"),
    (b"-----BEGIN CMS-----", FileKind.SIGNATURE, "application/pkcs7-mime"),
    (b"-----BEGIN PGP SIGNATURE-----", FileKind.SIGNATURE, "application/pgp-signature"),
    (b"-----BEGIN PGP MESSAGE-----", FileKind.OTHER, "application/pgp-encrypted"),
)
SCRIPT_STARTS = (
    ("@echo off", "text/x-msdos-batch"),
    ("[internetshortcut]", "application/x-mswinurl"),
    ("windows registry editor version", "text/x-ms-regedit"),
    ("<hta:application", "application/hta"),
    ("<html><head><hta:application", "application/hta"),
    ("<job>", "text/x-windows-script"),
    ("<job id", "text/x-windows-script"),
    ("<package><job", "text/x-windows-script"),
    ('<?xml version="1.0"?><job', "text/x-windows-script"),
)
