"""The README's configuration of JupyterHub names things that exist."""

from __future__ import annotations

from pathlib import Path

import pytest
from jupyter_server.services.kernels.kernelmanager import MappingKernelManager
from traitlets.config import Config, PyFileConfigLoader

from lstm_shapes import ArgumentError
from lstm_shapes.dashboard.hub import serve_dashboard
from tests.test_readme import blocks


@pytest.fixture
def loaded(tmp_path: Path) -> Config:
    """The README's file, as JupyterHub loads it."""
    (file,) = blocks("py")
    (tmp_path / "jupyterhub_config.py").write_text(file, encoding="utf-8")
    return PyFileConfigLoader("jupyterhub_config.py", str(tmp_path)).load_config()


def test_a_user_lands_in_the_notebook_that_is_there(loaded: Config) -> None:
    rendered = loaded.Spawner.default_url.removeprefix("/voila/render/")
    assert (Path(loaded.Spawner.notebook_dir) / rendered).is_file()


def test_a_server_reads_voilas_settings_for_the_page(loaded: Config) -> None:
    assert (Path(loaded.Spawner.environment["JUPYTER_CONFIG_PATH"]) / "voila.json").is_file()


def test_the_options_of_a_server_are_known_to_it(loaded: Config) -> None:
    options = [argument.removeprefix("--").partition("=")[0] for argument in loaded.Spawner.args]
    assert {option.partition(".")[0] for option in options} == {"MappingKernelManager"}
    assert {option.partition(".")[2] for option in options} <= set(
        MappingKernelManager.class_traits()
    )


def test_only_those_who_are_named_may_log_in(loaded: Config) -> None:
    assert loaded.Authenticator == {"allowed_users": {"ada", "alan"}}
    assert "authenticator_class" not in loaded.JupyterHub


@pytest.mark.parametrize("name", ["kernel_idle", "server_idle"])
def test_a_time_that_cannot_be_is_refused_by_name(name: str) -> None:
    with pytest.raises(ArgumentError, match=f"^{name}=0 is too small: use 1 or more$"):
        serve_dashboard(Config(), **{name: 0})
