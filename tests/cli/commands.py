"""Every command of the tree, for tests that hold for all of them."""

import click

from mailhub.cli.app import mailhub


def all_commands():
    """(path, command) of the root, every noun and every verb."""
    return [((), mailhub), *_below((), mailhub)]


def _below(path, group):
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from _below((*path, name), command)
