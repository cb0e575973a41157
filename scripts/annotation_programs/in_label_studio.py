"""Run in an environment with Label Studio's SDK: check tasks against their configuration, write JSON-MIN.

Arguments: the configuration, the tasks, a folder to write to.
"""

import json
import sys
from pathlib import Path

from label_studio_sdk.converter import Converter
from label_studio_sdk.label_interface import LabelInterface

configuration = Path(sys.argv[1]).read_text(encoding="utf-8")
tasks = json.loads(Path(sys.argv[2]).read_text())
folder = Path(sys.argv[3])
interface = LabelInterface(configuration)
interface.validate()
refused = 0
annotations = 0
for number, task in enumerate(tasks, start=1):
    refused += not interface.validate_task({"data": task["data"]})
    refused += sum(not interface.validate_annotation(each) for each in task["annotations"])
    refused += sum(not interface.validate_prediction(each) for each in task["predictions"])
    # What Label Studio's database adds.
    task["id"] = number
    for each in task["annotations"]:
        annotations += 1
        by = each.get("completed_by")
        each |= {
            "id": annotations, "lead_time": 1.0,
            "created_at": "2024-05-01T10:00:00.000000Z", "updated_at": "2024-05-01T10:00:00.000000Z",
            "completed_by": {"id": 1, "email": by["email"]} if isinstance(by, dict) else 7,
        }  # fmt: skip
print(f"Label Studio's SDK refuses {refused} of {len(tasks)} tasks and what they hold")
export = folder / "export.json"
export.write_text(json.dumps(tasks))
Converter(configuration, project_dir=str(folder)).convert_to_json_min(
    str(export), str(folder / "min"), is_dir=False
)
