"""The format of rules, causes and packs: one declaration that checks files, and is the JSON Schema for editors."""

import re
import shlex
from typing import Any, Final

from diagflow.model import Act, Direction, Layer, Role, Strength
from diagflow.rules import kinds, promql, queries
from diagflow.rules.expressions import CEL, PATTERN
from diagflow.rules.near import did_you_mean
from diagflow.rules.rule import Action
from diagflow.rules.scalars import Wrong, duration, shorten, threshold
from diagflow.rules.shapes import (
    BOOL,
    LITERAL,
    Choice,
    Context,
    Fields,
    Key,
    Many,
    MapOf,
    Named,
    Record,
    Scalar,
    Schema,
    Words,
    matching,
    one_of,
    whole,
)

RULE_ID: Final = matching(
    r"[A-Z][A-Z0-9]*(?:-[A-Z][A-Z0-9]*)+-[0-9]{3,4}", "an id such as `K8S-IMAGE-001`: AREA-GROUP-NNN in upper case"
)
CAUSE_ID: Final = matching(
    r"[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9-]*", "an id such as `kubernetes.image-not-found`: pack.slug in lower case"
)
NAME: Final = matching(r"[a-z][a-z0-9_]*", "a name in lower case, such as `image`")
WORD: Final = matching(r"[a-z][a-z0-9-]*", "a word in lower case, such as `kubelet`")
REASON: Final = matching(r"[A-Za-z][A-Za-z0-9_-]*", "the reason of an event, such as `FailedScheduling`")
PATH: Final = matching(
    r"[A-Za-z_][\w-]*(?:\[\])?(?:\.[A-Za-z_][\w-]*(?:\[\])?)*", "a path such as `status.conditions[].reason`"
)
STRENGTH: Final = one_of(tuple(s.value for s in Strength), instead={"context": "leave `supports` out for context"})
DURATION: Final = Scalar(
    "a duration such as `5m`",
    duration,
    {"type": "string", "pattern": r"^\s*(?:[0-9]+(?:ms|[smhdwy])\s*)+$"},
    ("a number",),
)
KIND: Final = Scalar("a kind such as `pod`", kinds.kind)
ENTITY: Final = matching(
    r"[^\s/]+/[^\s/]+(?:/[^\s/]+)?",
    "an entity such as `configmap/{namespace}/{configmap}`: kind/namespace/name or kind/name",
)


def _action(text: str) -> Action:
    try:
        words = shlex.split(text)
    except ValueError:
        raise Wrong(f"`{shorten(text)}` has a quote that is not closed") from None
    if not words or not re.fullmatch(r"[a-z][a-z0-9-]*", words[0]):
        raise Wrong(
            f"`{shorten(text)}` names no analyzer: write its name and arguments, "
            "such as `check-scheduler-config --nodes=affected`"
        )
    return Action(words[0], dict(_argument(word) for word in words[1:]))


def _argument(word: str) -> tuple[str, str]:
    found = re.fullmatch(r"--([a-z][a-z0-9-]*)(?:=(.*))?", word)
    if not found:
        raise Wrong(
            f"`{shorten(word)}` is no argument of an analyzer (an action is no shell command): write `--name=value`"
        )
    return found[1], "true" if found[2] is None else found[2]


ACTION: Final = Scalar("an analyzer with arguments", _action)
THRESHOLD: Final = Scalar(
    "a comparison such as `> 15`", threshold, {"type": "string", "pattern": r"^\s*(?:[<>]=?|[!=]=)\s*[-+]?[0-9.].*$"}
)
_AGGREGATE: Final = matching(promql.AGGREGATE, "an aggregation such as `sum`, `max by (node)` or `none`")


def _weighs_once(fields: Fields, context: Context) -> None:
    if "supports" in fields and "refutes" in fields:
        context.fail(
            fields.keys_at["refutes"], "a condition has `supports` or `refutes`, not both: keep one", "conflict"
        )


_COMMON: Final = (
    Key(
        "supports",
        STRENGTH,
        "what a match weighs for what the rule names",
        default="in triggers `strong`, in dependencies none (`moderate` with a `threshold`)",
    ),
    Key("refutes", STRENGTH, "what a match weighs against what the rule names"),
    Key(
        "required", BOOL, "in dependencies: if it cannot be read, a match of the rule is inconclusive", default="false"
    ),
    Key(
        "origin",
        WORD,
        "who observed it; evidence of one origin about one entity counts once",
        default="state, metric, log, fact or change, by input",
    ),
    Key("half-life", DURATION, "after this time the evidence counts half", default="never"),
    Key("text", Words(), "what was seen, a template", default="generated"),
    Key(
        "extract",
        MapOf(NAME, CEL, "argument names with CEL expressions"),
        "values for the templates: argument name to CEL expression",
    ),
    Key(
        "entity",
        ENTITY,
        "template of the entity, where the condition is about another one than the rule",
        default="the rule's",
    ),
)


