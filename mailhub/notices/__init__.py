"""Receipts, returns, repeats and digests: approved texts of the office, rendered once and stored before they leave."""
