"""The build hook: a wheel carries the project's graph; an editable install leaves it in place."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class GraphHook(BuildHookInterface[Any]):
    """Copies ontology, data, queries and the cases of their tests to `coopera/project`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folders to the wheel, unless the install is editable.

        With a plain `force-include` table an editable install would leave copies that grow stale.
        """
        if version == "editable":
            return
        # `coopera rule` shows the cases as examples.
        for name in ("ontology", "data", "queries", "tests/shapes", "tests/verify", "coopera.toml"):
            build_data["force_include"][str(Path(self.root, name))] = f"coopera/project/{name}"
