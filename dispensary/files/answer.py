"""A file's protocol as values for JSON: the API and the command give the same."""

from typing import Any

from django.utils import timezone

from dispensary.files import selectors
from dispensary.files.selectors import ProtocolLine
from dispensary.models import ClinicFile


def answer_of(file: ClinicFile, *, limit: int) -> dict[str, Any]:
    """The state, the sums and the first lines of the protocol. Days are ISO, moments too."""
    lines = [selectors.protocol_line(file, row) for row in selectors.faults_of(file)[:limit]]
    return {
        **summary_of(file),
        "codes": {found.code: count for found, count in selectors.counts_by_code(file)},
        "faults": [line_of(line) for line in lines],
    }


def summary_of(file: ClinicFile) -> dict[str, Any]:
    return {
        "id": file.pk,
        "key": str(file.key),
        "kind": file.kind,
        "name": file.name,
        "clinic": file.clinic.mo_code,
        "state": file.state,
        "format": file.format,
        "encoding": file.encoding,
        "sent_at": timezone.localtime(file.sent_at).isoformat(),
        "finished_at": timezone.localtime(file.finished_at).isoformat() if file.finished_at else None,
        "rejected": {"code": file.rejected_code, "text": file.rejected_text} if file.rejected_code else None,
        "rows": file.rows_read,
        "taken": file.taken,
        "same": file.same,
        "bad": file.bad,
        "doubtful": file.doubtful,
    }


def line_of(line: ProtocolLine) -> dict[str, Any]:
    return {
        "row": line.row,
        "field": line.field,
        "code": line.fault.code,
        "level": line.fault.level,
        "value": line.value,
        "text": line.fault.text,
        "remedy": line.fault.remedy,
    }
