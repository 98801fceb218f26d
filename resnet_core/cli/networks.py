"""Commands about one network: presets, costs, draw, check, export."""

from pathlib import Path
from typing import Annotated

import typer

from resnet_core.cli.arguments import (
    DataOption,
    JsonOption,
    RecipeOption,
    SeedOption,
    SetOption,
    SpecArgument,
    read_run,
    read_spec,
)
from resnet_core.cli.output import (
    check_target,
    print_csv,
    print_json,
    print_table,
    quiet_libraries,
    say,
    tell_of_depth,
    write_file,
)
from resnet_core.costs import Cost, Costs, count_costs
from resnet_core.errors import DataError, InputError
from resnet_core.families import PRESETS, preset_of
from resnet_core.graph import build_graph
from resnet_core.published import published_for
from resnet_core.spec import ResNetSpec

COUNTS = ("params", "trainable", "macs", "flops", "activations", "receptive_field")
DRAWINGS = (".svg", ".png", ".pdf", ".dot")
EXPORTS = (".py", ".ipynb", ".json", ".keras")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (presets, costs, draw, check, export):
        app.command()(command)


def presets(as_json: JsonOption = False) -> None:
    """List the networks that have a name."""
    if as_json:
        rows = [
            {
                "name": preset.name,
                "family": preset.family,
                "depth": preset.spec.depth,
                "source": preset.source,
                "spec": preset.spec.model_dump(mode="json"),
            }
            for preset in PRESETS.values()
        ]
        print_json({"presets": rows})
        return
    print_table(
        ("name", "depth", "family", "source"), [(p.name, p.spec.depth, p.family, p.source) for p in PRESETS.values()]
    )


def costs(
    spec: SpecArgument,
    changes: SetOption = None,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the layers as comma-separated values.")] = False,
) -> None:
    """Count parameters, operations and memory of every layer, for one image and one forward pass."""
    if as_json and as_csv:
        raise InputError("--json and --csv were given together: choose one")
    network = read_spec(spec, changes)
    counted = count_costs(build_graph(network))
    if as_json:
        print_json(costs_document(network, counted))
        return
    heads = ("name", "kind", "output", *COUNTS)
    rows = [
        (node.name, node.kind, "x".join(map(str, node.output_shape)), *_counts(counted.by_node[node.name]))
        for node in counted.graph.nodes
    ]
    if as_csv:
        print_csv(heads, rows)
        return
    print_table(heads, rows)
    print()
    stages = [(name, *_counts(cost)) for name, cost in counted.by_stage().items()]
    print_table(("part", *COUNTS), [*stages, ("total", *_counts(counted.total))])
    print()
    print("MACs count convolutions and the dense layer; FLOPs are 2 x MACs plus element-wise work.")
    preset = preset_of(network)
    for figure in published_for(preset.name) if preset else ():
        print(f"published: {figure.quantity} {figure.text} ({figure.source}; {figure.convention})")


def costs_document(spec: ResNetSpec, counted: Costs) -> dict:
    """Return the object that `costs --json` prints."""
    total = counted.total
    layers = [
        {
            "name": node.name,
            "kind": node.kind,
            "inputs": list(node.inputs),
            "output_shape": list(node.output_shape),
            **dict(zip(COUNTS, _counts(counted.by_node[node.name]), strict=True)),
        }
        for node in counted.graph.nodes
    ]
    totals = {
        "params": total.params,
        "trainable": total.trainable,
        "non_trainable": total.non_trainable,
        "macs": total.macs,
        "flops": total.flops,
        "activations": total.activations,
    }
    return {
        "spec": spec.model_dump(mode="json"),
        "name": spec.name,
        "depth": spec.depth,
        "totals": totals,
        "layers": layers,
    }


def draw(
    spec: SpecArgument,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help=f"Ends in {', '.join(DRAWINGS)}.")],
    detail: Annotated[str, typer.Option(metavar="DETAIL", help="stages, blocks or layers.")] = "blocks",
    changes: SetOption = None,
) -> None:
    """Draw a network as stages, blocks or layers."""
    from resnet_core.drawing import Detail, render, to_dot

    if detail not in list(Detail):
        raise InputError(f"--detail is one of {', '.join(Detail)}, received {detail!r}: choose one of them")
    check_target(output, DRAWINGS)
    dot = to_dot(build_graph(read_spec(spec, changes)), detail)
    kind = output.suffix.lower().removeprefix(".")
    if kind == "dot":
        write_file(output, dot.encode())
        return
    with quiet_libraries():
        picture = render(dot, kind)
    write_file(output, picture)


def check(spec: SpecArgument, changes: SetOption = None, as_json: JsonOption = False) -> int:
    """Build a network in Keras, and compare every layer's kind, shape and parameters with the graph."""
    network = read_spec(spec, changes)
    with quiet_libraries():
        from resnet_core.models import check_model

        report = check_model(network)
    if as_json:
        print_json(report)
    else:
        for line in report["differences"]:
            print(line)
        said = "agrees with the graph" if report["ok"] else f"has {len(report['differences'])} differences"
        print(
            f"{report['name']} {said}: {len(report['layers'])} layers, {report['params']:,} parameters, "
            f"{report['trainable']:,} of them trainable"
        )
    return 0 if report["ok"] else 1


def export(
    spec: SpecArgument,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help=f"Ends in {', '.join(EXPORTS)}.")],
    recipe: RecipeOption = "quick",
    data: DataOption = "shapes",
    changes: SetOption = None,
    seed: SeedOption = 0,
) -> None:
    """Write a Keras script or notebook that builds and trains the network, a Keras model, or the spec as JSON."""
    check_target(output, EXPORTS)
    network, how = read_run(spec, recipe, changes)
    match output.suffix.lower():
        case ".json":
            write_file(output, f"{network.model_dump_json(indent=2)}\n".encode())
        case ".py":
            from resnet_core.code import keras_code

            _must_hold_classes(network, data)
            write_file(output, keras_code(network, how, data, seed=seed).encode())
        case ".ipynb":
            import nbformat

            from resnet_core.code import notebook

            _must_hold_classes(network, data)
            write_file(output, f"{nbformat.writes(notebook(network, how, data, seed=seed))}\n".encode())
        case ".keras":
            _save_model(network, output, seed)


def _must_hold_classes(spec: ResNetSpec, data: str) -> None:
    """See that a script can train; data that are on another computer are not looked at."""
    from resnet_core.datasets import describe, wrong_classes

    try:
        classes = describe(data).classes
    except DataError:
        return
    if classes > spec.classes:
        raise wrong_classes(data, classes, spec.classes)


def _save_model(spec: ResNetSpec, output: Path, seed: int) -> None:
    """Save the untrained network; its weights follow from the seed."""
    import tempfile

    with quiet_libraries(), tempfile.TemporaryDirectory() as folder:
        from resnet_core.models import build_model

        graph = build_graph(spec)
        build_model(graph, seed=seed).save(Path(folder, "net.keras"))
        content = Path(folder, "net.keras").read_bytes()
    write_file(output, content)
    if any(node.kind == "PadShortcut" for node in graph.nodes):
        say("note: Keras loads it after `import resnet_core.models`, which brings PadShortcut")
    tell_of_depth(spec)


def _counts(cost: Cost) -> tuple[int, ...]:
    return tuple(getattr(cost, name) for name in COUNTS)
