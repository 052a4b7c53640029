"""`mailhub paper`: the counter."""
