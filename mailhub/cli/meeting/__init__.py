"""`mailhub meeting`: convene, move, postpone, cancel, reach."""
