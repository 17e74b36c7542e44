"""What does not build."""

from collections.abc import Mapping
from typing import Final

from tests.packs.go.mistakes.mistake import RUN, Mistake, main_with

BUILDING: Final[Mapping[str, Mistake]] = {
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
    "constraint not satisfied": Mistake(
        {
            "go.mod": "module hello\n\ngo 1.21\n",
            "sum/sum.go": "package sum\n\ntype Number interface{ ~int | ~float64 }\n\n"
            "func Of[T Number](xs ...T) (sum T) {\n\tfor _, x := range xs {\n\t\tsum += x\n\t}\n\treturn sum\n}\n",
            "main.go": 'package main\n\nimport "hello/sum"\n\nfunc main() { println(sum.Of("a", "b")) }\n',
        }
    ),
    "no such field": Mistake(
        {
            "go.mod": "module corp.example/billing\n\ngo 1.22\n",
            "internal/bill/bill.go": "package bill\n\ntype Bill struct{ Sum int }\n",
            "cmd/billing/main.go": 'package main\n\nimport "corp.example/billing/internal/bill"\n\n'
            "func main() { println(bill.Bill{}.Total) }\n",
        }
    ),
    "initialization cycle": Mistake({"a.go": "package a\n\nvar x = f()\n\nfunc f() int { return x }\n"}),
    "invalid recursive type": Mistake({"a.go": "package a\n\ntype T struct{ t T }\n"}),
    "statement outside of a function": Mistake({"a.go": "package a\n\nx := 1\n"}),
    "missing comma": Mistake({"a.go": "package a\n\nvar X = []int{\n\t1\n}\n"}),
    "method of another's type": Mistake({"a.go": "package a\n\nfunc (i int) Twice() int { return 2 * i }\n"}),
    "value not used": Mistake(main_with("\tx := 1\n\tx + 1")),
    "condition that is no bool": Mistake(main_with("\tif 1 {\n\t}")),
    "too many values returned": Mistake({"a.go": "package a\n\nfunc F() int { return 1, 2 }\n"}),
    "index out of an array's bounds": Mistake(main_with("\tx := [3]int{}\n\tprintln(x[5])")),
    "constant divided by zero": Mistake(main_with("\tprintln(1 / 0)")),
    "function without a body": Mistake({"a.go": "package a\n\nfunc F() int\n"}),
    "goto over a variable": Mistake(main_with("\tgoto L\n\tx := 1\n\t_ = x\nL:\n\tprintln()")),
    "embed without its import": Mistake({"a.go": "package a\n\n//go:embed a.go\nvar X string\n"}),
    "embed of what lies above": Mistake(
        {"a.go": 'package a\n\nimport _ "embed"\n\n//go:embed ../x.txt\nvar X string\n'}
    ),
    "package of another system": Mistake(
        {
            "go.mod": "module github.com/li/tools/v2\n\ngo 1.22\n",
            "reg/reg.go": "//go:build plan9\n\npackage reg\n\nfunc Open() {}\n",
            "main.go": 'package main\n\nimport "github.com/li/tools/v2/reg"\n\nfunc main() { reg.Open() }\n',
        },
        cause="",
    ),
    "package that is not in the module": Mistake(
        {
            "go.mod": "module example.com/shop\n\ngo 1.22\n",
            "main.go": 'package main\n\nimport "example.com/shop/stock"\n\nfunc main() { stock.Count() }\n',
        }
    ),
    "package that is not in a module whose name has no dot": Mistake(
        {
            "go.mod": "module hello\n\ngo 1.22\n",
            "main.go": 'package main\n\nimport "hello/stock"\n\nfunc main() { stock.Count() }\n',
        }
    ),
    "standard library misspelt": Mistake(main_with("\tfmtt.Println()", "fmtt"), cause="go.import-path"),
    "go.mod with a typing mistake": Mistake(
        {"go.mod": "module example.com/shop\n\ngo 1.22\n\nrequre example.com/x v1.0.0\n", "a.go": "package a\n"},
        cause="",
    ),
    "go.mod without a module": Mistake({"go.mod": "go 1.22\n", "a.go": "package a\n"}, cause=""),
    "C that does not compile": Mistake(
        {"main.go": 'package main\n\n/*\nint f(void) { return x; }\n*/\nimport "C"\n\nfunc main() { println(C.f()) }\n'}
    ),
    "C name that is not there": Mistake(
        {"main.go": 'package main\n\n// #include <stdio.h>\nimport "C"\n\nfunc main() { C.nosuch() }\n'}
    ),
    "C header that is not there": Mistake(
        {"main.go": 'package main\n\n// #include "stock.h"\nimport "C"\n\nfunc main() { C.f() }\n'}, cause=""
    ),
    "C library that is not there": Mistake(
        {
            "main.go": "package main\n\n// #cgo LDFLAGS: -lstock\n// void f(void);\n"
            'import "C"\n\nfunc main() { C.f() }\n'
        },
        cause="",
    ),
    "plugin that is no program": Mistake(
        {"a.go": "package a\n"}, ("build", "-buildmode=plugin", "-o", "a.so", "."), cause=""
    ),
    "go run of a library": Mistake({"a.go": "package a\n"}, RUN),
    "go run of a folder without Go": Mistake(
        {"cmd/x/README.md": "x\n", "a.go": "package a\n"}, ("run", "./cmd/x"), cause=""
    ),
    "generic method": Mistake({"a.go": "package a\n\ntype T struct{}\n\nfunc (T) F[X any](x X) {}\n"}),
    "string that does not end": Mistake(main_with('\tprintln("a)')),
    "loop variable in an older module": Mistake(
        {
            "go.mod": "module old\n\ngo 1.20\n",
            "main.go": "package main\n\nfunc main() {\n\tfor i := range 3 {\n\t\tprintln(i)\n\t}\n}\n",
        }
    ),
}
"""`go build`, and what `go run` builds."""
