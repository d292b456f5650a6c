"""Benchmarks give ratios: ours and a named peer, turn by turn in the same run.

    momentum-edu benchmark            (or: python -m pytest benchmarks)

They are no tests: they assert that both did the same work, never a time. The table at the end is the result.
"""

import statistics
import time

import pytest

ROWS = pytest.StashKey[list]()


@pytest.fixture
def race(benchmark, request):
    """Run ours and the peer in turns; note how many times the peer's time ours is faster."""

    def run(name, ours, peer, peer_name, *, wanted, rounds=5, peer_rounds=None, scale=1.0):
        ours(), peer()  # warm up
        peer_times, peer_rounds = [], peer_rounds or rounds

        def timed(function):
            start = time.perf_counter()
            function()
            return time.perf_counter() - start

        def one_peer_round():
            if len(peer_times) < peer_rounds:
                peer_times.append(timed(peer) * scale)

        benchmark.pedantic(ours, setup=one_peer_round, rounds=rounds)
        own = benchmark.stats.stats.median
        ratio = statistics.median(peer_times) / own
        benchmark.extra_info.update(peer=peer_name, ratio=ratio, wanted=wanted)
        request.config.stash.setdefault(ROWS, []).append((name, own, peer_name, ratio, wanted))

    return run


def pytest_terminal_summary(terminalreporter):
    rows = terminalreporter.config.stash.get(ROWS, [])
    if rows:
        terminalreporter.write_sep("=", "ours against a named peer, in one run")
    for name, own, peer, ratio, wanted in rows:
        terminalreporter.write_line(
            f"{name:44} {own * 1e3:9.2f} ms   {ratio:9.2f} times as fast as {peer} (wanted: {wanted})"
        )
