"""What vet finds."""

from collections.abc import Mapping
from typing import Final

from tests.packs.go.mistakes.mistake import VET, Mistake, checked, main_with

VETTING: Final[Mapping[str, Mistake]] = {
    "printf of a wrong verb": Mistake(main_with('\tfmt.Printf("%d\\n", "one")', "fmt"), VET),
    "copied lock": Mistake(main_with("\tvar a sync.Mutex\n\tb := a\n\t_ = &b", "sync"), VET),
    "struct tag": Mistake({"a.go": "package a\n\ntype T struct {\n\tX int `json:x`\n}\n"}, VET),
    "unreachable code": Mistake({"a.go": "package a\n\nfunc F() int {\n\treturn 1\n\tpanic(2)\n}\n"}, VET),
    "lost cancel": Mistake(
        main_with("\tctx, _ := context.WithCancel(context.Background())\n\t_ = ctx", "context"), VET
    ),
    "json into a value": Mistake(
        main_with("\tvar x int\n\t_ = json.Unmarshal([]byte(`1`), x)", "encoding/json"),
        VET,
    ),
    "result not used": Mistake(main_with('\tfmt.Sprintf("%d", 1)', "fmt"), VET),
    "assigned to itself": Mistake(main_with("\tx := 1\n\tx = x"), VET),
    "function compared with nil": Mistake(main_with("\tprintln(main == nil)"), VET),
    "shift too far": Mistake(main_with("\tvar x int8 = 1\n\tprintln(x << 9)"), VET),
    "response used before its error": Mistake(
        main_with(
            '\tr, err := http.Get("http://localhost")\n\tdefer r.Body.Close()\n\tif err != nil {\n\t\treturn\n\t}',
            "net/http",
        ),
        VET,
    ),
    "errors.As without a pointer": Mistake(main_with("\tprintln(errors.As(nil, nil))", "errors"), VET),
    "method of a well-known name": Mistake(
        {"a.go": "package a\n\ntype T struct{}\n\nfunc (T) WriteByte(c byte) {}\n"},
        VET,
    ),
    "test of a wrong signature": Mistake(
        {"a_test.go": 'package a\n\nimport "testing"\n\nfunc Testlower(t *testing.T) {}\n'}, VET
    ),
    "Fatal in a goroutine": Mistake(checked('\tgo func() { t.Fatal("permission denied") }()'), VET),
    "string of a number": Mistake(main_with("\tx := 65\n\tprintln(string(x))"), VET),
    "always the same": Mistake(main_with("\tx := 1\n\tprintln(x == 1 || x == 1)"), VET),
    "fields without names": Mistake(main_with("\t_ = image.Point{1, 2}\n\t_ = net.IPNet{nil, nil}", "image net"), VET),
}
"""`go vet`."""
