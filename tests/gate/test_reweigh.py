"""Other weights than the engine's: strengths change, decay and direction stay."""

from dataclasses import replace

from diagflow.gate.reweigh import amount, reweighed
from diagflow.model import FITTED, Strength, Weights
from tests.infer.make import match, seen

DOUBLE = Weights({strength: 2 * nats for strength, nats in FITTED.strengths.items()}, FITTED.near, FITTED.scan)


def test_each_strength_weighs_as_it_is_told():
    (one,) = reweighed([match("c", "pod/a/b", *(seen(strength) for strength in Strength))], DOUBLE)
    assert [e.nats for e in one.evidence] == [2 * FITTED.strengths[strength] for strength in Strength]


def test_what_is_decayed_or_against_stays_so():
    half = replace(seen("strong", sign=-1), nats=-FITTED.strengths[Strength.STRONG] / 2)
    assert amount(half) == -0.5
    (one,) = reweighed([match("c", "pod/a/b", half)], DOUBLE)
    assert one.evidence[0].nats == 2 * half.nats


def test_context_weighs_nothing():
    context = replace(seen(), nats=0.0, strength=None)
    assert reweighed([match("c", "pod/a/b", context)], DOUBLE)[0].evidence == (context,)


def test_the_engines_own_weights_change_nothing():
    verdict = match("c", "pod/a/b", seen("moderate"), seen("weak", origin="log"))
    assert reweighed([verdict], FITTED) == (verdict,)
