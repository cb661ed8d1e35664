"""The JSON schema of a report, as the documentation publishes it."""

import json

from pydantic import BaseModel

DIALECT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


def published(report: type[BaseModel]) -> str:
    """The schema of what is written of such a report."""
    return json.dumps(DIALECT | report.model_json_schema(mode="serialization"), indent=2) + "\n"
