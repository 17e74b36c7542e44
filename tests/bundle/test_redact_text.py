"""What is taken out of texts, and what is left in them."""

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from diagflow.bundle import Redactor
from diagflow.bundle.redact.names import is_plain, is_secret_name

EXAMPLES = 150
KEY = b"k" * 32
REDACTOR = Redactor(KEY)

GENERATED = "xK9" * 14

SECRETS = [
    ("{}", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"),
    ("key {} used", "AKIAIOSFODNN7EXAMPLE"),
    ("remote: {}", f"ghp_{GENERATED[:36]}"),
    ("pushed with {}.", f"github_pat_{GENERATED}"),
    ("CI_JOB {}", "glpat-xK9xK9xK9xK9xK9xK9xK"),
    ("slack {} failed", "xoxb-123456789012-1234567890123-abcDEF"),
    ("POST https://hooks.slack.com/services/{} 404", "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"),
    ("stripe: {}", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
    ("maps {}", "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY"),
    ("npm error {}", f"npm_{GENERATED[:36]}"),
    ("mail {}", f"SG.{GENERATED[:22]}.{GENERATED}"),
    ("vault {}", f"hvs.{GENERATED}"),
    ("age {}", "AGE-SECRET-KEY-1QQPQZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ"),
    ("bot {}/getMe", "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"),
    ("Authorization: Bearer {}", "abc.def-123"),
    ("authorization: Basic {}", "dXNlcjpwYXNz"),
    ('curl -H "Authorization: token {}" https://x', "0123456789abcdef"),
    ('{{"Authorization": "Bearer {}"}}', "abcdef0123456789"),
    ("sent Bearer {} to", "mF_9.B5f-4.1JqM"),
    ("Cookie: {}", "session=38afes7a8; theme=dark"),
    ("postgres://app:{}@db.shop:5432/cart?sslmode=off", "s3cr3t"),
    ("postgres://app:{}@db", "s3/cr@3t"),
    ("http://user:{}@host/path dial tcp", "pa%40ss"),
    ("http://:{}@redis:6379/0", "onlypassword"),
    ("https://{}@sentry.example/1", "0123456789abcdef0123456789abcdef"),
    ("app:{}@tcp(db:3306)/cart", "se/cr3t"),
    ("Server=db;User Id=app;Password={};Encrypt=true", "Abc!23"),
    ("AccountName=x;AccountKey={}", "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6=="),
    ("user=app password={} host=db", "s3cr3t"),
    ("password: {}", "hunter2"),
    ('{{"password": "{}", "user": "x"}}', "correct horse battery"),
    ('{{\\"clientSecret\\":\\"{}\\"}}', "abc def"),
    ("'db_password' => '{}'", "it is"),
    ("export AWS_SECRET_ACCESS_KEY={}; run", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    ("GET /login?access_token={}&x=1", "abc123"),
    ("GET /blob?sig={}", "abc%2B123%3D"),
    ("--api-key {} --verbose", "abc123"),
    ("token: {}", "8f3a9c0d1e"),
    ("x-api-key: {}", "f00ba4f00ba4"),
    ("sshpass -p {} ssh host", "hunter2"),
    ("mysql -h db -uroot -p{} shop", "hunter2"),
    ("redis-cli -h x -a {} ping", "hunter2"),
    ("curl -s -u admin:{} https://x", "hunter2"),
    ("CREATE USER x IDENTIFIED BY '{}'", "hunter2"),
    ("machine x login y password {}", "hunter2"),
    ("<password>{}</password>", "hunter2"),
    ('{{"auths":{{"reg":{{"auth":"{}"}}}}}}', "dXNlcjpwYXNzd29yZA=="),
    ('[{{"name":"DB_PASSWORD","value":"{}"}}]', "hunter2"),
    ("- name: DB_PASSWORD\n  value: {}\n", "hunter2"),
    ("PRIVATE_KEY={}", "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlF"),
    ("tls {}", "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUV2UUlCQURBTkJna3Foa2lHOXcw"),
    ("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", "MIIEowIBAAKCAQEA\nabc/def+ghi=="),
    ("-----BEGIN PRIVATE KEY-----\\n{}\\n-----END PRIVATE KEY-----", "MIIEowIBAAKCAQEA\\nabc/def+ghi=="),
    ("cut off: -----BEGIN EC PRIVATE KEY-----\n{}", "MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY2IM\nabc"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_secrets_go_and_the_rest_stays(text: str, secret: str):
    whole = text.format(secret)
    redacted = REDACTOR.text(whole)
    before, after = (part.replace("{{", "{").replace("}}", "}") for part in text.split("{}"))
    assert secret not in redacted
    assert redacted.startswith(before)
    assert redacted.endswith(after)
    assert len(redacted) == len(before) + max(8, len(secret)) + len(after)
    assert Redactor(KEY).text(redacted) == redacted


HARMLESS = [
    'secret "db-password" not found',
    "Error: couldn't find key password in Secret shop/db",
    'MountVolume.SetUp failed for volume "certs" : references non-existent secret key: tls.crt',
    "failed to sync secret cache: timed out waiting for the condition",
    'failed to fetch token: serviceaccounts "default" not found',
    "MountVolume.SetUp failed: secrets is forbidden: User cannot list resource",
    "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope",
    "unauthorized: authentication required",
    'Back-off pulling image "registry.example:5000/team/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef"',
    "docker-pullable://nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "registry.example/digitalocean/doks-tokenreview:v0.0.8",
    "external-secrets:v0.9.1 sealed-secrets:latest digitalocean/dosecret-operator:v1.0.2",
    "basic authentication failed for user",
    "Bearer authentication required, see Basic authentication",
    'FATAL: password authentication failed for user "app"',
    "no pg_hba.conf entry; password: $(DB_PASSWORD) token=${TOKEN} secret={{ .Values.secret }}",
    "--password-file=/run/secrets/db --token-ttl=24h --max-tokens=4096 DB_PASSWORD_FILE=/etc/x ENABLE_TOKEN_AUTH=true",
    "0/5 nodes are available: 2 Insufficient cpu, 3 node(s) had untolerated taint {dedicated: db}.",
    "http://cart.shop.svc:8080/health https://[::1]:6443/api?limit=500 git@github.com:org/repo.git",
    "https://github.com/org/repo/blob/v1/x@y.md",
    "-----BEGIN CERTIFICATE-----\nMIIDazCCAlOgAwIBAgIUQ\n-----END CERTIFICATE-----",
    "caBundle: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJpVENDQVRDZ0F3SUJBZ0lSQUk=",
    "uid 7f3d2a1e-8a4c-4a52-9d3e-0c4f0a5b6c7d hash 5d4f8c7b9 pod sk-frontend-deployment-5d4f8c7b9-x2x4z",
    "password=*** token=[REDACTED] secret: ***HIDDEN***",
    '"secret":{"secretName":"db"}',
    "the passenger compass surpassed; tokenizer: v2; secretary: bob",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text: str):
    assert REDACTOR.text(text) == text


def test_equal_secrets_have_equal_tokens_wherever_they_stand():
    url, named = REDACTOR.text("a://u:hunter2@h"), REDACTOR.text("password=hunter2")
    token = named.removeprefix("password=")
    assert url == f"a://u:{token}@h"


def test_a_configuration_file_is_read_by_lines():
    text = "user: app\npassword: correct horse\n# old_password = battery staple\nurl=http://x\n"
    redacted = REDACTOR._texts.text(text, config=True)
    assert redacted.splitlines()[0::3] == ["user: app", "url=http://x"]
    assert "horse" not in redacted
    assert "staple" not in redacted
    assert [len(line) for line in redacted.splitlines()] == [len(line) for line in text.splitlines()]


NAMED = """
DB_PASSWORD PGPASSWORD MYSQL_ROOT_PASSWORD dbPass APIKEY api-key clientSecret AWS_SECRET_ACCESS_KEY --token
authToken x-api-key spring.datasource.password SECRET_KEY_BASE DJANGO_SECRET_KEY JWT SENTRY_DSN REDIS_PWD
GITHUB_TOKENS1 cookie
"""


@pytest.mark.parametrize("name", NAMED.split())
def test_names_of_secrets(name: str):
    assert is_secret_name(name)


OTHERS = """
PATH HOME DB_HOST DB_PASSWORD_FILE TOKEN_URL SECRET_NAME secretName token-ttl MAX_TOKENS ENABLE_TOKEN_AUTH KEY
monkey BYPASS compass tokenreview secretary
PASSWORD_MIN_LENGTH serviceAccountTokenName provisioner-secret-namespace AUTHOR
"""


@pytest.mark.parametrize("name", OTHERS.split())
def test_names_of_other_things(name: str):
    assert not is_secret_name(name)


PRINTABLE = st.characters(
    min_codepoint=33, max_codepoint=0x2FFF, exclude_characters="\"'\\<>`", exclude_categories=["Z", "C"]
)
WORDS = st.text(PRINTABLE, min_size=8, max_size=60)
SIMPLE = st.text("abcdefghijkXYZ0123456789-._~+=!%^", min_size=8, max_size=60)


@settings(max_examples=200, deadline=None)
@given(secret=WORDS)
@example("abc,def&x=1")
@example("**abcdef")
@example("a:b@c/d?e#f")
def test_no_planted_secret_survives(secret: str):
    assume(not is_plain("password", secret) and secret[0] not in "{[-=:>" and secret.strip(",;)}]"))
    for text in ("password={}", "x DB_PASSWORD={} y", 'say {{"password": "{}"}}', "PASSWORD='{}'", "--password {} -v"):
        redacted = REDACTOR.text(text.format(secret))
        assert secret not in redacted.replace(text.partition("{}")[0].replace("{{", "{"), "", 1), text


@settings(max_examples=200, deadline=None)
@given(secret=SIMPLE, user=st.text("abcdef", max_size=8))
def test_no_password_of_a_url_survives(secret: str, user: str):
    redacted = REDACTOR.text(f"dial amqps://{user}:{secret}@mq.shop.svc:5671/vhost failed")
    assert secret not in redacted.removeprefix(f"dial amqps://{user}")
    assert redacted.endswith("@mq.shop.svc:5671/vhost failed")


FRAGMENTS = st.sampled_from(
    [
        "password",
        "token",
        "secret",
        "=",
        ": ",
        ":",
        " ",
        "\n",
        '"',
        "'",
        "\\",
        "\\n",
        "&",
        ";",
        ",",
        "@",
        "/",
        "://",
        "http",
        "--",
        "Bearer ",
        "Basic ",
        "Authorization",
        "-----BEGIN PRIVATE KEY-----",
        "-----END",
        "eyJabcdefg.abcdefg",
        "ghp_" + "a1" * 12,
        "value",
        "name",
        "{",
        "}",
        "<password>",
        "</password>",
        "mysql -p",
        "curl -u a:",
        "cookie:",
        "Ä",
        "密码",
        "**",
        "**abcdef",
        "x1y2z3w4",
        "hunter2",
        "LS0tLS1CRUdJTiBSU0EgUFJJVkabc",
        "\x00",
        "\ud800",
    ]
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(FRAGMENTS, max_size=16).map("".join), st.booleans())
def test_redacting_twice_changes_nothing(text: str, config: bool):  # noqa: FBT001
    once = Redactor(KEY)._texts.text(text, config=config)
    assert Redactor(KEY)._texts.text(once, config=config) == once


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_looked_at(text: str):
    assert len(REDACTOR.text(text)) >= len(text)
