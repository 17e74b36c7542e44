"""Mistakes that people make in their own code, and what go says about each.

`python -m tests.packs.go.mistakes GO` makes them all with a real go command and writes what it printed to
`own_code.yaml`, which the tests read: so they need no Go.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

RECORDED: Final = Path(__file__).with_name("own_code.yaml")
_MODULE: Final = "module example.com/shop\n\ngo 1.22\n"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One module with a mistake in it.

    Attributes:
        files: text by name; `go.mod` is there unless it is given.
        argv: the command behind `go`.
        cause: what it is; empty where nobody can tell from the output alone.
    """

    files: Mapping[str, str]
    argv: Sequence[str] = ("build", "./...")
    cause: str = "go.own-code"
    env: Mapping[str, str] = field(default_factory=dict)


def main_with(body: str, imports: str = "") -> dict[str, str]:
    """Return a program of one file with this body."""
    named = "".join(f'import "{name}"\n' for name in imports.split())
    return {"main.go": f"package main\n\n{named}\nfunc main() {{\n{body}\n}}\n"}


def checked(body: str, imports: str = "") -> dict[str, str]:
    """Return a package with one test with this body."""
    named = "".join(f'import "{name}"\n' for name in ["testing", *imports.split()])
    return {
        "add.go": "package shop\n\nfunc Add(a, b int) int { return a - b }\n",
        "add_test.go": f"package shop\n\n{named}\nfunc TestAdd(t *testing.T) {{\n{body}\n}}\n",
    }


_RUN: Final = ("run", ".")
_TEST: Final = ("test", "./...")
_VET: Final = ("vet", "./...")

