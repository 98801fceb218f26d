"""How many numbers must be kept while a network computes, layer by layer, if each is let go as soon as it can be."""

from math import prod

from resnet_core.graph import Graph


def needed_activations(graph: Graph) -> dict[str, int]:
    """Count, for each layer, the numbers in memory while it computes at inference, for one image.

    They are its output, what it reads, and what a later layer will still read: a shortcut's input waits until the sum.
    Training instead keeps every output for the gradient. As in `costs`, nothing is computed in place.

    Example:
        >>> from resnet_core import build_graph, get_spec
        >>> needed = needed_activations(build_graph(get_spec("resnet20")))
        >>> needed["stage1_block1_conv1"], needed["stage1_block1_conv2"]
        (32768, 49152)
    """
    last_reader = {name: node.name for node in graph.nodes for name in node.inputs}
    sizes = {node.name: prod(node.output_shape) for node in graph.nodes}
    needed, held = {}, 0
    for node in graph.nodes:
        held += sizes[node.name]
        needed[node.name] = held
        held -= sum(sizes[name] for name in set(node.inputs) if last_reader[name] == node.name)
    return needed
