"""What a music video is, floor by floor.

``page`` (blocks, players, embeds), ``titles`` (names in headlines and prose), ``works``
(artist, song, directors, year) and ``verdict`` (signals, weights, corrections), each built
on those before it; the modules beside them are the vocabulary that all share.
"""
