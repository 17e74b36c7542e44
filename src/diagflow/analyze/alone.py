"""One rule by itself, judged again and again on a bundle in which the answers to its expressions change."""

from diagflow.analyze.analyze import given_edges
from diagflow.analyze.combine import Conditions
from diagflow.analyze.judge import Judge
from diagflow.analyze.lookup import Lookup
from diagflow.analyze.memo import Memo
from diagflow.analyze.plan import plan_for
from diagflow.analyze.scene import Scene
from diagflow.analyze.topology import ReadTopology
from diagflow.bundle import Bundle
from diagflow.model import Verdict
from diagflow.rules import RuleSet


class Alone:
    """A rule of a set; its analyzer is not asked, and a rule that refutes is asked about everything."""

    def __init__(self, ruleset: RuleSet, rule_id: str) -> None:
        self._plan = plan_for(ruleset)
        self._prepared = next(one for one in self._plan.rules if one.rule.id == rule_id)
        self._memo = Memo()

    def verdicts(self, bundle: Bundle) -> list[Verdict]:
        """Return the rule's verdicts: one a matching entity, and one about the rest."""
        lookup = Lookup(bundle, self._plan, self._memo)
        scene = Scene(lookup, ReadTopology(lookup, given_edges(bundle)))
        return Judge(scene, Conditions(scene)).verdicts(self._prepared)
