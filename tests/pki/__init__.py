"""A public key infrastructure and signed documents, made at test time."""
