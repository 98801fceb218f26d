"""SGD, momentum, Adam and Nadam on one flat array, step for step as Keras takes them."""

from typing import Literal

import numpy as np

from resnet_core.micro.layers import Array

Name = Literal["sgd", "momentum", "adam", "nadam"]
USUAL_RATES: dict[Name, float] = {"sgd": 0.1, "momentum": 0.05, "adam": 0.005, "nadam": 0.005}
"""For micro networks. Adam and its kin move every weight by about the rate, so theirs is smaller."""

MOMENTUM, BETA_1, BETA_2, EPSILON = 0.9, 0.9, 0.999, 1e-7  # Keras' defaults


class Optimizer:
    """Moves weights against their gradient.

    Args:
        name: which rule.
        rate: the learning rate.
        like: an array of the weights' size.

    Source: Kingma and Ba 2015 for Adam; Dozat 2016 for Nadam.
    """

    def __init__(self, name: Name, rate: float, like: Array):
        self.name, self.rate, self.step = name, rate, 0
        self.first, self.second = np.zeros_like(like), np.zeros_like(like)
        self.product = 1.0

    def move(self, weights: Array, gradient: Array) -> None:
        """Take one step, in place."""
        self.step += 1
        match self.name:
            case "sgd":
                weights -= self.rate * gradient
            case "momentum":
                self.first *= MOMENTUM
                self.first -= self.rate * gradient
                weights += self.first
            case "adam":
                self._average(gradient)
                rate = self.rate * np.sqrt(1 - BETA_2**self.step) / (1 - BETA_1**self.step)
                weights -= rate * self.first / (np.sqrt(self.second) + EPSILON)
            case "nadam":
                self._nadam(weights, gradient)

    def _average(self, gradient: Array) -> None:
        self.first += (1 - BETA_1) * (gradient - self.first)
        self.second += (1 - BETA_2) * (gradient * gradient - self.second)

    def _nadam(self, weights: Array, gradient: Array) -> None:
        """Look one step ahead: the momentum that the next step would use is taken already."""
        now = BETA_1 * (1 - 0.5 * 0.96**self.step)
        then = BETA_1 * (1 - 0.5 * 0.96 ** (self.step + 1))
        self.product *= now
        self._average(gradient)
        ahead = then * self.first / (1 - self.product * then) + (1 - now) * gradient / (1 - self.product)
        weights -= self.rate * ahead / (np.sqrt(self.second / (1 - BETA_2**self.step)) + EPSILON)
