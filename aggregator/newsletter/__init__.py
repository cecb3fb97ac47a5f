"""The weekly issue as mail: what is in it and how it looks."""