def _input(name: str, *keys: Key, check: Any = None) -> Record:
    def both(fields: Fields, context: Context) -> None:
        _weighs_once(fields, context)
        if check:
            check(fields, context)

    return Record(f"a `{name}` condition", (*keys, *_COMMON), both)


def _check_metric(fields: Fields, context: Context) -> None:
    if "function" in fields and "window" not in fields:
        context.fail(
            fields.keys_at["function"], "`function` needs a `window`: add one, such as `window: 5m`", "conflict"
        )
    if "trend" in fields:
        _check_trend(fields, context)
    if "for" in fields and not {"threshold", "trend"} & fields.keys():
        context.fail(
            fields.keys_at["for"], "`for` needs a `threshold` or a `trend`: what must have held so long?", "conflict"
        )


def _check_trend(fields: Fields, context: Context) -> None:
    if "window" not in fields:
        context.fail(fields.keys_at["trend"], "`trend` needs a `window`: add one, such as `window: 30m`", "conflict")
    for other in ("function", "threshold"):
        if other in fields:
            context.fail(
                fields.keys_at[other],
                f"`trend` is the sign of deriv(), it goes without `{other}`: keep one of them",
                "conflict",
            )


_FOR: Final = Key("for", DURATION, "it must have held so long", default="not asked")
_LABELS: Final = Key(
    "labels",
    MapOf(matching(r"[a-zA-Z_]\w*", "a label"), KIND, "labels with the kind of entity that they name"),
    "label of the result to kind of the entity that it names",
    default="node, pod, deployment, namespace ... by their names",
)
_THRESHOLD_KEY: Final = Key(
    "threshold",
    THRESHOLD,
    "the comparison that makes a sample a match, such as `> 15`",
    default="any sample is a match",
)

METRIC: Final = _input(
    "metric",
    Key(
        "metric",
        matching(promql.METRIC, "the name of a metric"),
        "a metric; compiles to one PromQL expression",
        required=True,
    ),
    Key("filter", Scalar("label matchers", promql.matchers), "label matchers as in PromQL"),
    Key("window", DURATION, "look at the samples of this time", default="the instant value"),
    Key(
        "function",
        one_of(promql.RANGE_FUNCTIONS),
        "from the samples in the window to one value",
        default="min_over_time with a window",
    ),
    Key("aggregate", _AGGREGATE, "over all series", default="sum with a threshold, else none"),
    _THRESHOLD_KEY,
    Key("trend", one_of(("rising", "falling")), "the sign of deriv() over the window"),
    _FOR,
    _LABELS,
    check=_check_metric,
)
PROMQL: Final = _input(
    "promql",
    Key(
        "promql",
        queries.PROMQL,
        "a PromQL expression, without the comparison with `threshold`",
        required=True,
    ),
    _THRESHOLD_KEY,
    _FOR,
    _LABELS,
    check=_check_metric,
)

_RELATED: Final = MapOf(
    NAME,
    Record(
        "a related object",
        (
            Key("via", one_of(kinds.RELATIONS), "the relation", required=True),
            Key("kind", KIND, "the kind of the other objects", required=True),
            Key(
                "direction",
                one_of(tuple(d.value for d in Direction)),
                "along the relation or against it",
                default="dependencies",
            ),
        ),
    ),
    "names with `{via: relation, kind: kind}`",
)
_WHEN: Final = MapOf(PATH, Many(LITERAL, single=True), "paths with a value or a list of values")
_EACH: Final = one_of(("container",))


def _check_object(fields: Fields, context: Context) -> None:
    for path in fields.get("when", ()):
        if path.startswith("container.") and "each" not in fields:
            context.fail(fields.at("when"), f"`{path}` is about a container: add `each: container`", "conflict")
    if "for" in fields and "since" not in fields:
        context.fail(fields.keys_at["for"], "`for` needs `since`: the field that says since when", "conflict")
    if fields.get("exists") is False and "each" in fields:
        context.fail(
            fields.keys_at["each"], "an object that must not exist has no containers: remove `each`", "conflict"
        )


