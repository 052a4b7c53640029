"""RFC 5322 and MIME: raw bytes to headers and a tree of parts with byte spans; see `message.parse_message`."""
