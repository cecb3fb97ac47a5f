"""The HTTP door: published files, and the pages of the mailing list."""
