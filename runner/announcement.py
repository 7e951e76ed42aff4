"""Whether the site answers, and the text that says where it is and how to get in."""

import http.client
from pathlib import Path

from runner.environment import Environment
from runner.paths import read_json


def health(environment: Environment) -> int | None:
    """The status with which the site answers GET /healthz; None while it does not answer."""
    connection = http.client.HTTPConnection(environment.local_host, environment.port, timeout=5)
    host = environment.allowed_hosts.split(",")[0].strip().lstrip(".").replace("*", "localhost")
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def announcement(base_url: str, demo: Path) -> str:
    """The text that says where the site is and how to get in; logins are those that `prepare --demo` wrote."""
    access = read_json(demo)
    lines = ["", f"Stagecraft runs at {base_url}{access.get('url_path', '/')}", ""]
    logins = access.get("logins", [])
    width = max((len(str(login.get("email", ""))) for login in logins), default=0)
    lines += [
        f"  {login.get('email', ''):<{width}}  {login.get('password', '')}  ({login.get('role', '')})"
        for login in logins
    ]
    if access.get("token"):
        lines += ["", f"  API token  {access['token']}"]
    return "\n".join([*lines, "", "Ctrl-C stops it."])
