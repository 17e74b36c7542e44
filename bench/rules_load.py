"""How long do 1,000 bilingual rules take to load, cold and from the cache?

Run: `python -m bench.rules_load [NUMBER]`. Goals: cold 1.0 s, from the cache 0.1 s, each in a process of its own. Two
sorts of rules: small ones (0.7 KB, ten to a cause), and large ones like those of our packs (1.2 KB with two
dependencies, and a cause of 0.5 KB each).
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

SMALL = """\
- id: BENCH-{group}-{number:03}
  title: {{en: "Image not found, variant {key}", zh: "第 {key} 种镜像不存在"}}
  cause: bench.cause-{cause}
  triggers:
    - object: pod
      each: container
      when:
        container.state.waiting.reason: [ErrImagePull, ImagePullBackOff, Reason{key}]
      where: 'container.state.waiting.message.matches("(?i)manifest unknown|not found|variant {key}")'
      supports: conclusive
      origin: kubelet
      text: {{en: "container {{container}}: {{message}}", zh: "容器 {{container}}：{{message}}"}}
      extract:
        message: container.state.waiting.message
"""
LARGE = """\
- id: BENCH-{group}-{number:03}
  title: {{en: "Image of container not found, variant {key}", zh: "第 {key} 种镜像不存在"}}
  cause: bench.cause-{cause}
  triggers:
    - object: pod
      each: container
      when:
        container.state.waiting.reason: [ErrImagePull, ImagePullBackOff, Reason{key}]
      where: >-
        !has(object.metadata.deletionTimestamp)
        && container.state.waiting.message.matches("(?i)manifest unknown|not found|variant {key}")
        && object.status.conditions.exists(c, c.type == 'Ready' && c.status != 'True')
      supports: conclusive
      origin: kubelet
      text: {{en: "container {{container}}: {{message}}", zh: "容器 {{container}}：{{message}}"}}
      extract:
        message: container.state.waiting.message
  dependencies:
    - event: [Failed, BackOff]
      on: pod
      message: "variant {key}: (?P<detail>.*)"
      supports: moderate
      text: {{en: "event: {{message}}", zh: "事件：{{message}}"}}
    - metric: kube_pod_container_status_waiting_reason
      filter: reason="Reason{key}"
      window: 5m
      threshold: > {group}
"""
CAUSE = """\
- id: bench.cause-{key}
  title: {{en: "The image {{image}} does not exist, variant {key}", zh: "镜像 {{image}} 不存在，第 {key} 种"}}
  explanation: {{en: "The registry was asked and said no.", zh: "镜像仓库表示没有该镜像。"}}
  remedy:
    text: {{en: "Push the tag, or correct the image.", zh: "推送该标签，或改正镜像。"}}
    commands: ["kubectl -n {{namespace}} set image pod/{{name}} {{container}}=REPOSITORY:TAG"]
  docs: https://kubernetes.io/docs/concepts/containers/images/
"""
LOAD = """
import json, sys, time
start = time.perf_counter()
from diagflow.rules import load_paths
imported = time.perf_counter()
found = load_paths([sys.argv[1]])
loaded = time.perf_counter()
print(json.dumps([imported - start, loaded - imported, len(found.rules), len(found.errors)]))
"""


def write(folder: Path, number: int, rule: str = LARGE, rules_per_cause: int = 1) -> None:
    """Write a pack of `number` rules, a file each."""
    rules = folder / "rules"
    rules.mkdir(parents=True)
    for i in range(number):
        group, cause = 1 + i // 999, i // rules_per_cause
        text = rule.format(group=f"G{group}", number=i % 999 + 1, key=i, cause=cause).replace("> G", "> ")
        (rules / f"BENCH-{i:05}.yaml").write_text(text, encoding="utf-8")
    causes = "".join(CAUSE.format(key=i) for i in range(1 + (number - 1) // rules_per_cause))
    (folder / "causes.yaml").write_text(causes, encoding="utf-8")


def measure(folder: Path, cache: Path) -> tuple[float, float, int, int]:
    """Load in a process of its own; returns seconds for imports, seconds for loading, rules, errors."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(folder)],
        capture_output=True,
        check=True,
        env={**os.environ, "DIAGFLOW_CACHE": str(cache)},
    )
    imported, loaded, rules, errors = json.loads(done.stdout)
    return imported, loaded, rules, errors


def main() -> None:
    """Print, for both sorts, a line for cold and one for cached."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for label, rule, rules_per_cause in (("small", SMALL, 10), ("large", LARGE, 1)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name, "pack")
            write(folder, number, rule, rules_per_cause)
            cold = [measure(folder, Path(name, f"cache{i}")) for i in range(3)]
            warm = [measure(folder, Path(name, "cache0")) for _ in range(5)]
        show(f"{label}, cold", cold)
        show(f"{label}, from the cache", warm)


def show(label: str, runs: list[tuple[float, float, int, int]]) -> None:
    """Print the median of some runs."""
    _, _, rules, errors = runs[0]
    seconds = median(loaded for _, loaded, _, _ in runs)
    imports = median(imported for imported, _, _, _ in runs)
    print(f"{label}: {rules} rules, {errors} errors in {seconds:.3f} s (imports {imports:.3f} s)")


if __name__ == "__main__":
    main()
