"""What file extensions and media types promise."""

from parsers.files.model import FileKind

_KINDS_BY_EXTENSION: dict[str, frozenset[FileKind]] = {
    extension: frozenset(kinds)
    for extensions, kinds in (
        (".pdf", {FileKind.PDF}),
        (".doc .docx .docm .dot .dotx .dotm .rtf .odt .ott", {FileKind.WORD}),
        (".xls .xlsx .xlsm .xlsb .xlt .xltx .ods", {FileKind.SHEET}),
        (".ppt .pptx .pptm .pps .ppsx .odp", {FileKind.SLIDES}),
        (".png .jpg .jpeg .jpe .gif .bmp .tif .tiff .webp .heic .heif .svg", {FileKind.IMAGE}),
        # Plain text has no signature of its own: what looks like another text format may still be meant as text.
        (".txt .text .log .md", {FileKind.TEXT, FileKind.HTML, FileKind.XML, FileKind.MESSAGE, FileKind.CALENDAR}),
        (".csv", {FileKind.TEXT}),
        (".htm .html .xhtml", {FileKind.HTML, FileKind.TEXT, FileKind.XML}),
        (".xml", {FileKind.XML, FileKind.EDXML}),
        (".edxml", {FileKind.EDXML}),
        (".ics .ical", {FileKind.CALENDAR}),
        (".zip .rar .7z .gz .tgz .tar .bz2 .xz .cab .asice .asics .sce .scs", {FileKind.ARCHIVE}),
        (".eml .msg", {FileKind.MESSAGE}),
        (".p7s .p7m .p7c .sig", {FileKind.SIGNATURE}),
    )
    for extension in extensions.split()
}
_KINDS_BY_MEDIA_TYPE: dict[str, frozenset[FileKind]] = {
    media_type: frozenset(kinds)
    for media_types, kinds in (
        ("application/pdf application/x-pdf", {FileKind.PDF}),
        ("application/msword application/rtf text/rtf application/vnd.oasis.opendocument.text", {FileKind.WORD}),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", {FileKind.WORD}),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet application/vnd.ms-excel", {FileKind.SHEET}),
        ("application/vnd.oasis.opendocument.spreadsheet", {FileKind.SHEET}),
        ("application/vnd.openxmlformats-officedocument.presentationml.presentation", {FileKind.SLIDES}),
        ("application/vnd.ms-powerpoint application/vnd.oasis.opendocument.presentation", {FileKind.SLIDES}),
        ("text/calendar", {FileKind.CALENDAR}),
        ("text/html", {FileKind.HTML, FileKind.TEXT, FileKind.XML}),
        ("text/xml application/xml", {FileKind.XML, FileKind.EDXML, FileKind.HTML, FileKind.IMAGE}),
        ("application/zip application/x-zip-compressed application/x-7z-compressed application/vnd.rar", {FileKind.ARCHIVE}),
        ("application/x-rar-compressed application/gzip application/x-gzip application/ms-tnef", {FileKind.ARCHIVE}),
        ("application/vnd.ms-tnef", {FileKind.ARCHIVE}),
        ("message/rfc822", {FileKind.MESSAGE}),
        ("image/png image/jpeg image/gif image/bmp image/tiff image/webp image/heic image/svg+xml", {FileKind.IMAGE}),
        ("application/pkcs7-signature application/x-pkcs7-signature application/pgp-signature", {FileKind.SIGNATURE}),
    )
    for media_type in media_types.split()
}

_EXECUTABLES = (
    ".exe .scr .com .bat .cmd .pif .cpl .dll .sys .msi .msp .mst .msix .appx .ps1 .psm1 .vbs .vbe .js .jse .wsf .wsh .wsc "
    ".sct .hta .lnk .jar .class .apk .reg .inf .scf .url .chm .application .gadget .sh .run .bin .app .dmg .deb .rpm .iso "
    ".img .vhd .vhdx .xll .iqy .slk .settingcontent-ms .one .onepkg .msc .rdp .jnlp .py .pyw .appinstaller .appxbundle "
    ".msixbundle .library-ms .search-ms .searchconnector-ms .website .desktop .diagcab .ppkg"
)
EXECUTABLE_EXTENSIONS = frozenset(_EXECUTABLES.split())
"""Files that run, or make a program run, when a clerk opens them; disk images hide such files from mail filters."""


_OTHER_ARCHIVES = ".arj .lzh .lha .ace .z .lz .lzma .lz4 .wim .zipx .alz .egg .arc .zoo .sit .sitx .cpio .uha"
OTHER_ARCHIVES = frozenset(_OTHER_ARCHIVES.split())
"""Archives of kinds that are seldom seen, some of which nothing but their name tells."""


def kinds_of_extension(extension: str) -> frozenset[FileKind]:
    """Kinds that a file of this extension (`.pdf`) may be of; empty where the extension promises nothing."""
    return _KINDS_BY_EXTENSION.get(extension, frozenset())


def kinds_of_media_type(media_type: str) -> frozenset[FileKind]:
    """Kinds that a part of this declared type may be of; empty where the type promises nothing."""
    return _KINDS_BY_MEDIA_TYPE.get(media_type, frozenset())


def extension_of_kind(kind: FileKind) -> str:
    """The extension for a file that came without a name; empty where none fits."""
    return _EXTENSION_BY_KIND.get(kind, "")


_EXTENSION_BY_KIND = {
    FileKind.PDF: ".pdf",
    FileKind.TEXT: ".txt",
    FileKind.HTML: ".html",
    FileKind.XML: ".xml",
    FileKind.EDXML: ".edxml",
    FileKind.CALENDAR: ".ics",
    FileKind.MESSAGE: ".eml",
    FileKind.SIGNATURE: ".p7s",
}
