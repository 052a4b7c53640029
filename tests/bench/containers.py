"""What it costs to open containers, honest and hostile: `python -m tests.bench.containers [FOLDER…]`.

Each file is opened in a process of its own. Printed for each: its size, how much came out of it, seconds, memory beyond what
the program itself takes, and that memory against the file; at the end the worst of each.
"""

import bz2
import gzip
import io
import json
import lzma
import random
import subprocess
import sys
import tarfile
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.parsers.files.compound import attached, attached_message, compound, outlook_file, outlook_storage
from tests.parsers.files.test_hostile_archives import overlapping
from tests.parsers.files.test_rar import file_5, rar_5
from tests.parsers.files.test_seven_zip import seven_zip
from tests.parsers.files.winmail import a_file, an_object, winmail
from tests.parsers.mails import PDF, zip_of

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "mail" / "tnef"
OPEN = """
import json, sys, time
from parsers.files.containers import open_file
import py7zr
content = open(sys.argv[1], "rb").read()
open_file(b"%PDF-1.7", "warm.pdf")
peak = lambda: int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
before = peak()
began = time.perf_counter()
files, findings = open_file(content, sys.argv[2])
seconds = time.perf_counter() - began
memory = peak() - before
codes = sorted({str(finding.code) for finding in findings})
print(json.dumps([len(files) - 1, sum(len(file.content) for file in files[1:]), seconds, memory, codes]))
"""
MIB = 1 << 20


def nested(depth: int, width: int) -> bytes:
    content = zip_of({"zero": b"\0" * 900_000})
    for _ in range(depth):
        content = zip_of({f"{number}.zip": content for number in range(width)})
    return content


def stored_zip(count: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(count):
            archive.writestr("a.txt" if number % 2 else f"{number}.txt", b"x")
    return buffer.getvalue()


def tar(count: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for number in range(count):
            archive.addfile(tarfile.TarInfo(f"{number}.txt"))
    return buffer.getvalue()


def messages(depth: int) -> bytes:
    storage = outlook_storage(text="in")
    for number in range(depth):
        storage = outlook_storage(subject=f"s{number}", attachments=[attached_message(storage)])
    return compound(storage)


CASES: dict[str, Callable[[], bytes]] = {
    "honest.zip": lambda: zip_of({f"{n}.pdf": PDF + random.Random(n).randbytes(MIB) for n in range(20)}),
    "honest.7z": lambda: seven_zip({f"{n}.pdf": PDF + random.Random(n).randbytes(MIB) for n in range(20)}),
    "zeros.zip": lambda: zip_of({"zero": b"\0" * (300 * MIB)}),
    "zeros.7z": lambda: seven_zip({"zero": b"\0" * (100 * MIB)}),
    "zeros.gz": lambda: gzip.compress(b"\0" * (300 * MIB)),
    "zeros.bz2": lambda: bz2.compress(b"\0" * (300 * MIB)),
    "zeros.xz": lambda: lzma.compress(b"\0" * (300 * MIB)),
    "in-one-another.zip": lambda: nested(5, 10),
    "overlapping.zip": lambda: overlapping(2000, b"\0" * 1_000_000),
    "entries.zip": lambda: stored_zip(9_000),
    "entries-65535.zip": lambda: overlapping(65_535, b"x"),
    "entries.tar": lambda: tar(20_000),
    "entries.7z": lambda: seven_zip({f"{n}.txt": b"x" for n in range(5000)}),
    "entries.rar": lambda: rar_5(*[file_5(f"{n}.txt", b"x", packing=3) for n in range(15_000)]),
    "objects.tnef": lambda: winmail() + an_object(1, 0x9999, b"") * 1_000_000,
    "attachments.tnef": lambda: winmail(*[a_file(f"{n}.pdf", PDF) for n in range(5000)]),
    "attachments.msg": lambda: outlook_file(attachments=[attached(f"{n}.txt", b"x" * 200) for n in range(2500)]),
    "messages.msg": lambda: messages(20),
}


def files(folders: list[str], scratch: Path) -> Iterator[tuple[Path, str]]:
    for folder in map(Path, folders or [str(SAMPLES)]):
        for path in sorted(folder.glob("*")):
            if path.suffix in {".tnef", ".zip", ".7z", ".msg", ".rar", ".tar", ".gz", ".xz", ".bz2"}:
                yield path, path.name
    for name, make in CASES.items():
        path = scratch / "case"
        path.write_bytes(make())
        yield path, name


def main(folders: list[str]) -> None:
    worst_seconds, worst_memory = (0.0, ""), (0.0, "")
    with tempfile.TemporaryDirectory() as scratch:
        for path, name in files(folders, Path(scratch)):
            size = path.stat().st_size
            ran = subprocess.run([sys.executable, "-c", OPEN, str(path), name], capture_output=True, check=False, text=True)
            if ran.returncode:
                print(f"{name:28} DIED {ran.stderr.strip().splitlines()[-1:]}")
                continue
            count, out, seconds, memory, codes = json.loads(ran.stdout)
            ratio = memory / max(1, (size + out) / 1024)
            print(
                f"{name:28} {size / MIB:8.2f} MiB → {count:5} files {out / MIB:7.1f} MiB {seconds:6.2f} s "
                f"+{memory / 1024:6.1f} MiB (×{ratio:4.1f})  {' '.join(codes)}"
            )
            worst_seconds, worst_memory = max(worst_seconds, (seconds, name)), max(worst_memory, (memory / 1024, name))
    print(f"worst: {worst_seconds[0]:.2f} s {worst_seconds[1]}, {worst_memory[0]:.0f} MiB {worst_memory[1]}")


if __name__ == "__main__":
    main(sys.argv[1:])
