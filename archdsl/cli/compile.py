"""`archdsl compile`: the spec as PyTorch source or as ONNX, for training or for inference."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from archdsl.backends.python import NothingToRecompute, emit, emit_deployed, emit_family
from archdsl.cli.parser import Parser, names
from archdsl.cli.pytorch import needed
from archdsl.cli.result_files import deliver, delivered, spare
from archdsl.cli.specs import checked, family, means_all
from archdsl.cli.terminal import Stop, say
from archdsl.driver import Loaded
from archdsl.ir.graph import Program
from archdsl.network import Form, Network

if TYPE_CHECKING:
    from archdsl.semantics.elaborate.siblings import Siblings
    from archdsl.transforms.deploy import Deployment


def declare(parser: Parser) -> None:
    parser.add_spec()
    parser.add_argument(
        "--all",
        action="store_true",
        help="all networks of the SPEC's file: its classes once, and a function for each network",
    )
    parser.add_output()
    parser.add_watch()
    parser.add_argument(
        "--form", choices=get_args(Form), default="train", help="for training or for inference"
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="say which parameters are fixed, and why; of the form deploy, what it does where",
    )
    parser.add_argument(
        "--format", choices=("python", "onnx"), default="python", help="of the result"
    )
    parser.add_argument(
        "--weights", metavar="FILE", help="a checkpoint of the form train, for the format onnx"
    )
    parser.add_argument(
        "--dynamic",
        type=names,
        default=(),
        metavar="NAMES",
        help="dimensions that the format onnx leaves open: batch (always), height,width, …",
    )
    parser.add_argument(
        "--fixed",
        action="store_true",
        help="this network alone: classes without the parameters that all their uses give alike",
    )
    parser.add_argument(
        "--recompute",
        action="append",
        default=[],
        metavar="BLOCK",
        help="compute this block again in the backward pass instead of keeping what it holds; "
        "`concat`: those that a concatenation grows by (may be repeated)",
    )


def run(arguments: Namespace) -> int:
    """Writes the file, with `--watch` again and again."""
    return delivered(_once, arguments)


def _once(arguments: Namespace) -> int:
    _refuse_what_does_not_go_together(arguments)
    if means_all(arguments):
        deliver(_family_source(arguments), arguments.output, "python", arguments)
        return 0
    loaded, network = checked(arguments)
    if arguments.format == "onnx":
        _onnx(network, arguments)
    else:
        source = _source(loaded, network, arguments)
        deliver(source, arguments.output, "python", arguments)
    return 0


def _family_source(arguments: Namespace) -> str:
    """The networks of a file as one file."""
    if (arguments.form, arguments.format) != ("train", "python") or arguments.recompute:
        raise Stop(
            "several networks are written as source of the form train: "
            f"for another form name one, {arguments.spec}:NAME"
        )
    networks = family(arguments)
    kin = () if arguments.fixed else networks.siblings()
    if arguments.explain:
        _tell_fixed(networks.programs, kin)
    return emit_family(networks.word, networks.programs, kin)


def _source(loaded: Loaded, network: Program, arguments: Namespace) -> str:
    if arguments.form == "deploy":
        return _deployed(network, arguments.explain)
    try:
        kin = () if arguments.fixed else loaded.siblings()
        if arguments.explain:
            _tell_fixed((network,), kin)
        return emit(network, tuple(arguments.recompute), kin)
    except NothingToRecompute as nothing:
        raise Stop(f"--recompute: {nothing}") from None


def _refuse_what_does_not_go_together(arguments: Namespace) -> None:
    if arguments.fixed and (arguments.form, arguments.format) != ("train", "python"):
        raise Stop("--fixed is for source of the form train: the form deploy is fixed anyway")
    if arguments.explain and (arguments.form == "train" and arguments.format == "onnx"):
        raise Stop("--explain tells of source and of the form deploy: add --form deploy")
    if arguments.recompute and (arguments.form, arguments.format) != ("train", "python"):
        raise Stop("--recompute is for training: it goes with --form train and --format python")
    if arguments.format == "onnx" and arguments.output in (None, "-"):
        raise Stop("the format onnx is written to a file: give one with -o")
    if arguments.dynamic and arguments.format != "onnx":
        raise Stop("--dynamic is for --format onnx: source takes the sizes that fit it")
    if arguments.weights is not None and arguments.format != "onnx":
        raise Stop("source holds no weights: --weights are for --format onnx")


def _deployed(network: Program, explain: bool) -> str:
    from archdsl.transforms.deploy import deploy

    deployed = deploy(network)
    if explain:
        _explain(deployed)
    return emit_deployed(deployed)


def _explain(deployed: "Deployment") -> None:
    from archdsl.backends.changes import explained

    sys.stderr.write(explained(deployed))


def _tell_fixed(networks: tuple[Program, ...], siblings: "tuple[Siblings, ...]") -> None:
    """The arguments that the classes do not have, class by class, each with the reason."""
    from archdsl.backends.python import planned

    for one in planned(networks, siblings).fixed:
        at = f" at {one.said}" if one.said else ""
        sys.stderr.write(f"{one.cls}: {one.name} is fixed{at}: {one.why}\n")


def _onnx(network: Program, arguments: Namespace) -> None:
    spare(arguments.output, arguments)
    runtime = needed("the format onnx", "export", "weights")
    net = Network(network)
    if arguments.explain:
        _explain(net.deployment)
    try:
        runtime.export.require_onnx()
        module = runtime.export.built_alike(
            lambda: net.build(form=arguments.form, weights=arguments.weights)
        )
        compared = runtime.export.write_onnx(
            network if arguments.form == "train" else net.deployment.program,
            module,
            Path(arguments.output),
            dynamic=("batch", *arguments.dynamic),
            write=lambda path, content: deliver(content, str(path), "onnx", arguments),
        )
    except (runtime.export.OnnxError, runtime.weights.WeightsError) as refused:
        raise Stop(str(refused)) from None
    if not compared:
        say("archdsl: onnxruntime is not installed, so nobody has compared the file's numbers")
