"""Run in an environment with doccano: import a file and its labels with doccano's functions, and export it.

Arguments: the file, its labels, what to write, and ``sequence`` or ``whole``.
"""

import json
import logging
import os
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

folder = tempfile.mkdtemp()
sys.path.insert(0, str(Path(find_spec("backend").origin).parent))
os.environ.update(
    DJANGO_SETTINGS_MODULE="config.settings.development",
    DATABASE_URL=f"sqlite:///{folder}/db.sqlite3",
)

import django

django.setup()
logging.disable(logging.CRITICAL)

from data_export.celery_tasks import export_dataset
from data_import.datasets import load_dataset
from data_import.pipeline.catalog import create_file_format
from data_import.pipeline.readers import FileName
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from examples.models import Comment, Example
from label_types.serializers import CategoryTypeSerializer, SpanTypeSerializer
from projects.models import ProjectType, SequenceLabelingProject, TextClassificationProject

settings.MEDIA_ROOT = folder
call_command("migrate", verbosity=0)
source, labels, target = map(Path, sys.argv[1:4])
whole = sys.argv[4] == "whole"
user = User.objects.create_superuser("admin", "admin@example.org", "x")
kind = ProjectType.DOCUMENT_CLASSIFICATION if whole else ProjectType.SEQUENCE_LABELING
common = {"name": "p", "project_type": kind, "created_by": user, "collaborative_annotation": True}
if whole:
    project = TextClassificationProject.objects.create(**common)
else:
    project = SequenceLabelingProject.objects.create(**common, allow_overlapping=True)
serializer = CategoryTypeSerializer if whole else SpanTypeSerializer
checked = serializer(data=json.loads(labels.read_text()), many=True)
checked.is_valid(raise_exception=True)
checked.save(project_id=project.id)
file = FileName(full_path=str(source), generated_name=source.name, upload_name=source.name)
dataset = load_dataset(kind, create_file_format("JSONL"), [file], project, encoding="utf_8")
dataset.save(user, batch_size=100)
print(f"doccano took {Example.objects.count()} lines, with {len(dataset.errors)} errors")
Comment.objects.create(example=Example.objects.first(), user=user, text="Look again.")
with zipfile.ZipFile(export_dataset(project.id, "JSONL")) as archive:
    target.write_bytes(archive.read("all.jsonl"))
