"""What other frameworks call the arguments of ops, and those that are not needed here."""

KNOWN_SIZES = {
    *("in_features", "in_channels", "in_chans", "num_features", "num_channels"),
    *("normalized_shape", "embed_dim", "input_size", "input_dim", "input_shape"),
}
_WORDS = {
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
}


def argument_meant(word: str, known: tuple[str, ...]) -> str | None:
    """The argument that another framework calls so; None where an op has none such."""
    here = _WORDS.get(word)
    return here if here in known else None
