"""An S3 server on loopback: moto's, in a thread of the test run."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

from storage.bucket import Bucket


@contextmanager
def running_s3() -> Iterator[str]:
    """Give the server's endpoint."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def new_bucket(endpoint: str, name: str) -> Bucket:
    """Make a bucket."""
    with urlopen(Request(f"{endpoint}/{name}", method="PUT")):
        pass
    return Bucket(url=f"s3://{name}/office/blobs", endpoint=endpoint, key_id="test", secret="test", seconds=10)
