"""All that the next training step depends on, as arrays: taken from a model, and given back to one built anew."""

from collections.abc import Iterator, Mapping

import keras
import numpy as np
from keras import ops

from resnet_core.errors import RunError


def take_state(model: keras.Model) -> dict[str, np.ndarray]:
    """Return weights, moving statistics, states of random seeds, and the optimizer's step count and averages.

    Args:
        model: compiled, its optimizer built.
    """
    return {name: np.array(ops.convert_to_numpy(variable)) for name, variable in _variables(model)}


def give_state(model: keras.Model, arrays: Mapping[str, np.ndarray]) -> None:
    """Set a model to a state that `take_state` returned.

    Args:
        model: built, compiled and its optimizer built as that of the state was.

    Raises:
        RunError: the state is of another model; nothing was set.
    """
    variables = dict(_variables(model))
    alone = sorted(variables.keys() ^ arrays.keys())
    if alone:
        raise RunError(f"the run's last state does not fit its network ({alone[0]} is in one of them only)")
    for name, variable in variables.items():
        array = arrays[name]
        if tuple(variable.shape) != array.shape or variable.dtype != str(array.dtype):
            raise RunError(
                f"the run's last state does not fit its network: {name} is {array.dtype} {array.shape} in one, "
                f"{variable.dtype} {tuple(variable.shape)} in the other"
            )
    for name, variable in variables.items():
        variable.assign(arrays[name])


def _variables(model: keras.Model) -> Iterator[tuple[str, keras.Variable]]:
    """Yield variables under names that are the same in every process; Keras counts some of its own names on."""
    for number, variable in enumerate(model.variables):
        yield f"model-{number:05d}", variable
    for number, variable in enumerate(model.optimizer.variables):
        yield f"optimizer-{number:05d}", variable
