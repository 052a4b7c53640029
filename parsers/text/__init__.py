"""The text of documents with its places on the page; see `document_text.document_text`."""
