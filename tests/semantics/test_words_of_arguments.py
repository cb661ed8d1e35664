"""A word that an op's argument knows is that word, whatever else bears the name."""

from archdsl import driver


def shapes(lines: str, parameters: str = "width=8, channels=2, same=0") -> tuple[object, ...]:
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    loaded = driver.loads(f"network Net({parameters}):\n    input 3x5x7\n{body}")
    assert loaded.program is not None, [d.message for d in loaded.diagnostics]
    return tuple(type_.shape for type_ in loaded.program.root.outputs)


def test_a_parameter_does_not_hide_a_dimension() -> None:
    assert shapes("conv(width, 1) -> mean(height, width)") == ((8,),)
    assert shapes("max(channels, keepdim=true)") == ((1, 5, 7),)


def test_nor_do_lets_and_loops() -> None:
    assert shapes("let length = 3\nconv(width, 3, padding=same)") == ((8, 5, 7),)
    assert shapes("for width in (1, 2):\n    concat(identity, identity, dim=width)") == (
        (3, 5, 28),
    )


def test_in_a_computation_it_is_the_parameter() -> None:
    assert shapes("mean(channels + 1)") == ((3, 5),)  # dimension 3: the width