MISTAKES: Final[Mapping[str, Mistake]] = {
    "undefined name": Mistake(main_with("\tfmt.Println(1)")),
    "unused variable": Mistake(main_with("\tx := 1")),
    "unused import": Mistake(main_with("", "os")),
    "mismatched types": Mistake(main_with('\tvar x int = "one"\n\t_ = x')),
    "missing return": Mistake({"a.go": "package a\n\nfunc F() int {\n}\n"}),
    "not enough arguments": Mistake({"a.go": "package a\n\nfunc F(x int) {}\n\nfunc G() { F() }\n"}),
    "assignment mismatch": Mistake(main_with("\ta, b := 1\n\t_, _ = a, b")),
    "redeclared": Mistake({"a.go": "package a\n\nvar X = 1\nvar X = 2\n"}),
    "syntax error": Mistake(main_with("\tif true {")),
    "no package clause": Mistake({"a.go": "func F() {}\n"}),
    "import cycle": Mistake(
        {
            "a/a.go": 'package a\n\nimport _ "example.com/shop/b"\n',
            "b/b.go": 'package b\n\nimport _ "example.com/shop/a"\n',
        }
    ),
    "duplicate case": Mistake(main_with("\tswitch 1 {\n\tcase 1:\n\tcase 1:\n\t}")),
    "invalid operation": Mistake(main_with('\t_ = 1 + "a"')),
    "unexported name": Mistake(main_with("\tstrings.explode()", "strings")),
    "missing method": Mistake(
        {"a.go": "package a\n\ntype I interface{ M() }\ntype T struct{}\n\nvar _ I = T{}\n"},
    ),
    "break outside of a loop": Mistake(main_with("\tbreak")),
    "constant overflows": Mistake(main_with("\tvar x int8 = 300\n\t_ = x")),
    "label not used": Mistake(main_with("L:\n\tfor {\n\t}")),
    "cannot infer": Mistake({"a.go": "package a\n\nfunc F[T any]() {}\n\nfunc G() { F() }\n"}),
    "cannot use generic type": Mistake({"a.go": "package a\n\ntype L[T any] []T\n\nvar X L\n"}),
    "two packages in a folder": Mistake({"a.go": "package a\n", "b.go": "package b\n"}),
    "no main function": Mistake({"main.go": "package main\n"}),
    "embedded file not there": Mistake(
        {"a.go": 'package a\n\nimport _ "embed"\n\n//go:embed x.txt\nvar X string\n'},
    ),
    "internal package of another": Mistake(
        {"a.go": 'package a\n\nimport _ "example.com/shop/b/internal/c"\n', "b/internal/c/c.go": "package c\n"}
    ),
    "newer language": Mistake(
        {"go.mod": "module example.com/shop\n\ngo 1.17\n", "a.go": "package a\n\nfunc F[T any](T) {}\n"}
    ),
    "Chinese file name": Mistake({"我的 文件.go": "package a\n\nvar X = y\n"}),
    "printf of a wrong verb": Mistake(main_with('\tfmt.Printf("%d\\n", "one")', "fmt"), _VET),
    "copied lock": Mistake(main_with("\tvar a sync.Mutex\n\tb := a\n\t_ = &b", "sync"), _VET),
    "struct tag": Mistake({"a.go": "package a\n\ntype T struct {\n\tX int `json:x`\n}\n"}, _VET),
    "unreachable code": Mistake({"a.go": "package a\n\nfunc F() int {\n\treturn 1\n\tprintln()\n}\n"}, _VET),
    "lost cancel": Mistake(
        main_with("\tctx, _ := context.WithCancel(context.Background())\n\t_ = ctx", "context"), _VET
    ),
    "test fails": Mistake(checked('\tif Add(1, 2) != 3 {\n\t\tt.Error("wrong")\n\t}'), _TEST),
    "subtest fails": Mistake(
        checked('\tt.Run("open", func(t *testing.T) { t.Fatal("open x: permission denied") })'), _TEST
    ),
    "test panics": Mistake(checked("\tvar m map[string]int\n\tm[t.Name()] = 1"), _TEST),
    "test takes too long": Mistake(checked("\tselect {}"), ("test", "-timeout", "50ms", "./...")),
    "test does not compile": Mistake(checked("\tx := Add"), _TEST),
    "vet within go test": Mistake(checked('\tt.Errorf("%d", "one")'), _TEST),
    "example differs": Mistake(
        {
            "a.go": "package a\n",
            "a_test.go": 'package a\n\nimport "fmt"\n\nfunc Example() {\n\tfmt.Println(1)\n\t// Output: 2\n}\n',
        },
        _TEST,
    ),
    "test exits": Mistake(checked("\tos.Exit(3)", "os"), _TEST),
    "index out of range": Mistake(main_with("\tx := []int{}\n\tprintln(x[len(x)])"), _RUN),
    "nil map": Mistake(main_with('\tvar m map[string]int\n\tm["a"] = 1'), _RUN),
    "nil pointer": Mistake(main_with("\tvar p *struct{ X int }\n\tprintln(p.X)"), _RUN),
    "division by zero": Mistake(main_with("\tx := 0\n\tprintln(1 / x)"), _RUN),
    "deadlock": Mistake(main_with("\t<-make(chan int)"), _RUN),
    "wrong type asserted": Mistake(main_with("\tvar x any = 1\n\tprintln(x.(string))"), _RUN),
    "closed channel": Mistake(main_with("\tc := make(chan int)\n\tclose(c)\n\tclose(c)"), _RUN),
    "endless recursion": Mistake(
        {
            "main.go": "package main\n\nfunc f(x [1000]int) int { return f(x) + 1 }\n\n"
            "func main() { println(f([1000]int{})) }\n"
        },
        _RUN,
    ),
    "own panic": Mistake(main_with('\tpanic("no such host")'), _RUN),
    "permission denied": Mistake(
        main_with('\tfmt.Fprintln(os.Stderr, "open /etc/shadow: permission denied")\n\tos.Exit(1)', "fmt os"), _RUN
    ),
    "no such host": Mistake(
        main_with(
            '\tlog.Fatal("Get \\"https://nowhere.example/\\": dial tcp: lookup nowhere.example: no such host")', "log"
        ),
        _RUN,
    ),
    "access is denied": Mistake(
        main_with(
            '\tprintln("open C:\\\\\\\\x: Access is denied.")\n\tprintln("go: command not found")\n\tos.Exit(5)', "os"
        ),
        _RUN,
    ),
    "certificate": Mistake(
        main_with(
            '\tlog.Fatal("tls: failed to verify certificate: x509: certificate signed by unknown authority")', "log"
        ),
        _RUN,
    ),
}


def record(go: str, mistake: Mistake) -> dict[str, Any]:
    """Make the mistake with a real go command and return what came of it."""
    with tempfile.TemporaryDirectory(prefix="mistake-") as made:
        folder = Path(made)
        for name, text in {"go.mod": _MODULE, **mistake.files}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        env = {**os.environ, "GOFLAGS": "", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off", **mistake.env}
        done = subprocess.run(  # a go command that the caller names
            [go, *mistake.argv], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        said = done.stdout.decode("utf-8").replace(made, "/work/shop")
    return {"argv": ["go", *mistake.argv], "rc": done.returncode, "output": _shortened(said)}


def _shortened(said: str) -> str:
    """Keep the beginning: the trace of an endless recursion is the same line for ever."""
    lines = said.splitlines(keepends=True)
    return "".join(lines[:25]) + ("exit status 2\n" if len(lines) > 25 and said.endswith("exit status 2\n") else "")


def main() -> None:
    """Record all mistakes with the go command that is named."""
    found = {name: record(sys.argv[1], mistake) for name, mistake in MISTAKES.items()}
    RECORDED.write_text(yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=200), encoding="utf-8")


if __name__ == "__main__":
    main()
