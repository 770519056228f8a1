"""One request for every operation of the contract, in the world as it stands in the middle of a month.

Bodies come from the contract's own examples; the table adds the ids that exist in the world. An operation without an
entry fails the sweeps, so a new route is swept the day it is written.
"""

from tests.factories.requests.figures import FIGURES
from tests.factories.requests.lists import LISTS
from tests.factories.requests.places import PLACES
from tests.factories.requests.prepared import lay_files, prepare
from tests.factories.requests.reports import REPORTS
from tests.factories.requests.shape import (
    API,
    CAME,
    CHALLENGE,
    CHECK,
    HALF,
    HALF_HASH,
    QUARTERLY,
    RULES,
    VERIFIER,
    WHOLE,
    WHOLE_HASH,
    Request,
    body_of,
    example,
    fill,
    operations,
)

REQUESTS: dict[str, Request] = {**PLACES, **LISTS, **REPORTS, **FIGURES}

__all__ = [
    "API",
    "CAME",
    "CHALLENGE",
    "CHECK",
    "HALF",
    "HALF_HASH",
    "QUARTERLY",
    "REQUESTS",
    "RULES",
    "VERIFIER",
    "WHOLE",
    "WHOLE_HASH",
    "Request",
    "body_of",
    "example",
    "fill",
    "lay_files",
    "operations",
    "prepare",
]
