"""What other tools printed for people, as the objects that it was printed from.

`describe` reads the text of `kubectl describe`, `table` that of `kubectl get` and `kubectl events`, `grepped` its rows
without headings, `lineage` the tree of kube-lineage. What was not printed is not there: an object made from text has
fewer fields than the real one, and none that is a guess.
"""

from diagflow.bundle.foreign.describe import describe
from diagflow.bundle.foreign.grepped import grepped
from diagflow.bundle.foreign.lineage import lineage
from diagflow.bundle.foreign.tables import table

__all__ = ["describe", "grepped", "lineage", "table"]
