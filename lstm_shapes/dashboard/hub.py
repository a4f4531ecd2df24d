"""JupyterHub's settings for the explorer: whoever logs in lands in a dashboard of their own.

They are called from the configuration of the hub, ``jupyterhub_config.py``, which also says who
may log in and how the servers are started. The README's section "Serving many people" has one.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from lstm_shapes.__main__ import NOTEBOOK, home
from lstm_shapes.errors import check_int

if TYPE_CHECKING:
    from traitlets.config import Config

CULLER = "idle-culler"


def serve_dashboard(c: Config, *, kernel_idle: int = 600, server_idle: int = 3600) -> None:
    """Let each user of a hub have a server that opens the dashboard.

    Any of this can be set otherwise after the call. Who may log in is left alone: JupyterHub
    asks for an account of the machine, and lets nobody in until the configuration names them.

    A server may take 2 GiB and one core, which is enough for three open pages. Whether that is
    enforced depends on the spawner: ``SystemdSpawner``, ``DockerSpawner`` and ``KubeSpawner`` do
    it, ``LocalProcessSpawner``, which is the default, does not.

    Args:
        c: the configuration, as ``jupyterhub_config.py`` has it.
        kernel_idle: seconds after which the kernel of a page that was closed is ended.
        server_idle: seconds after which the server of a user with no page open is stopped.

    Raises:
        ArgumentError: a time is below 1.
        ArgumentTypeError: a time is no int.

    >>> from traitlets.config import Config
    >>> c = Config()
    >>> serve_dashboard(c)
    >>> c.Spawner.default_url, c.Spawner.mem_limit
    ('/voila/render/explorer.ipynb', '2G')
    """
    for name, seconds in {"kernel_idle": kernel_idle, "server_idle": server_idle}.items():
        check_int(name, seconds, at_least=1)
    folder = str(home())
    c.Spawner.notebook_dir = folder
    c.Spawner.default_url = f"/voila/render/{NOTEBOOK}"
    # Voila finds its settings for the page there, which are the same without a hub.
    c.Spawner.environment = {"JUPYTER_CONFIG_PATH": folder}
    c.Spawner.args = [
        f"--MappingKernelManager.cull_idle_timeout={kernel_idle}",
        f"--MappingKernelManager.cull_interval={max(1, kernel_idle // 10)}",
    ]
    c.Spawner.mem_limit, c.Spawner.cpu_limit = "2G", 1.0
    c.JupyterHub.services.append(
        {
            "name": CULLER,
            "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={server_idle}"],
        }
    )
    c.JupyterHub.load_roles.append(
        {
            "name": CULLER,
            "services": [CULLER],
            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        }
    )