OBJECT: Final = _input(
    "object",
    Key("object", KIND, "a kind: pod, deployment, node, gateway.networking.istio.io", required=True),
    Key("when", _WHEN, "the index: path to value or list of values, all must hold before CEL runs"),
    Key("each", _EACH, "once per container, init, sidecar and ephemeral ones included"),
    Key("where", CEL, "a condition in CEL over `object`, `container`, `related`, `now`", default="true"),
    Key("since", CEL, "CEL that gives the timestamp of the onset"),
    Key("related", _RELATED, "objects bound to `related.NAME`, at most 256"),
    Key("exists", BOOL, "false: the entity itself must be missing from a completely read list", default="true"),
    _FOR,
    check=_check_object,
)
EVENT: Final = _input(
    "event",
    Key("event", Many(REASON, single=True), "reason or list of reasons", required=True),
    Key("on", KIND, "kind of the involved object"),
    Key("message", Many(PATTERN, single=True), "RE2 pattern or list; named groups become arguments"),
    Key("where", CEL, "a condition in CEL over `event`", default="true"),
    Key("within", DURATION, "only events seen so shortly before now", default="1h"),
    Key("min-count", whole(1, 1_000_000), "seen at least so often", default="1"),
)
_OF: Final = Record(
    "the pods whose logs are read",
    (
        Key("when", _WHEN, "path to value or list of values"),
        Key("where", CEL, "a condition in CEL over `object` and `container`", default="true"),
    ),
)
_FACT_NAME: Final = matching(r"[a-z][a-z0-9_.-]*", "the name of a host fact")
_WITH: Final = Key(
    "with",
    Many(matching(r"[a-z][a-z0-9_]*", "the name of a host fact, such as `go_env`"), single=True),
    "further facts, bound to `facts.NAME` in CEL",
)


def _check_log(fields: Fields, context: Context) -> None:
    """Refuse a key that the log in question has no use for."""
    on = fields.get("on", "")
    for key, (logs, said) in _LOG_KEYS.items():
        if key in fields and on not in logs:
            context.fail(fields.keys_at[key], f"`{key}` {said}", "conflict")


_OF_PODS: Final = (("",), "is about containers, this log is none of theirs: remove it")
_OF_NODE: Final = (("node",), "needs `on: node`: add it, or remove it")
_LOG_KEYS: Final = {
    **dict.fromkeys(("of", "previous", "tail", "last"), _OF_PODS),
    **dict.fromkeys(("within", "boot"), _OF_NODE),
    "where": (("host", "node"), "needs `on: host` or `on: node`: add it"),
    "with": (("host",), "needs `on: host`: add it"),
}
"""Of which logs a key is, and what is said about others; `on` of the logs of containers is empty."""


LOG: Final = _input(
    "log",
    Key("log", Many(PATTERN, single=True), "RE2 pattern or list; named groups become arguments", required=True),
    Key("of", _OF, "which pods", default="containers that wait, ended with an error or restarted"),
    Key(
        "previous",
        one_of(("true", "false", "any"), accepts=("true or false",)),
        "logs of the previous run",
        default="any",
    ),
    Key("tail", whole(1, 10_000), "lines from the end", default="200"),
    Key(
        "last",
        whole(1, 10_000),
        "how near the end a match must begin: lines that begin with a blank belong to the one before",
        default="anywhere in `tail`",
    ),
    Key(
        "on",
        one_of(("host", "node")),
        "instead of the logs of containers, what a command of this machine printed, or the logs of nodes",
    ),
    Key(
        "where",
        CEL,
        "with `on: host` or `on: node`, a condition in CEL over `line`, `args`, and of the host `facts`",
        default="true",
    ),
    Key("within", DURATION, "with `on: node`, so shortly before now, or before the end of the log", default="1h"),
    Key("boot", one_of(("last", "any")), "with `on: node`, which run of the kernel", default="last"),
    _WITH,
    check=_check_log,
)
CHANGE: Final = _input(
    "change",
    Key(
        "change",
        Many(one_of(("rollout", "config", "release", "flag")), single=True),
        "kind of change or list",
        required=True,
    ),
    Key("within", DURATION, "so shortly before the onset", default="1h"),
    Key("where", CEL, "a condition in CEL over `change`", default="true"),
)
FACT: Final = _input(
    "fact",
    Key("fact", _FACT_NAME, "name of a host fact", required=True),
    Key("where", CEL, "a condition in CEL over `fact` and `facts`", default="true"),
    _WITH,
)

