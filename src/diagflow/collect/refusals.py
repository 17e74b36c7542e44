"""What an API server's refusal means: a state, and a sentence that says what to do."""

import re
from http import HTTPStatus
from typing import Final

import msgspec

from diagflow.collect.lenient import decode, one_line
from diagflow.collect.web import Answer
from diagflow.model import State

_USER: Final = re.compile(r'User "([^"]{1,200})"')
_REDIRECTS: Final = range(300, 400)


class _Details(msgspec.Struct):
    kind: str = ""
    name: str = ""


class Status(msgspec.Struct):
    """The body of an API server's refusal (`kind: Status`)."""

    kind: str = ""
    message: str = ""
    reason: str = ""
    details: _Details | None = None


def status_of(answer: Answer) -> Status:
    """Return the refusal's own words; of a body that is no `Status`, its text."""
    status = decode(answer.body, Status)
    if status is not None and status.kind == "Status":
        return status
    return Status(message=one_line(answer.body.decode("utf-8", "replace")) if "html" not in answer.media_type else "")


def refusal(answer: Answer, *, verb: str, resource: str, group: str, where: str, user: str) -> tuple[State, str]:
    """Return the state of a reading that the server refused, and why in one line.

    Args:
        answer: with a status that is no success.
        verb: what we wanted: `list`, `get`.
        resource: plural, with a subresource if any: `pods`, `pods/log`.
        group: API group.
        where: `in all namespaces`, `in namespace shop`, or empty.
        user: the kubeconfig's name of the user, for advice.
    """
    said = one_line(status_of(answer).message)
    what = " ".join(p for p in (verb, resource, where) if p)
    match answer.status:
        case HTTPStatus.UNAUTHORIZED:
            who = f"user {user}" if user else "this service account"
            return State.ERROR, f"the API server refuses the credentials of {who} (401): log in again, or use --context"
        case HTTPStatus.FORBIDDEN:
            return State.FORBIDDEN, f"{_who(said)} may not {what}: {grant(verb, resource, group)} allows it"
        case HTTPStatus.TOO_MANY_REQUESTS:
            return State.ERROR, f"the API server has too much to do to {what} (429){_later(answer)}"
        case status if status in _REDIRECTS:
            return State.ERROR, f"the server redirects to {_target(answer)}: the kubeconfig's server is no API server"
        case status:
            return State.ERROR, f"the API server could not {what} ({status})" + (f": {said}" if said else "")


def _who(said: str) -> str:
    name = _USER.search(said)
    return name.group(1) if name else "we"


def grant(verb: str, resource: str, group: str) -> str:
    """Return what would let somebody do this."""
    if resource.startswith("/"):
        return "the ClusterRole system:discovery"
    return f'a role with the rule {{apiGroups: ["{group}"], resources: ["{resource}"], verbs: ["{verb}"]}}'


def _later(answer: Answer) -> str:
    pause = answer.retry_after
    return f" and wants to be asked again in {pause:.0f} s, after the deadline" if pause is not None else ""


def _target(answer: Answer) -> str:
    return one_line(answer.headers.get("location", "")) or "another place"
