"""What micro networks do, trained on the spot; each of these takes up to a second."""

from resnet_core.lessons.measures.types import Measure


def micro_accuracy(depth: int, residual: bool, steps: int = 60, seed: int = 0) -> float:
    """Train a small network on two spirals and count the training points it gets right."""
    from resnet_core.micro import depth_study

    return float(depth_study((depth,), steps=steps, seed=seed)[0, int(residual)])


def first_over_last_gradient(depth: int, residual: bool, batch_norm: bool = False, seed: int = 0) -> float:
    """Divide the norm of the first layer's gradient by the last's, in an untrained small network."""
    from resnet_core.micro import gradient_norms

    norms, _accuracies = gradient_norms(depth, steps=0, seeds=(seed,), batch_norm=batch_norm)
    return float(norms[0, int(residual)] / norms[-1, int(residual)])


def neighbor_agreement(depth: int, residual: bool, batch_norm: bool = True, seed: int = 0) -> float:
    """Correlate the gradients of neighboring inputs along a line, in an untrained small network."""
    from resnet_core.micro import neighbor_correlation

    _line, _gradients, agreement = neighbor_correlation(depth, batch_norm=batch_norm, seeds=(seed,))
    return float(agreement[int(residual)])


MICRO: dict[str, Measure] = {
    measure.__name__: measure for measure in (micro_accuracy, first_over_last_gradient, neighbor_agreement)
}
