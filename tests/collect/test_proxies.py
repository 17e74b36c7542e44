"""Which proxy leads where."""

import re

import pytest

from diagflow.collect.proxies import is_loopback, proxy_from_environment, usable_proxy
from diagflow.model import BadInput

PROXY = "http://proxy:3128"


@pytest.mark.parametrize(
    ("url", "no_proxy", "used"),
    [
        ("https://api.example.com:6443", "", True),
        ("https://api.example.com:6443", "example.com", False),
        ("https://api.example.com:6443", ".example.com", False),
        ("https://example.com", ".example.com", True),
        ("https://notexample.com", "example.com", True),
        ("https://api.example.com:6443", "other, *.example.com", False),
        ("https://api.example.com:6443", "api.example.com:443", True),
        ("https://api.example.com", "api.example.com:443", False),
        ("https://10.1.2.3:6443", "10.0.0.0/8", False),
        ("https://10.1.2.3:6443", "10.1.2.3", False),
        ("https://10.1.2.3:6443", "10.1.2.3:6443", False),
        ("https://10.1.2.3:6443", "192.168.0.0/16", True),
        ("https://anything", "*", False),
        ("https://localhost:6443", "", False),
        ("https://127.0.0.1:6443", "", False),
        ("https://[::1]:6443", "", False),
        ("http://api.example.com", "", False),
    ],
)
def test_the_environment_decides(url: str, no_proxy: str, used: bool):  # noqa: FBT001  # a row of a table
    env = {"HTTPS_PROXY": PROXY, "NO_PROXY": no_proxy}
    assert proxy_from_environment(url, env) == (PROXY if used else "")


def test_lower_case_variables_and_plain_http():
    assert proxy_from_environment("http://api", {"http_proxy": "proxy:3128"}) == PROXY


def test_other_kinds_of_proxies_are_refused_without_their_password():
    with pytest.raises(BadInput) as caught:
        usable_proxy("socks5://me:secret@proxy:1080", "ALL_PROXY")
    assert (
        str(caught.value)
        == "ALL_PROXY: socks5://proxy:1080 is no http:// or https:// proxy; other kinds are not supported"
    )


@pytest.mark.parametrize("proxy", ["http://proxy:99999", "http://[", "proxy:port"])
def test_proxies_that_are_no_url(proxy):
    with pytest.raises(BadInput, match=f"HTTPS_PROXY: .*{re.escape(proxy)} is no http:// or https:// proxy"):
        proxy_from_environment("https://api.example", {"HTTPS_PROXY": proxy})


def test_the_loopback():
    assert is_loopback("localhost")
    assert is_loopback("127.0.0.53")
    assert not is_loopback("10.0.0.1")
