"""Named comparisons: what they run, in two sizes, and the sentences that read their outcome.

`catalogue` holds the studies as data, `readings` the sentences, `arms` means and spreads over seeds.
"""

from resnet_core.studies.catalogue import STUDIES, get_study
from resnet_core.studies.types import Outcome, Plan, PlannedRun, Size, Study

__all__ = ["STUDIES", "Outcome", "Plan", "PlannedRun", "Size", "Study", "get_study"]