_CONDITION_REF: Final[Named] = Named("condition", lambda: CONDITION)
_COMBINED: Final = (
    Key("supports", STRENGTH, "what a match of the whole weighs", default="its parts weigh for themselves"),
    Key("refutes", STRENGTH, "what a match of the whole weighs against what the rule names"),
    Key(
        "required",
        BOOL,
        "in dependencies: if it cannot be judged, a match of the rule is inconclusive",
        default="false",
    ),
    Key("text", Words(), "what was seen, a template", default="generated"),
)


def _combination(op: str, shape: Many | Named) -> Record:
    return Record(f"a combination `{op}`", (Key(op, shape, "conditions", required=True), *_COMBINED), _weighs_once)


CONDITION: Final[Choice] = Choice(
    "a condition",
    {
        "metric": METRIC,
        "promql": PROMQL,
        "object": OBJECT,
        "event": EVENT,
        "log": LOG,
        "change": CHANGE,
        "fact": FACT,
        "all": _combination("all", Many(_CONDITION_REF)),
        "any": _combination("any", Many(_CONDITION_REF)),
        "not": _combination("not", _CONDITION_REF),
    },
)

NAMING: Final = ("cause", "refutes", "symptom", "advice")


def _check_rule(fields: Fields, context: Context) -> None:
    named = [key for key in NAMING if key in fields]
    for other in named[1:]:
        context.fail(
            fields.keys_at[other],
            f"a rule names one thing, here are `{named[0]}` and `{other}`: make two rules",
            "conflict",
        )
    if not named and "action" not in fields:
        context.fail(
            fields.at("id"),
            "the rule leads nowhere: add `cause`, `refutes`, `symptom`, `advice` or `action`",
            "missing-key",
        )


RULE: Final = Record(
    "a rule",
    (
        Key("id", RULE_ID, "AREA-GROUP-NNN in upper case, never reused", required=True),
        Key("title", Words(), "a short name", default="the id"),
        Key("cause", CAUSE_ID, "id of the cause that a match supports"),
        Key("refutes", CAUSE_ID, "id of a cause that a match speaks against"),
        Key("symptom", CAUSE_ID, "id of the symptom that a match is"),
        Key("advice", CAUSE_ID, "id of advice, shown only when asked for"),
        Key("triggers", Many(_CONDITION_REF), "conditions, all must hold", required=True),
        Key("dependencies", Many(_CONDITION_REF), "conditions that add evidence or context to a match"),
        Key(
            "entity",
            ENTITY,
            "template of the entity",
            default="the object's own; cluster/local for metrics without labels",
        ),
        Key("action", ACTION, "an analyzer with arguments, never a shell command"),
        Key("class", one_of(("F", "R")), "F: a failure, R: advice", default="F"),
        Key("for", DURATION, "the triggers must have held so long", default="not asked"),
    ),
    _check_rule,
)
RULES: Final = Many(Named("rule", lambda: RULE), most=100_000)

_TEMPLATE: Final = Scalar("a text, which may hold {arguments}", accepts=("a number",))
_LAYER: Final = matching(
    "|".join([*Layer, r"\{[a-z][a-z0-9_]*\}"]), "session, user, machine, go-env, or an argument such as `{layers}`"
)
_IN: Final = Key("in", Many(_LAYER, single=True), "where the variable stands", required=True)


def _operation(act: Act, what: str, *keys: Key, shape: Any = _TEMPLATE) -> Record:
    return Record(f"an operation `{act}`", (Key(act.value, shape, what, required=True), *keys))


