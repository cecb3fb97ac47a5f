"""The linear models: weights of signals, and what a sum of them means."""

import gzip
import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from operator import mul
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


@dataclass(frozen=True, slots=True)
class KindWeights:
    """Linear models of the kinds, side by side.

    Args:
        names: the kinds; ``other`` stands for dropped posts that are not live.
        biases: log-odds where there is no signal, by kind.
        weights: by name of the signal, what it adds for each kind.
    """

    names: tuple[str, ...]
    biases: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Make it from its exported form."""
        weights = {name: tuple(row) for name, row in document["weights"].items()}
        return cls(tuple(document["names"]), tuple(document["biases"]), weights)

    def scores(
        self, signals: Mapping[str, tuple[float, str]], among: Collection[str]
    ) -> dict[str, float]:
        """How well kinds fit, as log-odds up to a common constant.

        Args:
            signals: the signals by name, with their values.
            among: the kinds that are asked for; those the model doesn't know are left out.
        """
        known = self.weights
        told = [(value, known[name]) for name, (value, _) in signals.items() if name in known]
        values = [value for value, _ in told]
        columns = zip(*(row for _, row in told), strict=True) if told else repeat(())
        return {
            kind: sum(map(mul, values, column), bias)
            for kind, bias, column in zip(self.names, self.biases, columns, strict=False)
            if kind in among
        }


@dataclass(frozen=True, slots=True)
class Model:
    """All that the judge learned.

    Two models give the verdict, because what tells a headline apart is not what tells a
    whole post apart: one reads the wording of headlines, one what a post is about.

    Args:
        version: names the training, such as ``2026-11-24``.
        headline: for entries without a body of some length.
        post: for entries with one.
        kinds: tell the kinds apart.
        common: words, case-folded, that many headlines share.
    """

    version: str
    headline: Weights
    post: Weights
    kinds: KindWeights
    common: frozenset[str] = frozenset()

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Make it from its exported form."""
        return cls(
            version=document["version"],
            headline=Weights.of(document["headline"]),
            post=Weights.of(document["post"]),
            kinds=KindWeights.of(document["kinds"]),
            common=frozenset(document["common"]),
        )


@cache
def shipped_model() -> Model:
    """The model that comes with the program."""
    packed = (Path(__file__).parent / MODEL_FILE).read_bytes()
    return Model.of(json.loads(gzip.decompress(packed)))


def probability(log_odds: float) -> float:
    """Log-odds as a probability, 0 to 1; never overflows."""
    return 0.5 * (1.0 + math.tanh(0.5 * log_odds))
