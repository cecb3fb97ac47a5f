"""Names in titles and prose: the grammars in which the press writes artist and song."""
