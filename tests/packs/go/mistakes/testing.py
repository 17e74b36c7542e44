"""Tests that fail."""

from collections.abc import Mapping
from typing import Final

from tests.packs.go.mistakes.mistake import TEST, Mistake, checked

TESTING: Final[Mapping[str, Mistake]] = {
    "test fails": Mistake(checked('\tif Add(1, 2) != 3 {\n\t\tt.Error("wrong")\n\t}'), TEST),
    "subtest fails": Mistake(
        checked('\tt.Run("open", func(t *testing.T) { t.Fatal("open x: permission denied") })'), TEST
    ),
    "test panics": Mistake(checked("\tvar m map[string]int\n\tm[t.Name()] = 1"), TEST),
    "test takes too long": Mistake(checked("\tselect {}"), ("test", "-timeout", "50ms", "./...")),
    "test does not compile": Mistake(checked("\tx := Add"), TEST),
    "vet within go test": Mistake(checked('\tt.Errorf("%d", "one")'), TEST),
    "example differs": Mistake(
        {
            "a.go": "package a\n",
            "a_test.go": 'package a\n\nimport "fmt"\n\nfunc Example() {\n\tfmt.Println(1)\n\t// Output: 2\n}\n',
        },
        TEST,
    ),
    "test exits": Mistake(checked("\tos.Exit(3)", "os"), TEST),
    "race": Mistake(
        checked(
            "\tx := 0\n\tdone := make(chan bool)\n\tgo func() { x++; done <- true }()\n\tx++\n\t<-done\n\tt.Log(x)"
        ),
        ("test", "-race", "./..."),
    ),
    "fuzz seed fails": Mistake(
        {
            "a.go": "package a\n",
            "a_test.go": 'package a\n\nimport "testing"\n\nfunc FuzzX(f *testing.F) {\n\tf.Add("a")\n'
            '\tf.Fuzz(func(t *testing.T, s string) { t.Fatal("no such host") })\n}\n',
        },
        TEST,
    ),
    "TestMain that ends with 1": Mistake(
        {
            "go.mod": "module corp.example/billing\n\ngo 1.22\n",
            "db/db.go": "package db\n",
            "db/db_test.go": 'package db\n\nimport (\n\t"fmt"\n\t"net"\n\t"os"\n\t"testing"\n)\n\n'
            "func TestMain(m *testing.M) {\n"
            '\t_, err := net.Dial("tcp", "127.0.0.1:1")\n\tfmt.Println("no database:", err)\n\tos.Exit(1)\n}\n',
        },
        TEST,
    ),
    "panic in a goroutine of a test": Mistake(
        checked('\tgo func() { panic("access is denied") }()\n\tselect {}'), TEST
    ),
    "Setenv beside others": Mistake(checked('\tt.Parallel()\n\tt.Setenv("A", "b")'), TEST),
    "golden file differs": Mistake(
        {
            "go.mod": "module hello\n\ngo 1.22\n",
            "hello.go": 'package hello\n\nfunc Hello() string { return "你好" }\n',
            "testdata/hello.golden": "您好\n",
            "hello_test.go": 'package hello\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestHello(t *testing.T) {\n'
            '\twant, _ := os.ReadFile("testdata/hello.golden")\n\tif got := Hello(); got != string(want) {\n'
            '\t\tt.Errorf("got %q, want %q", got, want)\n\t}\n}\n',
        },
        TEST,
    ),
    "one package of three fails": Mistake(
        {
            "go.mod": "module github.com/li/tools/v2\n\ngo 1.22\n",
            **{
                f"{name}/{name}_test.go": f'package {name}\n\nimport "testing"\n\n'
                f"func TestIt(t *testing.T) {{\n\tif {name!r} == {bad!r} {{\n\t\tt.FailNow()\n\t}}\n}}\n".replace(
                    "'", '"'
                )
                for name, bad in (("a", "x"), ("b", "b"), ("c", "x"))
            },
        },
        TEST,
    ),
    "benchmark fails": Mistake(
        {"a_test.go": 'package a\n\nimport "testing"\n\nfunc BenchmarkX(b *testing.B) { b.Fatal("i/o timeout") }\n'},
        ("test", "-bench", ".", "./..."),
    ),
    "no such test data": Mistake(
        checked('\t_, err := os.Open("testdata/none.json")\n\tif err != nil {\n\t\tt.Fatal(err)\n\t}', "os"), TEST
    ),
    "test of another package name": Mistake(
        {"a.go": "package a\n", "a_test.go": 'package b\n\nimport "testing"\n\nfunc TestX(t *testing.T) {}\n'}, TEST
    ),
    "import cycle in a test": Mistake(
        {
            "a/a.go": "package a\n",
            "a/a_test.go": 'package a\n\nimport _ "example.com/shop/b"\n',
            "b/b.go": 'package b\n\nimport _ "example.com/shop/a"\n',
        },
        TEST,
    ),
    "test with TLS of its own": Mistake(
        checked(
            "\ts := httptest.NewTLSServer(nil)\n\tdefer s.Close()\n\tif _, err := http.Get(s.URL); err != nil {\n"
            "\t\tt.Fatal(err)\n\t}",
            "net/http net/http/httptest",
        ),
        TEST,
    ),
}
"""`go test`."""
