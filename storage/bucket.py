"""A blob store in a bucket: an S3-compatible one, or a folder, by one API (obstore).

An object is put under a name of its own before anybody is told so, many at the same time. Its reference holds the SHA-256 of
the bytes, so that what comes back is known to be what was put. A bucket has no flush: the answer to the PUT is the promise.

What a bucket cannot do is overwrite in place. `overwrite` puts zeros in the object's place and deletes it; a bucket that
keeps versions, or copies of another kind, keeps the bytes all the same. So versioning and object lock must be off, or a rule
of the bucket must end old versions soon (docs/durability.md).
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from storage.blobs import StoredBlob
from storage.bodies import Body, SpilledBody, chunks_of, sha256_of, size_of
from storage.errors import DamagedBlobError, NotFoundError, StorageUnavailableError, disk_error
from storage.writing import Writing

if TYPE_CHECKING:
    from obstore.store import S3Config

PARALLEL: Final = 16
"""Requests at the same time."""

RETRIES: Final = 4
_CHUNK: Final = 5 * 1024 * 1024
_ZEROS: Final = bytes(1024 * 1024)
_REF: Final = re.compile(r"b1\.([0-9a-f]{32})\.([0-9a-f]{64})\.(0|[1-9][0-9]{0,18})", re.ASCII)
_NAME: Final = re.compile(r"(?:.*/)?[0-9a-f]{2}/([0-9a-f]{32})\.([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Where a bucket is. `url` is `s3://name/prefix` or `file:///folder`; `seconds` is what one request may take.

    Empty keys are those of the machine, as the S3 tools find them.
    """

    url: str
    endpoint: str = ""
    region: str = "us-east-1"
    key_id: str = ""
    secret: str = field(default="", repr=False)
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class _Object:
    """One object: its own random name, and what it must hold."""

    name: str
    sha256: str
    size: int

    @classmethod
    def parse(cls, ref: str) -> "_Object | None":
        match = _REF.fullmatch(ref)
        return cls(match[1], match[2], int(match[3])) if match else None

    @property
    def ref(self) -> str:
        return f"b1.{self.name}.{self.sha256}.{self.size}"

    @property
    def path(self) -> str:
        return f"{self.name[:2]}/{self.name}.{self.sha256}"


class _Ground(Protocol):
    """What differs between a bucket and a folder."""

    @property
    def store(self) -> ObjectStore: ...

    def settle(self, path: str) -> None:
        """Make what was put durable."""

    def wipe(self, path: str, size: int) -> None:
        """Put zeros in the place of an object, as far as that can be done."""


class BucketStore:
    """A blob store in a bucket; any number of processes may share it."""

    def __init__(self, bucket: Bucket) -> None:
        self._ground: _Ground = _Folder(bucket) if bucket.url.startswith("file:") else _S3(bucket)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=PARALLEL, thread_name_prefix="bucket")

    def put_many(self, bodies: Sequence[Body], /) -> list[str]:
        """Put the bodies at the same time; where one fails all are taken back, and what was put already is litter."""
        objects = [_Object(secrets.token_hex(16), sha256_of(body), size_of(body)) for body in bodies]
        if len(objects) == 1:
            self._put(objects[0], bodies[0])
            return [objects[0].ref]
        putting = [self._pool.submit(self._put, one, body) for one, body in zip(objects, bodies, strict=True)]
        try:
            for put in putting:
                put.result()
        finally:
            for put in putting:
                put.cancel()
            # A body may be closed as soon as this returns, so nobody may still read from it.
            wait_for(putting)
        return [one.ref for one in objects]

    @contextmanager
    def writing(self, bodies: Sequence[Body], /) -> Iterator[Writing]:
        """Put the bodies first: no transaction is open while a network is waited for."""
        yield Writing(self.put_many(bodies))

    def get(self, ref: str) -> bytes:
        """Read an object and compare its digest."""
        found = _object(ref)
        with _answering("read", found=True):
            content = bytes(obstore.get(self._ground.store, found.path).bytes())
        if len(content) != found.size or hashlib.sha256(content).hexdigest() != found.sha256:
            raise DamagedBlobError(f"blob {ref!r} is damaged")
        return content

    def overwrite(self, ref: str) -> None:
        """Put zeros over the object and delete it; where it is gone already, nothing happens."""
        found = _object(ref)
        try:
            with _answering("destroyed", found=True):
                obstore.head(self._ground.store, found.path)
                self._ground.wipe(found.path, found.size)
                obstore.delete(self._ground.store, found.path)
        except NotFoundError:
            return

    def stored(self, before: datetime) -> Iterator[StoredBlob]:
        """List the objects that were put before a moment; others in the bucket are passed over."""
        with _answering("listed"):
            for metas in obstore.list(self._ground.store):
                for meta in metas:
                    match = _NAME.fullmatch(meta["path"])
                    if match and meta["last_modified"] < before:
                        yield StoredBlob(ref=_Object(match[1], match[2], meta["size"]).ref, size=meta["size"])

    def knows(self, ref: str) -> bool:
        """Whether the reference is one of a bucket."""
        return _Object.parse(ref) is not None

    def close(self) -> None:
        """End the threads."""
        if "_pool" in self.__dict__:
            self._pool.shutdown()

    def _put(self, one: _Object, body: Body) -> None:
        with _answering("written"):
            if isinstance(body, SpilledBody):
                obstore.put(self._ground.store, one.path, chunks_of(body), chunk_size=_CHUNK)
            else:
                obstore.put(self._ground.store, one.path, bytes(body), use_multipart=False)
            self._ground.settle(one.path)


