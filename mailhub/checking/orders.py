"""Jobs that judge signatures, as a pool takes them: the trust snapshot goes beside the header, to be held by the child."""

from dataclasses import replace

from mailhub import codec
from mailhub.checking.held import holding_of
from mailhub.checking.jobs import FileJob, MailJob
from mailhub.checking.protocol import ReadJob
from parsers.signatures.trust import TrustSnapshot

NO_TRUST = TrustSnapshot()


def mail_order(job: MailJob, raw: bytes) -> ReadJob:
    """Read this mail."""
    return _order("read_mail_job", job, raw)


def file_order(job: FileJob, content: bytes, function: str = "check_file_job") -> ReadJob:
    """Check this file, or whatever else the function does with a file that stands alone."""
    return _order(function, job, content)


def _order(function: str, job: MailJob | FileJob, body: bytes) -> ReadJob:
    header = codec.encode(replace(job, trust=NO_TRUST))
    return ReadJob(function=function, header=header, body=body, holding=holding_of(job.trust))
