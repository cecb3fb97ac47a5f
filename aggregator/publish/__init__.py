"""The published files: Atom feed and site."""
