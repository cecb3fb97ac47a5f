"""The linear models: weights of signals, and what a sum of them means."""

import gzip
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

MODEL_FILE = Path("data") / "model.json.gz"


@dataclass(frozen=True, slots=True)
class Weights:
    """One linear model.

    Args:
        bias: log-odds where there is no signal.
        weights: log-odds that a signal of value 1 adds, by name.
    """

    bias: float
    weights: Mapping[str, float]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Make it from its exported form."""
        return cls(document["bias"], document["weights"])

    def sum(self, signals: Mapping[str, tuple[float, str]]) -> float:
        """Log-odds of signals by name, each with its value and evidence."""
        known = self.weights
        return self.bias + sum(v * known[name] for name, (v, _) in signals.items() if name in known)


@dataclass(frozen=True, slots=True)
class Model:
    """All that the judge learned.

    Two models give the verdict, because what tells a headline apart is not what tells a
    whole post apart: one reads the wording of headlines, one what a post is about.

    Args:
        version: names the training, such as ``2026-11-24``.
        headline: for entries without a body of some length.
        post: for entries with one.
        kinds: by kind; ``other`` stands for dropped posts that are not live.
    """

    version: str
    headline: Weights
    post: Weights
    kinds: Mapping[str, Weights]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Make it from its exported form."""
        return cls(
            version=document["version"],
            headline=Weights.of(document["headline"]),
            post=Weights.of(document["post"]),
            kinds={kind: Weights.of(part) for kind, part in document["kinds"].items()},
        )


@cache
def shipped_model() -> Model:
    """The model that comes with the program."""
    packed = files("aggregator.videos").joinpath(str(MODEL_FILE)).read_bytes()
    return Model.of(json.loads(gzip.decompress(packed)))


def probability(log_odds: float) -> float:
    """Log-odds as a probability, 0 to 1; never overflows."""
    return 0.5 * (1.0 + math.tanh(0.5 * log_odds))
