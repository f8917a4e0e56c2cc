"""Exact integer noise from OpenDP. It cannot be seeded: tests hand in a source of their own."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import inf, nextafter
from typing import Any

import opendp.domains as domains
import opendp.measurements as measurements
import opendp.metrics as metrics
from opendp.mod import enable_features

# counts and the scale of the noise → noisy counts
Noise = Callable[[Sequence[int], Fraction], list[int]]

enable_features("contrib")


def laplace(counts: Sequence[int], scale: Fraction) -> list[int]:
    """Counts with independent discrete Laplace noise: signed, never clamped.

    The library itself says what one more answer costs; a float that lies below the scale would
    cost a hair more than 1 / scale, so the next one is taken then.
    """
    space = domains.vector_domain(domains.atom_domain(T=int)), metrics.l1_distance(T=int)
    wanted = float(scale)
    made: Any = measurements.make_laplace(*space, scale=wanted)
    while Fraction(made.map(1)) > 1 / scale:
        wanted = nextafter(wanted, inf)
        made = measurements.make_laplace(*space, scale=wanted)
    return [int(count) for count in made(list(counts))]
