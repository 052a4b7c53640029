"""`mailhub official`: who is invited and reached."""
