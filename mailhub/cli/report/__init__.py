"""`mailhub report`: weeks and periods."""
