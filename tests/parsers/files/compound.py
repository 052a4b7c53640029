"""Small OLE compound files ([MS-CFB]) and Outlook messages in them ([MS-OXMSG])."""

import struct

FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512
CUTOFF = 4096


def compound(tree, class_id=b"\0" * 16):
    """A compound file; a dictionary is a storage, bytes are a stream."""
    return _Writer(tree, class_id).file()


class _Writer:
    def __init__(self, tree, class_id):
        self.sectors, self.table, self.small, self.small_table = [], [], b"", []
        self.entries = [self.entry("Root Entry", 5, class_id=class_id)]
        self.entries[0]["child"] = self.add(tree)

    @staticmethod
    def entry(name, kind, *, start=END, size=0, class_id=b"\0" * 16):
        fields = {"name": name, "kind": kind, "left": FREE, "right": FREE, "child": FREE}
        return fields | {"start": start, "size": size, "class_id": class_id}

    def add(self, tree):
        """Add the entries of one storage as a chain of right siblings, in the order that the format asks for."""
        first = before = FREE
        for name, content in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
            number = len(self.entries)
            if isinstance(content, dict):
                self.entries.append(self.entry(name, 1))
                self.entries[number]["child"] = self.add(content)
            else:
                start = self.add_stream(content)
                self.entries.append(self.entry(name, 2, start=start, size=len(content)))
            if before == FREE:
                first = number
            else:
                self.entries[before]["right"] = number
            before = number
        return first

    def add_stream(self, content):
        if len(content) >= CUTOFF:
            return self.chain(content)
        if not content:
            return END
        start = len(self.small_table)
        count = (len(content) + 63) // 64
        self.small_table += [*range(start + 1, start + count), END]
        self.small += content.ljust(count * 64, b"\0")
        return start

    def chain(self, content):
        if not content:
            return END
        start = len(self.sectors)
        pieces = [content[at : at + SECTOR].ljust(SECTOR, b"\0") for at in range(0, len(content), SECTOR)]
        self.sectors += pieces
        self.table += [*range(start + 1, start + len(pieces)), END]
        return start

    def file(self):
        self.entries[0]["start"], self.entries[0]["size"] = self.chain(self.small), len(self.small)
        small_table = self.chain(struct.pack(f"<{len(self.small_table)}I", *self.small_table))
        directory = self.chain(b"".join(map(_packed, self.entries)).ljust(SECTOR, b"\0"))
        tables = 1
        while (len(self.table) + tables) * 4 > tables * SECTOR:
            tables += 1
        places = list(range(len(self.sectors), len(self.sectors) + tables))
        numbers = [*self.table, *[TABLE] * tables]
        numbers += [FREE] * (tables * SECTOR // 4 - len(numbers))
        self.sectors.append(struct.pack(f"<{len(numbers)}I", *numbers))
        assert tables <= 109
        small_tables = (len(self.small_table) * 4 + SECTOR - 1) // SECTOR
        head = struct.pack(
            "<8s16xHHHHH6xIIIIIIIIII",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            0x3E,
            3,
            0xFFFE,
            9,
            6,
            0,
            tables,
            directory,
            0,
            CUTOFF,
            small_table,
            small_tables,
            END,
            0,
            0,
        )[:76]
        return head + struct.pack("<109I", *places, *[FREE] * (109 - tables)) + b"".join(self.sectors)


def _packed(entry):
    name = entry["name"].encode("utf_16_le")
    head = name.ljust(64, b"\0") + struct.pack(
        "<HBBIII", len(name) + 2, entry["kind"], 1, entry["left"], entry["right"], entry["child"]
    )
    return head + entry["class_id"] + b"\0" * 20 + struct.pack("<IQ", entry["start"], entry["size"])


def outlook_file(**parts):
    """A message as a file of its own; see `outlook_storage`."""
    return compound(outlook_storage(**parts))


def outlook_storage(*, subject="", text="", html=b"", rtf=b"", attachments=()):
    """The streams of one message; attachments are storages by `attached` or `attached_message`."""
    values = {"0037001F": utf_16(subject), "1000001F": utf_16(text), "10130102": html, "10090102": rtf}
    storage = values_of(values, head=b"\0" * 8 + struct.pack("<4I", 0, len(attachments), 0, len(attachments)) + b"\0" * 8)
    return storage | {f"__attach_version1.0_#{number:08X}": content for number, content in enumerate(attachments)}


def attached(name, content, short=""):
    """An attachment by value."""
    return values_of({"3707001F": utf_16(name), "3704001F": utf_16(short), "37010102": content}, head=b"\0" * 8)


def attached_message(storage):
    """A message that is attached to another."""
    return values_of({}, head=b"\0" * 8) | {"__substg1.0_3701000D": storage}


def values_of(values, *, head):
    """Variable properties as streams, and the stream that lists them."""
    filled = {tag: value for tag, value in values.items() if value}
    listed = b"".join(
        struct.pack("<HHIII", int(tag[4:], 16), int(tag[:4], 16), 6, len(value), 0) for tag, value in filled.items()
    )
    streams = {f"__substg1.0_{tag}": value for tag, value in filled.items()}
    return streams | {"__properties_version1.0": head + listed}


def utf_16(text):
    return text.encode("utf_16_le")
