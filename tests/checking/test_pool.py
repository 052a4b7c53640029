"""The reader pool: every failure blames one job only, the next job works, and no child outlives its parent."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mailhub.checking.failures import ReadersUnavailableError
from mailhub.checking.pool import (
    ReaderDiedError,
    ReaderFailedError,
    ReaderLimits,
    ReaderMemoryError,
    ReaderPool,
    ReaderRefusedError,
    ReaderTimeoutError,
    ReadJob,
)
from mailhub.errors import TryLaterError
from tests.servers.processes import alive, children, ticks_of

JOBS = "tests.checking.jobs"
LIMITS = ReaderLimits(seconds=20, memory_octets=256 * 1024 * 1024, jobs_per_child=50)
HASTY = ReaderLimits(seconds=0.5, memory_octets=256 * 1024 * 1024)
PROJECT = Path(__file__).resolve().parents[2]


def job(function, header=b"", body=b""):
    return ReadJob(function=function, header=header, body=body)


def wait_until(condition, seconds=50.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def pool():
    with ReaderPool(1, LIMITS, jobs_module=JOBS) as pool:
        yield pool


def pid_of_child(pool):
    return int(pool.read(job("pid_job")))


def test_a_job_gets_its_header_and_body_and_gives_its_result(pool):
    assert pool.read(job("echo_job", b"header", b"\x00body\xff")) == b"header|\x00body\xff"


def test_an_empty_job_is_a_job(pool):
    assert pool.read(job("echo_job")) == b"|"


def test_a_large_job_and_a_large_result_pass_whole(pool):
    body = os.urandom(24 * 1024 * 1024)
    assert pool.read(job("echo_job", b"h", body)) == b"h|" + body


def test_children_persist_from_job_to_job(pool):
    assert pid_of_child(pool) == pid_of_child(pool)


@pytest.mark.parametrize(
    ("function", "kind", "exit_status", "last_line"),
    [
        ("abort_job", ReaderDiedError, -signal.SIGABRT, ""),
        ("segfault_job", ReaderDiedError, -signal.SIGSEGV, ""),
        ("exit_job", ReaderDiedError, 3, "giving up on this one"),
        ("raise_job", ReaderDiedError, 1, "ZeroDivisionError: nobody foresaw this"),
        ("memory_job", ReaderMemoryError, 0, ""),
        ("refuse_job", ReaderRefusedError, None, "ParseError: no mail at all"),
    ],
)
def test_a_failing_job_is_blamed_with_its_evidence_and_the_next_one_works(pool, function, kind, exit_status, last_line):
    with pytest.raises(kind) as caught:
        pool.read(job(function))
    assert isinstance(caught.value, ReaderFailedError)
    assert (caught.value.evidence.exit_status, caught.value.evidence.last_line) == (exit_status, last_line)
    assert pool.read(job("echo_job", b"a", b"b")) == b"a|b"


@pytest.mark.parametrize("function", ["hang_job", "spin_job"])
def test_a_job_that_does_not_end_is_killed_at_the_wall_clock(function):
    with ReaderPool(1, HASTY, jobs_module=JOBS) as pool:
        with pytest.raises(ReaderTimeoutError) as caught:
            pool.read(job(function))
        assert caught.value.evidence.exit_status == -signal.SIGKILL
        # Half a second is time enough to be killed in, and not always to answer in.
        pool._limits = LIMITS
        assert pool.read(job("echo_job")) == b"|"


def test_a_job_that_talks_without_end_on_both_streams_does_not_stall(pool):
    assert pool.read(job("print_job")) == b"quiet"


def test_a_child_that_answers_nonsense_is_not_believed(pool):
    with pytest.raises(ReaderDiedError):
        pool.read(job("nonsense_job"))
    assert pool.read(job("echo_job")) == b"|"


def test_a_result_over_the_limit_is_not_read(pool):
    limits = ReaderLimits(result_octets=1000)
    with ReaderPool(1, limits, jobs_module=JOBS) as small:
        with pytest.raises(ReaderDiedError):
            small.read(job("echo_job", b"", bytes(2000)))
        assert small.read(job("echo_job")) == b"|"


def test_only_functions_of_the_table_can_be_asked_for(pool):
    for name in ("_not_offered", "os", "main"):
        with pytest.raises(ReaderDiedError):
            pool.read(job(name))


def test_a_refused_job_keeps_its_child(pool):
    before = pid_of_child(pool)
    with pytest.raises(ReaderRefusedError):
        pool.read(job("refuse_job"))
    assert pid_of_child(pool) == before


def test_a_child_is_replaced_after_its_share_of_jobs():
    with ReaderPool(1, ReaderLimits(jobs_per_child=2), jobs_module=JOBS) as pool:
        pids = [pid_of_child(pool) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_child_that_died_while_idle_is_replaced_without_blaming_a_job(pool):
    pid = pid_of_child(pool)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not alive(pid))
    assert pool.read(job("echo_job")) == b"|"


def test_jobs_run_side_by_side_and_a_dying_one_takes_no_other_with_it():
    with ReaderPool(2, LIMITS, jobs_module=JOBS) as pool, ThreadPoolExecutor(4) as threads:
        dying = [threads.submit(pool.read, job("abort_job")) for _ in range(4)]
        living = [threads.submit(pool.read, job("echo_job", str(n).encode())) for n in range(20)]
        assert [future.result() for future in living] == [f"{n}|".encode() for n in range(20)]
        assert all(isinstance(future.exception(), ReaderDiedError) for future in dying)


def test_a_child_outlives_the_thread_that_first_needed_it(pool):
    pids = []
    thread = threading.Thread(target=lambda: pids.append(pid_of_child(pool)))
    thread.start()
    thread.join()
    assert pid_of_child(pool) == pids[0]


def test_no_child_is_left_behind_not_even_as_a_zombie():
    before = children(os.getpid())
    with ReaderPool(2, HASTY, jobs_module=JOBS) as pool:
        for function in ("abort_job", "exit_job", "hang_job", "memory_job", "echo_job"):
            try:
                pool.read(job(function))
            except ReaderFailedError:
                continue
    assert [pid for pid in children(os.getpid()) if pid not in before] == []


def test_the_network_is_shut(pool):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1]).encode()
        for request in (job("connect_job", port), job("resolve_job")):
            with pytest.raises(ReaderDiedError, match="a reader has no network"):
                pool.read(request)


def test_secrets_in_the_environment_do_not_reach_the_child(pool, monkeypatch):
    monkeypatch.setenv("MAILHUB_RELAY_PASSWORD", "secret")
    assert b"MAILHUB" not in pool.read(job("environment_job"))


def test_a_signal_to_the_group_is_left_to_the_parent(pool):
    pid = pid_of_child(pool)
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGINT)
    assert pid_of_child(pool) == pid


def test_a_jobs_module_that_cannot_be_imported_is_a_fault_of_the_installation():
    with (
        ReaderPool(1, LIMITS, jobs_module="tests.checking.missing") as pool,
        pytest.raises(TryLaterError, match="ModuleNotFound"),
    ):
        pool.read(job("echo_job"))


def test_a_closed_pool_says_so():
    pool = ReaderPool(1, LIMITS, jobs_module=JOBS)
    pool.close()
    pool.close()
    with pytest.raises(ReadersUnavailableError):
        pool.read(job("echo_job"))


PARENT = """
import sys, threading
from mailhub.checking.pool import ReaderPool, ReadJob
pool = ReaderPool(3, jobs_module="tests.checking.jobs")
for _ in range(2):
    threading.Thread(target=pool.read, args=(ReadJob(function="spin_job", header=b"", body=b""),)).start()
print(pool.read(ReadJob(function="echo_job", header=b"", body=b"")), flush=True)
sys.stdin.read()
"""
SPINNING_TICKS = 40


def spinning(pids):
    """Those that have worked for so much longer than the idle one, which took as long to start."""
    ticks = [ticks_of(pid) for pid in pids]
    return [used for used in ticks if used > min(ticks) + SPINNING_TICKS]


def test_children_die_with_a_killed_parent_also_in_the_middle_of_a_job():
    command = [sys.executable, "-c", PARENT]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout.readline()
        wait_until(lambda: len(children(parent.pid)) == 3 and len(spinning(children(parent.pid))) == 2)
        pids = children(parent.pid)
        parent.kill()
        parent.wait()
    wait_until(lambda: not any(alive(pid) for pid in pids))
