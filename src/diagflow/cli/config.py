"""The one configuration file: `config.yaml` in the user's configuration folder, or `$DIAGFLOW_CONFIG`.

    prometheus: http://prometheus.example:9090
    context: production
    lang: zh
    timeout: 60
    rules: [~/our-rules]
    suppress:
      - cause: kubernetes.nodes-cordoned
        entity: node/spare-*
        reason: kept empty for upgrades
        owner: platform team
        expires: 2027-01-31

What stands on the command line or in the environment counts more.
"""

import os
from functools import cache
from pathlib import Path

from diagflow.cli.configured import Config
from diagflow.model import BadInput


def config_path() -> Path:
    """Return where the configuration is looked for."""
    from platformdirs import user_config_path

    named = os.environ.get("DIAGFLOW_CONFIG")
    return Path(named).expanduser() if named else user_config_path("diagflow", appauthor=False) / "config.yaml"


@cache
def load_config() -> Config:
    """Read the configuration; without a file, the defaults.

    Raises:
        BadInput: the file is no YAML mapping or has an unknown or wrong key; all of them are named.
    """
    path = config_path()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if os.environ.get("DIAGFLOW_CONFIG"):
            raise BadInput(f"DIAGFLOW_CONFIG names {path}, which does not exist") from None
        return Config()
    except UnicodeDecodeError:
        raise BadInput(f"{path}: is no UTF-8 text") from None
    except OSError as e:
        raise BadInput(f"{path}: cannot be read: {e.strerror}") from None
    from diagflow.cli.configfile import parse_config

    return parse_config(text, path)
