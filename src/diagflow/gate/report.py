"""Everything that a run of the gate says, ready to be shown in any form."""

from collections.abc import Sequence
from dataclasses import dataclass

from diagflow.gate.calibration import Answer, Calibration, calibration
from diagflow.gate.compare import Comparison
from diagflow.gate.confusion import Row, confusion
from diagflow.gate.outcome import Outcome, Use
from diagflow.gate.rulefigures import RuleFigures, rule_figures
from diagflow.gate.totals import Totals, totals
from diagflow.rules import RuleSet


@dataclass(frozen=True, slots=True)
class Report:
    """A run of the gate; in its figures, but for `synthetic`, no recording counts that was written by hand.

    Attributes:
        outcomes: of each recording, by corpus and name; of synthetic ones too.
        corpora: figures of each corpus that holds more than synthetic recordings.
        overall: figures of all together.
        synthetic: figures of the synthetic ones; None without any.
        calibration: how well confidences fit, as the evidence has them; None when no answer was given.
        said: how well those fit that are said: what rests on provisional rules is capped.
        unexplained: the same as if nobody knew the true causes: no answer is right, none at all has confidence 0.
        confusion: which cause was named where which is right.
        rules: figures of each rule.
        comparison: with the baseline; None without one.
        seeds: runs of each recording with readings removed.
    """

    outcomes: tuple[Outcome, ...]
    corpora: tuple[Totals, ...]
    overall: Totals
    synthetic: Totals | None
    calibration: Calibration | None
    said: Calibration | None
    unexplained: Calibration | None
    confusion: tuple[Row, ...]
    rules: tuple[RuleFigures, ...]
    comparison: Comparison | None = None
    seeds: int = 0

    @property
    def counted(self) -> tuple[Outcome, ...]:
        """The recordings that the figures are about."""
        return _counted(self.outcomes)

    @property
    def unusable(self) -> tuple[Outcome, ...]:
        """Recordings that could not be used."""
        return tuple(o for o in self.outcomes if o.error)

    @property
    def unjudged(self) -> tuple[RuleFigures, ...]:
        """Rules in question that no recording could judge: of those the gate says nothing."""
        return self._out_of_figures(synthetic=False)

    @property
    def unproven(self) -> tuple[RuleFigures, ...]:
        """Rules in question that synthetic recordings alone could judge: guarded, and no figure knows of them."""
        return self._out_of_figures(synthetic=True)

    @property
    def faint(self) -> tuple[RuleFigures, ...]:
        """Rules in question that fire on something healthy, and weigh too little to be named for it."""
        return tuple(rule for rule in self._in_question if rule.faint)

    @property
    def _in_question(self) -> tuple[RuleFigures, ...]:
        """The rules that are new or changed; without a baseline, those of `--rules`."""
        found = self.comparison
        return tuple(rule for rule in self.rules if (rule.id in found.touched if found else rule.own))

    def _out_of_figures(self, *, synthetic: bool) -> tuple[RuleFigures, ...]:
        """Return the rules in question that ran in no recording that counts, by whether they did in a synthetic one."""
        ran = {rule for o in self.outcomes if o.synthetic for rule, use in o.rules.items() if Use.RAN in use}
        return tuple(rule for rule in self._in_question if not rule.ran and (rule.id in ran) is synthetic)

    @property
    def wrong(self) -> tuple[Outcome, ...]:
        """Recordings of which some check does not hold: the worst first, a wrong answer before none."""
        return tuple(
            sorted((o for o in self.outcomes if o.wrong), key=lambda o: (not o.said_wrong, -len(o.wrong), o.key))
        )

    @property
    def misleading(self) -> tuple[Outcome, ...]:
        """Recordings of which something false is said and no baseline knows, which would say what is accepted."""
        if self.comparison is None:
            return tuple(o for o in self.outcomes if o.misleads)
        return tuple(o for o in self.outcomes if o.key in self.comparison.misleading)

    @property
    def passed(self) -> bool:
        """True when every recording could be used, and nothing got worse, or is false, that nobody accepts."""
        return not (self.unusable or self.misleading) and not (self.comparison and self.comparison.failed)


def report_of(
    outcomes: Sequence[Outcome], ruleset: RuleSet, comparison: Comparison | None = None, seeds: int = 0
) -> Report:
    """Make the report of a run."""
    counted = _counted(outcomes)
    synthetic = [o for o in outcomes if o.synthetic]
    names = dict.fromkeys(o.corpus for o in counted)
    return Report(
        outcomes=tuple(outcomes),
        corpora=tuple(totals(name, [o for o in counted if o.corpus == name]) for name in names),
        overall=totals("all", counted),
        synthetic=totals("synthetic", synthetic) if synthetic else None,
        calibration=calibration([Answer(o.family, p.uncapped, p.right) for o in counted for p in o.predictions]),
        said=calibration([Answer(o.family, p.confidence, p.right) for o in counted for p in o.predictions]),
        unexplained=calibration(
            [Answer(o.family, guess.confidence, False) for o in counted for guess in o.unexplained]
        ),
        confusion=confusion(counted),
        rules=rule_figures(ruleset, counted),
        comparison=comparison,
        seeds=seeds,
    )


def _counted(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    return tuple(o for o in outcomes if not o.synthetic)
