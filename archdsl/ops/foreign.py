"""The names that other frameworks, and papers, have for the ops.

A word is looked up without its case, underscores and the dimensions at its end: `Conv2D`, `conv_2d`
and `conv` are one. The names of PyTorch's own layers are not here: each op knows its own.
"""

import re
from functools import lru_cache

from archdsl.ops.registry import ops

_NAMES: dict[str, str] = {
    # what is written here: what others call it
    "conv": "convolution convolutional convlayer",
    "conv(…, 1)": "pointwiseconv pointwiseconvolution pwconv conv1x1",
    "conv(…, 3, padding=1)": "conv3x3",
    "conv(…, groups=input.channels)": "depthwiseconv depthwiseconvolution dwconv depthwise",
    "conv(…, dilation=2)": "atrousconv dilatedconv atrousconvolution dilatedconvolution",
    "conv_transpose": "deconv deconvolution convtransposed transposedconv transposeconv upconv "
    "conv1dtranspose conv2dtranspose conv3dtranspose transposedconvolution",
    "separable_conv": "separableconv separableconvolution sepconv",
    "max_pool": "maxpooling mp",
    "avg_pool": "averagepool averagepooling avgpooling meanpool",
    "global_avg_pool": "gap globalaveragepool globalaveragepooling globalavgpooling globalpool",
    "global_max_pool": "gmp globalmaxpooling",
    "adaptive_avg_pool": "adaptiveaveragepool adaptiveaveragepooling adaptivepool",
    "linear": "dense fc fullyconnected innerproduct affine",
    "bn": "batchnormalization batchnormalisation batchnorm batchnorm2d syncbatchnorm",
    "layer_norm": "layernormalization layernormalisation ln",
    "group_norm": "groupnormalization groupnormalisation gn",
    "instance_norm": "instancenormalization instancenormalisation",
    "rms_norm": "rmsnormalization rmsnormalisation",
    "lrn": "localresponsenorm localresponsenormalization localresponsenormalisation",
    "leaky_relu": "lrelu leaky",
    "silu": "swish",
    "hardswish": "hswish",
    "hardsigmoid": "hsigmoid",
    "sigmoid": "logistic",
    "dropout": "drop",
    "spatial_dropout": "dropout1d dropout2d dropout3d spatialdropout featuredropout",
    "drop_path": "droppath stochasticdepth dropconnect",
    "attention": "mha multiheadattention multiheadedattention selfattention msa",
    "scaled_dot_product": "sdpa dotproductattention",
    "reshape": "view",
    "permute": "rearrange",
    "transpose": "swapaxes swapdims",
    "identity": "noop passthrough",
    "upsample": "interpolate upsampling resize",
    "pixel_shuffle": "depthtospace subpixel",
    "pixel_unshuffle": "spacetodepth",
    "pad": "zeropad zeropadding",
    "mean": "reducemean",
    "max": "reducemax amax",
    "sum": "reducesum",
    "multiply": "times",
    "concat": "concatenate concatenation merge",
    "matmul": "bmm",
    "squeeze_excite": "squeezeexcitation squeezeandexcitation selayer",
    "path:": "sequential",
}
# what there is no op for, and what stands for it
_ABSENT: dict[str, str] = {
    "minimum": "write the negative of a maximum: with `let minus = scale(-1, learned=false)`, "
    "`maximum(a -> minus, b -> minus) -> minus`",
    "sin cos sine cosine positionalencoding": "a table of positions is learned, "
    "`add(identity, parameter(128, 64))`, or comes in as an `input` of its own",
    "lstm gru rnn lstmcell grucell": "recurrent layers have no op: write out the cell's steps, "
    "once for each place, as a `block` with `linear`, `sigmoid`, `tanh`, `multiply` and `add`",
    "print summary": "`archdsl audit` shows the shape of every step, and `:: SHAPE` behind a line "
    "states it",
    "einsum": "write the product with `matmul` and `transpose`, or `bilinear`",
}
_MODULES = ("nn", "torch", "F", "keras", "tf")


def meant(name: str) -> str:
    """A hint with what to write for a word of another framework; empty if it is none."""
    if name in _MODULES:
        return "layers are written without their module: `conv`, `bn`, `relu`"
    instead = _instead(name)
    if instead:
        return instead
    word = _listed(name) or _in_torch(name)
    return f"did you mean `{word}`?" if word else ""


def is_module(name: str) -> bool:
    """True for a name of a module in other frameworks."""
    return name in _MODULES


@lru_cache(maxsize=1024)
def op_meant(name: str) -> str | None:
    """The op that another framework's word is; None where more than a word stands for it."""
    word = None if _instead(name) else name if name in ops() else _listed(name) or _in_torch(name)
    return word if word is not None and word.isidentifier() else None


def _instead(name: str) -> str:
    wanted = _folded(name)
    return next((text for names, text in _ABSENT.items() if wanted in names.split()), "")


def _listed(name: str) -> str | None:
    whole, short = _folded(name), _plain(name)
    return next(
        (
            here
            for word in (whole, short)
            for here, names in _NAMES.items()
            if word in names.split()
        ),
        None,
    )


def _in_torch(name: str) -> str | None:
    """The op that follows PyTorch's layer or function of this name."""
    wanted = _plain(name)
    for word, op in ops().items():
        if op.torch and wanted == _plain(op.torch.rpartition(".")[2]):
            return word
    return None


def _plain(name: str) -> str:
    return re.sub(r"[123]d$", "", _folded(name))


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


# --- arguments ---------------------------------------------------------------------------------

KNOWN_SIZES = {
    *("in_features", "in_channels", "in_chans", "num_features", "num_channels"),
    *("normalized_shape", "embed_dim", "input_size", "input_dim", "input_shape"),
}
_ARGUMENTS = {
    "out_features": "features",
    "units": "features",
    "out_channels": "channels",
    "filters": "channels",
    "strides": "stride",
    "pool_size": "kernel_size",
    "num_heads": "heads",
    "num_groups": "groups",
    "negative_slope": "slope",
    "rate": "p",
    "axis": "dim",
}


def argument_meant(word: str, known: tuple[str, ...]) -> str | None:
    """The op's argument for another framework's name; None if the op has none."""
    here = _ARGUMENTS.get(word)
    return here if here in known else None
