"""The sample: 温州市 with four published lists, carried to the year of a given day.

`sample(today)` is pure: the same day, seed and files give the same rows. What is
printed in a source stays as printed; the rest is made up and says so (`basis`).
"""

from datetime import date
from pathlib import Path

from minsheng.sample import files
from minsheng.sample.catalogue import Catalogue
from minsheng.sample.people import people
from minsheng.sample.reporting import Reporting, lags
from minsheng.sample.shapes import Sample
from minsheng.sample.synthetic import Synthetic, synthetic
from minsheng.sample.wenzhou import ISSUED

__all__ = ["Sample", "Synthetic", "sample", "synthetic"]

SEED = 20180620


def sample(today: date, data: Path = files.DATA, seed: int = SEED) -> Sample:
    """Units, persons, grants, programmes and reports as they would stand on the morning of `today`."""
    result = Sample(units=files.units(data))
    slugs = files.slugs(data)
    result.persons, result.grants = people(result.units, slugs, today.year, seed)
    promises = [promise for promise in files.promises(data) if promise.kind == "item"]
    catalogue = Catalogue(result, today, seed)
    for owner in ISSUED:
        catalogue.add_list(owner, [line for line in promises if line.unit_key == owner])
    reporting = Reporting(result, today, seed, slugs)
    for programme in result.programmes:
        lines = [line for line in catalogue.lines if line.programme is programme]
        tasks = [task for line in lines for task in line.leaves]
        lag = lags(tasks, f"{seed}:{programme.key}")
        for line in lines:
            reporting.add(line, lag)
    return result
