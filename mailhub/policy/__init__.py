"""Decisions: facts in, a proposal with reasons out. Pure, so every decision can be run again from its stored inputs."""
