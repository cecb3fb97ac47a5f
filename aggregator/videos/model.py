"""The linear model: weights of signals, and what a sum of them means."""

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
class LinearModel:
    """Weights for the verdict and for the kinds.

    Args:
        version: names the training, such as ``2026-11-24``.
        bias: log-odds of keeping an entry that shows no signal.
        weights: log-odds that a signal of value 1 adds.
        kind_bias: by kind; the kind ``other`` stands for dropped posts that are not live.
        kind_weights: by kind, the weights of its signals.
    """

    version: str
    bias: float
    weights: Mapping[str, float]
    kind_bias: Mapping[str, float]
    kind_weights: Mapping[str, Mapping[str, float]]

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Make the model from its exported form."""
        kinds = document["kinds"]
        return cls(
            version=document["version"],
            bias=document["bias"],
            weights=document["weights"],
            kind_bias={kind: part["bias"] for kind, part in kinds.items()},
            kind_weights={kind: part["weights"] for kind, part in kinds.items()},
        )

    def kind_scores(self, signals: Mapping[str, tuple[float, str]]) -> dict[str, float]:
        """How well each kind fits, as log-odds up to a common constant."""
        return {
            kind: bias
            + sum(value * weights[name] for name, (value, _) in signals.items() if name in weights)
            for (kind, bias), weights in zip(
                self.kind_bias.items(), self.kind_weights.values(), strict=True
            )
        }


@cache
def shipped_model() -> LinearModel:
    """The model that comes with the program."""
    packed = files("aggregator.videos").joinpath(str(MODEL_FILE)).read_bytes()
    return LinearModel.from_json(json.loads(gzip.decompress(packed)))


def probability(log_odds: float) -> float:
    """Log-odds as a probability, 0 to 1; never overflows."""
    return 0.5 * (1.0 + math.tanh(0.5 * log_odds))
