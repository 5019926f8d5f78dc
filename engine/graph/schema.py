"""The JSON Schema of the file, generated from the models, for editors and other programs.

It says what a schema can say. What `load_workflow` checks beyond it: size, depth, the number of nodes, keys that stand
twice, the range of integers. Draft 2020-12.
"""

from typing import Any

from engine.graph.document import Workflow


def workflow_schema() -> dict[str, Any]:
    """The schema as a new JSON object."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Workflow.model_json_schema()}
