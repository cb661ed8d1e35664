"""Small networks of every shape that a drawing must carry, written in the language."""

from archdsl import driver
from archdsl.ir.graph import Program

RESIDUAL = """
block unit(channels, stride=1):
    add:
        path:
            conv(channels, 3, stride=stride, padding=1, bias=false) -> bn -> relu
            conv(channels, 3, padding=1, bias=false) -> bn
        if stride != 1 or input.channels != channels:
            downsample = conv(channels, 1, stride=stride, bias=false) -> bn
        else:
            identity
    relu

network Residual(layers=(2, 2, 2, 2), classes=1000):
    input 3x224x224
    conv1 = conv(64, 7, stride=2, padding=3, bias=false)
    bn
    relu
    max_pool(3, stride=2, padding=1)
    for i, n in enumerate(layers):
        layer{i + 1} = unit(64 * 2 ** i, stride=1 if i == 0 else 2) -> unit(64 * 2 ** i) * (n - 1)
    global_avg_pool
    flatten
    fc = linear(classes)
"""

BRANCHES = """
block mixed(a, b, c):
    concat:
        conv(a, 1) -> relu
        conv(b[0], 1) -> relu -> conv(b[1], 3, padding=1) -> relu
        max_pool(3, stride=1, padding=1) -> conv(c, 1) -> relu

block head(classes):
    adaptive_avg_pool(4) -> flatten -> linear(classes)

network Branches:
    input 3x64x64
    conv(64, 7, stride=2, padding=3) -> relu
    for i in range(5):
        mixed{i + 1} = mixed(16 + i, (24, 32 + i), 8)
    aux aux1(weight=0.3) = head(10)
    for i in range(4):
        mixed{i + 6} = mixed(32 + i, (24, 32 + i), 8)
    global_avg_pool -> flatten -> linear(10)
"""

SKIPS = """
block double(channels):
    conv(channels, 3, padding=1) -> relu
    conv(channels, 3, padding=1) -> relu

network Skips:
    input 3x64x64
    enc1 = double(16)
    max_pool(2)
    enc2 = double(32)
    max_pool(2)
    double(64)
    conv_transpose(32, 2, stride=2) -> concat(identity, enc2) -> double(32)
    conv_transpose(16, 2, stride=2) -> concat(identity, enc1) -> double(16)
    conv(2, 1)
"""

DENSE = """
block layer_of(growth):
    concat(identity, bn -> relu -> conv(growth, 3, padding=1, bias=false))

network Dense:
    input 3x32x32
    conv(16, 3, padding=1)
    block1 = layer_of(8) * 6
    global_avg_pool -> flatten -> linear(10)
"""

SIAMESE = """
network Siamese:
    input left: 1x28x28
    input right: 1x28x28
    layer tower = conv(8, 3) -> relu -> max_pool(2) -> conv(8, 3) -> relu -> flatten
    a = left -> tower
    b = right -> tower
    multiply(a, b) -> linear(1)
"""

TOKENS = """
network Tokens:
    input 3x32x32
    conv(16, 8, stride=8) -> flatten(2) -> transpose(1, 2)
    patches = identity
    cls = parameter(1x16)
    concat(cls, patches, dim=tokens)
    add(identity, layer_norm -> attention(2))
    linear(10)
"""

FRACTAL = """
block fractal(n, c):
    if n == 1:
        conv(c, 3, padding=1)
    else:
        average(conv(c, 3, padding=1), fractal(n - 1, c) -> relu -> fractal(n - 1, c + 1 - 1))

network Fractal(n=12):
    input 4x8x8
    fractal(n, 4)
"""

DILATED = """
block unit(channels, dilation, kernel=3):
    add:
        identity
        path:
            multiply:
                conv(channels, kernel, padding=dilation, dilation=dilation) -> tanh
                conv(channels, kernel, padding=dilation, dilation=dilation) -> sigmoid
            conv(channels, 1)

network Dilated:
    input 1x16000
    stem = conv(32, 7, stride=4, padding=3)
    for i in range(8):
        tcn{i} = unit(32, 2 ** i)
    relu
    global_avg_pool -> flatten
    linear(12)
"""

TOWERS = """
block embed(dim):
    for c in (32, 64, 128):
        conv(c, 3, padding=1, bias=false) -> bn -> relu -> max_pool(2)
    global_avg_pool -> flatten
    linear(dim)

network Towers:
    input a: 3x64x64
    input b: 3x64x64
    layer tower = embed(64)
    ea = a -> tower
    eb = b -> tower
    concat:
        subtract(ea, eb) -> abs
        multiply(ea, eb)
    linear(1)
"""

UP = """
block up(channels, skip: tensor):
    conv_transpose(channels, 2, stride=2)
    concat(skip, identity)
    conv(channels, 3, padding=1)

network Up:
    input 3x64x64
    e1 = conv(16, 3, padding=1)
    max_pool(2)
    e2 = conv(32, 3, padding=1)
    max_pool(2)
    conv(64, 3, padding=1)
    up(32, e2)
    up(16, e1)
"""


def program(text: str, network: str | None = None, **parameters: object) -> Program:
    """The network of a text that has no mistakes."""
    loaded = driver.loads(text, network=network, parameters=parameters)
    assert loaded.program is not None, [d.message for d in loaded.diagnostics]
    return loaded.program