class _S3:
    """An S3-compatible bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    @cached_property
    def store(self) -> ObjectStore:
        """Made when first asked for, so that a process that forks before has no threads of it."""
        bucket = self._bucket
        place = urlsplit(bucket.url)
        limit = timedelta(seconds=bucket.seconds)
        # The server compares digests: what it says it has is what was sent.
        config: S3Config = {"region": bucket.region, "checksum_algorithm": "SHA256"}
        if bucket.endpoint:
            config |= {"endpoint": bucket.endpoint, "virtual_hosted_style_request": False}
        if bucket.key_id:
            config |= {"access_key_id": bucket.key_id, "secret_access_key": bucket.secret}
        return S3Store(
            place.netloc,
            prefix=unquote(place.path).strip("/") or None,
            config=config,
            client_options={"timeout": limit, "connect_timeout": limit / 3, "allow_http": bucket.endpoint.startswith("http:")},
            retry_config={"max_retries": RETRIES, "retry_timeout": limit},
        )

    def settle(self, path: str) -> None:
        """Nothing: the answer to the PUT is the promise."""

    def wipe(self, path: str, size: int) -> None:
        """Put zeros under the same name."""
        obstore.put(self.store, path, _zeros(size), chunk_size=_CHUNK)


class _Folder:
    """A folder, for instance one that several hosts share."""

    def __init__(self, bucket: Bucket) -> None:
        self._root = Path(unquote(urlsplit(bucket.url).path))

    @cached_property
    def store(self) -> ObjectStore:
        """Makes the folder where it is not there."""
        with _answering("written"):
            store = LocalStore(self._root, mkdir=True)
            _flush(self._root.parent)
            return store

    def settle(self, path: str) -> None:
        """Flush the file, its name and the name of its folder: the library only renames."""
        file = self._root / path
        for place in (file, file.parent, self._root):
            _flush(place)

    def wipe(self, path: str, size: int) -> None:
        """Overwrite in place, which destroys bytes on a file system that writes in place."""
        with (self._root / path).open("r+b") as file:
            for zeros in _zeros(size):
                file.write(zeros)
            file.flush()
            os.fsync(file.fileno())


def _flush(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _object(ref: str) -> _Object:
    found = _Object.parse(ref)
    if found is None:
        raise NotFoundError(f"{ref!r} is no reference of this store")
    return found


def _zeros(size: int) -> Iterator[bytes]:
    whole, rest = divmod(size, len(_ZEROS))
    for _ in range(whole):
        yield _ZEROS
    if rest:
        yield _ZEROS[:rest]


@contextmanager
def _answering(what: str, *, found: bool = False) -> Iterator[None]:
    """Speak in storage's own errors; `found` says that an object is asked for, which may be missing."""
    try:
        yield
    except OSError as error:
        if found and isinstance(error, FileNotFoundError):
            raise NotFoundError("the object is not there") from error
        raise disk_error(f"an object cannot be {what}", error) from error
    except BaseError as error:
        # The library's text goes on for pages; its first line says what failed.
        said = str(error).partition("\n")[0]
        raise StorageUnavailableError(f"an object cannot be {what}: {said}") from error