_OPERATION: Final[Choice] = Choice(
    "an operation",
    {
        Act.SET.value: _operation(
            Act.SET, "an environment variable", Key("to", _TEMPLATE, "the value", required=True), _IN
        ),
        Act.UNSET.value: _operation(Act.UNSET, "an environment variable", _IN),
        Act.PATH_ADD.value: _operation(Act.PATH_ADD, "a folder", _IN),
        Act.PATH_REMOVE.value: _operation(Act.PATH_REMOVE, "a folder, as it stands in PATH", _IN),
        Act.GO_MOD.value: _operation(
            Act.GO_MOD,
            "a line of go.mod",
            Key("to", _TEMPLATE, "the value", default="the line is removed"),
            shape=one_of(("go", "toolchain")),
        ),
        Act.ENV_FILE.value: _operation(
            Act.ENV_FILE,
            "the path of the go env file, which is written again as UTF-8 with LF",
            Key("drop", Many(_TEMPLATE, single=True), "names of lines to leave out", default="none"),
        ),
        Act.RUN.value: _operation(Act.RUN, "a command as a list of words; never run by us", shape=Many(_TEMPLATE)),
    },
)
_INSTRUCTION: Final = Record(
    "an instruction",
    (
        Key("text", Words(), "what to do", required=True),
        Key("commands", Many(Words()), "the exact commands, arguments are quoted for the shell"),
        Key("operations", Many(_OPERATION), "changes of this machine, rendered for the user's shell"),
    ),
)
_EXPLAINS: Final = Record(
    "an explained thing",
    (
        Key("what", CAUSE_ID, "id of the cause or symptom that it brings about", required=True),
        Key("via", Many(one_of(kinds.RELATIONS), single=True), "relations to follow", default="the same entity"),
        Key(
            "direction",
            one_of(tuple(d.value for d in Direction)),
            "against the relation or along it",
            default="dependents",
        ),
    ),
)
_URL: Final = matching(r"https?://[^\s]+", "a link that begins with https://")
CAUSE: Final = Record(
    "a cause",
    (
        Key("id", CAUSE_ID, "pack.slug, said once and never reused", required=True),
        Key("title", Words(), "one sentence that says it is so, a template", required=True),
        Key("name", Words(), "a few words for it that assert nothing, for when it is ruled out", default="the title"),
        Key("explanation", Words(), "what happens, why, what else looks the same"),
        Key("remedy", _INSTRUCTION, "the exact fix"),
        Key("check", _INSTRUCTION, "how to see that the fix worked"),
        Key("docs", _URL, "link to upstream documentation"),
        Key(
            "refs",
            Many(matching(r"[A-Z][A-Z0-9-]*[a-z]?", "a row such as `K8S-015`"), single=True),
            "rows of the catalogue of failures that it covers",
        ),
        Key("severity", one_of(("critical", "warning", "info")), "how bad", default="warning"),
        Key("role", one_of(tuple(r.value for r in Role)), "whether it can be a root", default="cause"),
        Key("explains", Many(_EXPLAINS), "what it brings about"),
    ),
)
CAUSES: Final = Many(Named("cause", lambda: CAUSE), most=100_000)


def _query(text: str) -> str:
    kind, colon, target = text.partition(":")
    known = ("objects", "promql", "log", "logs", "fact", "change", "alert")
    if not colon or kind not in known:
        raise Wrong(
            f"`{shorten(text)}` is no query: write its kind, `:` and its target, such as `objects:pods`; "
            f"{did_you_mean(kind, known)}"
        )
    if not target and kind != "alert":
        raise Wrong(f"`{shorten(text)}` lacks its target: write it behind the `:`, such as `objects:pods`")
    return text


ANALYZER: Final = Record(
    "an analyzer",
    (
        Key("name", WORD, "as rules write it in `action`", required=True),
        Key(
            "version",
            Scalar("a version such as `1`", accepts=("a number",)),
            "raise it with each change of behaviour",
            required=True,
        ),
        Key(
            "run",
            matching(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", "`module:function`"),
            "module:function",
            required=True,
        ),
        Key(
            "inputs",
            Many(
                Record(
                    "an input",
                    (
                        Key(
                            "query",
                            Scalar("a query such as `objects:pods`", _query),
                            "a query; its target may hold {variables}",
                            required=True,
                        ),
                        Key("fields", Many(PATH, single=True), "of objects, the paths to keep"),
                    ),
                )
            ),
            "all that it may read",
            required=True,
        ),
        Key("names", Many(CAUSE_ID, single=True), "ids of the causes and symptoms that it may name"),
    ),
)
PACK: Final = Record(
    "a pack",
    (
        Key("name", WORD, "the pack's name", required=True),
        Key("title", Words(), "what it is about"),
        Key(
            "about",
            one_of(("cluster", "host")),
            "who asks for it: `scan` and `diagnose`, or `doctor`",
            default="cluster",
        ),
        Key("analyzers", Many(ANALYZER), "its analyzers"),
    ),
)


def _document(title: str, root: Any) -> Schema:
    definitions = {"rule": RULE.schema(), "condition": CONDITION.schema(), **CONDITION.definitions()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **root.schema(),
        "$defs": definitions,
    }


def rules_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a rule file."""
    return _document("DiagFlow rules", RULES)


def causes_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a causes.yaml."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "DiagFlow causes",
        **CAUSES.schema(),
        "$defs": {"cause": CAUSE.schema(), **_OPERATION.definitions()},
    }


def pack_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a pack.yaml."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "DiagFlow pack", **PACK.schema()}
