"""A security advisory in whichever of the formats we read. Plain Python."""

from . import csaf, cve_record
from .advisory import Advisory, AdvisoryError, load


def read(content: bytes) -> Advisory:
    """Read a CSAF document or a CVE record.

    :raise AdvisoryError: it is neither, or not whole; ``error.where`` says where
    """
    data = load(content)
    if data.get("dataType") == "CVE_RECORD":
        return cve_record.read(content)
    if isinstance(data.get("document"), dict):
        return csaf.read(content)
    raise AdvisoryError("foreign")
