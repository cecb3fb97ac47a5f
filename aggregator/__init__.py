"""Heavy Rotation: an aggregator and newsletter builder for music videos."""

__version__ = "0.1.0"
