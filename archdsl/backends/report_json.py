"""A report as JSON, and the schema of it that the documentation publishes."""

import json

from pydantic import BaseModel

from archdsl.base.escape import json_text

DIALECT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


def as_json(report: BaseModel) -> str:
    """The fields of a report."""
    return json_text(report.model_dump(mode="json"), indent=2) + "\n"


def as_schema(report: type[BaseModel]) -> str:
    """The JSON schema of what is written of a report, line by line or not."""
    return json.dumps(DIALECT | report.model_json_schema(mode="serialization"), indent=2) + "\n"
