"""The files in a mail: their type by content, and what lies in archives and attached mails; see `containers.open_files`."""
