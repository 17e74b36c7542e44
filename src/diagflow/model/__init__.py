"""What a diagnosis is made of: frozen values, no behaviour that reads a clock, a network or an environment.

The words of this package are the words of the product (see docs/concepts.md): an `Entity` is a thing that
can be ill, a `Query` asks the world for something, a `Reading` is its answer, a `Verdict` is what one rule
says about one entity, and a `Diagnosis` is the ranked result.
"""

from diagflow.model.cause import CHECK_EMPTY, Cause, Explains, Instruction, Role
from diagflow.model.entity import CLUSTER, HOST, Entity
from diagflow.model.errors import BadInput, DiagFlowError
from diagflow.model.evidence import Evidence, Strength
from diagflow.model.incident import Incident
from diagflow.model.operation import Act, Layer, Operation
from diagflow.model.reading import Coverage, Query, Reading, State, Want
from diagflow.model.text import Text
from diagflow.model.topology import Direction, Edge, Edges, Topology
from diagflow.model.verdict import Need, Onset, Outcome, Verdict
from diagflow.model.weights import FITTED, Weights

__all__ = [
    "CHECK_EMPTY",
    "CLUSTER",
    "FITTED",
    "HOST",
    "Act",
    "BadInput",
    "Cause",
    "Coverage",
    "DiagFlowError",
    "Direction",
    "Edge",
    "Edges",
    "Entity",
    "Evidence",
    "Explains",
    "Incident",
    "Instruction",
    "Layer",
    "Need",
    "Onset",
    "Operation",
    "Outcome",
    "Query",
    "Reading",
    "Role",
    "State",
    "Strength",
    "Text",
    "Topology",
    "Verdict",
    "Want",
    "Weights",
]
