"""Who sent a mail: what is asked of DNS and of the envelope, as evidence for the reader. Adapters only."""
