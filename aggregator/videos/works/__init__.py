"""Works: which artist, song, directors and year a post states."""
