"""A further process at the SMTP door of a served hub, which starts as many as `smtp.processes` says."""

import sys
from pathlib import Path

from mailhub.cli.logs import start_logging
from mailhub.hub import open_hub
from mailhub.serving.door_post import DoorPost, serve_door


def main() -> None:
    """Take mail as the argument says."""
    start_logging()
    post = DoorPost.read(sys.argv[1])
    hub = open_hub(Path(post.home))
    try:
        serve_door(hub, post)
    finally:
        hub.close()


if __name__ == "__main__":
    main()
