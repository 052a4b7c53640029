"""The letters in a mail and what each says about itself; see `grouping.read_letters`. The types stand in `parsers.letter`."""
