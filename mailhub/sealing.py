"""Sealing: content under a secrecy mark is encrypted at once and appears in no list, index, receipt, log or event.

What stays is the digest, the size, the time and the reason (design, promise 8). The clear bytes are overwritten only after
the row that points to the encrypted ones is committed; a shred order in that same transaction survives a crash between.
"""

import os
from contextlib import suppress
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mailhub.errors import RefusedError
from mailhub.language import Text
from storage import captures, mailboxes, shredding
from storage.blobs import BlobStore
from storage.database import Database, Transaction
from storage.errors import NotFoundError
from storage.records import Capture

NONCE_BYTES = 12
"""NIST SP 800-38D, 8.2.2: a random nonce of 96 bits."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """Encrypts, decrypts and destroys the raw bytes of captures with the hub's sealing key (32 bytes, AES-256-GCM)."""

    database: Database
    blobs: BlobStore
    key: bytes

    def encrypted(self, raw: bytes, capture: Capture) -> str:
        """Put an encrypted copy into the blob store; the capture's digest is bound to it."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self.key).encrypt(nonce, raw, capture.draft.sha256.encode())
        return self.blobs.put_many([nonce + sealed])[0]

    def opened(self, capture: Capture) -> bytes:
        """The clear bytes of a sealed capture; raises RefusedError once it was purged."""
        try:
            sealed = self.blobs.get(capture.draft.blob)
        except NotFoundError as error:
            raise RefusedError(
                Text(
                    vi="nội dung đã được tiêu hủy, không thể mở niêm phong", en="the content was destroyed; it cannot be unsealed"
                )
            ) from error
        return AESGCM(self.key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], capture.draft.sha256.encode())

    def replace(self, tx: Transaction, capture: Capture, blob: str, *, sealed: bool) -> None:
        """Point the capture at other bytes and order the old ones destroyed."""
        captures.replace_blob(tx, capture.id, blob, sealed=sealed)
        shredding.order(tx, capture.draft.blob)

    def destroy(self, tx: Transaction, capture: Capture) -> None:
        """Order the capture's bytes destroyed, and its original where it came by IMAP; the row stays with digest and size."""
        shredding.order(tx, capture.draft.blob)
        mailboxes.order_deletion(tx, capture.id)

    def shred(self) -> int:
        """Carry out every shred order; returns how many blobs were destroyed. Repeating it is harmless."""
        with self.database.reading() as tx:
            orders = shredding.pending(tx)
        for blob in orders:
            # The bytes may have gone in an earlier run that ended before it could cross the order off.
            with suppress(NotFoundError):
                self.blobs.overwrite(blob)
            with self.database.transaction() as tx:
                shredding.done(tx, blob)
        return len(orders)
