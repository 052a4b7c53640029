"""A mail-integrated document hub for government offices."""
