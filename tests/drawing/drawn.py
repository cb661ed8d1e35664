"""The networks of the catalogue as they are usually drawn, each made once for all tests."""

from functools import cache

from archdsl import driver, load
from archdsl.backends.figure.figure_of import figure_of
from archdsl.backends.figure.primitives import Figure
from archdsl.ir.graph import Program
from archdsl.transforms.picture import picture
from archdsl.transforms.picture.drawing_parts import Direction, Picture

CATALOGUE = [entry.name for entry in driver.listing()]


@cache
def program(name: str) -> Program:
    return load(name).program


@cache
def plan(name: str, direction: Direction = "TB") -> Picture:
    return picture(program(name), direction=direction)


@cache
def figure(name: str, direction: Direction = "TB") -> Figure:
    return figure_of(plan(name, direction))
