"""Programs that end badly, or say something that Go says too."""

from collections.abc import Mapping
from typing import Final

from tests.packs.go.mistakes.mistake import RUN, Mistake, main_with

NOBODY: Final = "\tsyscall.Setuid(65534)\n"
"""Who may do little, whoever records the mistakes."""

RUNNING: Final[Mapping[str, Mistake]] = {
    "index out of range": Mistake(main_with("\tx := []int{}\n\tprintln(x[len(x)])"), RUN),
    "nil map": Mistake(main_with('\tvar m map[string]int\n\tm["a"] = 1'), RUN),
    "nil pointer": Mistake(main_with("\tvar p *struct{ X int }\n\tprintln(p.X)"), RUN),
    "division by zero": Mistake(main_with("\tx := 0\n\tprintln(1 / x)"), RUN),
    "deadlock": Mistake(main_with("\t<-make(chan int)"), RUN),
    "wrong type asserted": Mistake(main_with("\tvar x any = 1\n\tprintln(x.(string))"), RUN),
    "closed channel": Mistake(main_with("\tc := make(chan int)\n\tclose(c)\n\tclose(c)"), RUN),
    "endless recursion": Mistake(
        {
            "main.go": "package main\n\nfunc f(x [1000]int) int { return f(x) + 1 }\n\n"
            "func main() { println(f([1000]int{})) }\n"
        },
        RUN,
    ),
    "own panic": Mistake(main_with('\tpanic("no such host")'), RUN),
    "permission denied": Mistake(
        main_with('\tfmt.Fprintln(os.Stderr, "open /etc/shadow: permission denied")\n\tos.Exit(1)', "fmt os"), RUN
    ),
    "no such host": Mistake(
        main_with(
            '\tlog.Fatal("Get \\"https://nowhere.example/\\": dial tcp: lookup nowhere.example: no such host")', "log"
        ),
        RUN,
    ),
    "access is denied": Mistake(
        main_with(
            '\tprintln("open C:\\\\\\\\x: Access is denied.")\n\tprintln("go: command not found")\n\tos.Exit(5)', "os"
        ),
        RUN,
    ),
    "certificate": Mistake(
        main_with(
            '\tlog.Fatal("tls: failed to verify certificate: x509: certificate signed by unknown authority")', "log"
        ),
        RUN,
    ),
    "file that may not be read": Mistake(
        main_with(f'{NOBODY}\t_, err := os.Open("/etc/shadow")\n\tlog.Fatal(err)', "log os syscall"), RUN
    ),
    "port that may not be taken": Mistake(
        main_with(
            '\tl, err := net.Listen("tcp", "127.0.0.1:0")\n\tlog.Print(err)\n'
            '\t_, err = net.Listen("tcp", l.Addr().String())\n\tlog.Fatal(err)',
            "log net",
        ),
        RUN,
    ),
    "folder that may not be made": Mistake(
        main_with(
            f'{NOBODY}\tif err := os.MkdirAll("/usr/local/go/x", 0o755); err != nil {{\n\t\tpanic(err)\n\t}}',
            "os syscall",
        ),
        RUN,
    ),
    "host that is not there": Mistake(
        main_with('\t_, err := net.Dial("tcp", "nowhere.invalid:443")\n\tlog.Fatal(err)', "log net"), RUN
    ),
    "proxy that nobody answers at": Mistake(
        main_with(
            '\tos.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")\n\t_, err := http.Get("https://api.example/v1")\n'
            "\tlog.Fatal(err)",
            "log net/http os",
        ),
        RUN,
    ),
    "server that nobody answers at": Mistake(
        main_with(
            '\t_, err := http.Get("http://127.0.0.1:1/v1")\n\tfmt.Println("Error:", err)\n\tos.Exit(2)',
            "fmt net/http os",
        ),
        RUN,
    ),
    "own server with a certificate of its own": Mistake(
        main_with(
            "\ts := httptest.NewTLSServer(nil)\n\t_, err := http.Get(s.URL)\n\tlog.Fatal(err)",
            "log net/http net/http/httptest",
        ),
        RUN,
    ),
    "time is up": Mistake(
        main_with(
            '\tl, _ := net.Listen("tcp", "127.0.0.1:0")\n\tc := http.Client{Timeout: 50 * time.Millisecond}\n'
            '\t_, err := c.Get("http://" + l.Addr().String())\n\tlog.Fatal(err)',
            "log net net/http time",
        ),
        RUN,
    ),
    "JSON of another shape": Mistake(
        main_with(
            '\tvar x struct{ A int }\n\tlog.Fatal(json.Unmarshal([]byte(`{"A": "b"}`), &x))', "encoding/json log"
        ),
        RUN,
    ),
    "no number": Mistake(main_with('\t_, err := strconv.Atoi("x")\n\tpanic(err)', "strconv"), RUN),
    "regular expression": Mistake(main_with('\tregexp.MustCompile("(")', "regexp"), RUN),
    "flag that is not defined": Mistake(main_with("\tflag.Parse()", "flag"), ("run", ".", "-nosuch")),
    "ends with 3, without a word": Mistake(main_with("\tos.Exit(3)", "os"), RUN),
    "program that is not there": Mistake(
        main_with('\tlog.Fatal(exec.Command("ffmpeg", "-i", "x").Run())', "log os/exec"), RUN
    ),
    "program that is none": Mistake(
        main_with(
            '\tos.WriteFile("x.exe", []byte{1, 2, 3}, 0o755)\n\tlog.Fatal(exec.Command("./x.exe").Run())',
            "log os os/exec",
        ),
        RUN,
    ),
    "disk that is full": Mistake(
        main_with(
            '\tf, _ := os.OpenFile("/dev/full", os.O_WRONLY, 0)\n\t_, err := f.Write([]byte("x"))\n\tlog.Fatal(err)',
            "log os",
        ),
        RUN,
    ),
    "name that is too long": Mistake(
        main_with('\t_, err := os.Create(strings.Repeat("a", 300))\n\tlog.Fatal(err)', "log os strings"), RUN
    ),
    "kills itself": Mistake(
        main_with("\tsyscall.Kill(os.Getpid(), syscall.SIGKILL)\n\tselect {}", "os syscall"), RUN, cause=""
    ),
    "plugin that is not there": Mistake(
        main_with('\t_, err := plugin.Open("x.so")\n\tlog.Fatal(err)', "log plugin"), RUN
    ),
    "template": Mistake(main_with('\ttemplate.Must(template.New("x").Parse("{{.A"))', "text/template"), RUN),
    "concurrent map writes": Mistake(
        main_with(
            "\tm := map[int]int{}\n\tfor i := 0; i < 8; i++ {\n\t\tgo func() {\n\t\t\t"
            "for {\n\t\t\t\tm[0]++\n\t\t\t}\n\t\t}()\n\t}\n\tselect {}"
        ),
        RUN,
    ),
    "unlocked twice": Mistake(main_with("\tvar m sync.Mutex\n\tm.Unlock()", "sync"), RUN),
    "slice out of range": Mistake(main_with("\tx := []int{1}\n\tn := 3\n\tprintln(len(x[n:]))"), RUN),
    "length out of range": Mistake(main_with("\tn := -1\n\tprintln(len(make([]int, n)))"), RUN),
    "unhashable": Mistake(main_with("\tm := map[any]int{}\n\tm[[]int{}] = 1"), RUN),
    "error of its own": Mistake(
        {
            "go.mod": "module corp.example/billing\n\ngo 1.22\n",
            "bill/bill.go": 'package bill\n\nimport "fmt"\n\ntype Err struct{ Code int }\n\n'
            'func (e Err) Error() string { return fmt.Sprintf("go: module lookup disabled, code %d", e.Code) }\n\n'
            "func Pay() error { return Err{7} }\n",
            "cmd/pay/main.go": 'package main\n\nimport "corp.example/billing/bill"\n\n'
            "func main() {\n\tif err := bill.Pay(); err != nil {\n\t\tpanic(err)\n\t}\n}\n",
        },
        ("run", "./cmd/pay"),
    ),
    "log with times": Mistake(
        main_with(
            "\tslog.New(slog.NewJSONHandler(os.Stderr, nil))."
            'Error("start", "err", "x509: certificate has expired or is not yet valid")\n'
            "\tos.Exit(1)",
            "log/slog os",
        ),
        RUN,
    ),
    "time zone that is not there": Mistake(
        main_with('\t_, err := time.LoadLocation("Mars/Base")\n\tlog.Fatal(err)', "log time"), RUN
    ),
    "out of descriptors": Mistake(
        main_with(
            "\tsyscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 8, Max: 8})\n\tfor {\n"
            '\t\tif _, err := os.Open("main.go"); err != nil {\n\t\t\tlog.Fatal(err)\n\t\t}\n\t}',
            "log os syscall",
        ),
        RUN,
    ),
    "read-only file": Mistake(
        main_with(f'{NOBODY}\tlog.Fatal(os.WriteFile("/usr/local/go/VERSION", nil, 0o644))', "log os syscall"), RUN
    ),
}
"""`go run`."""
