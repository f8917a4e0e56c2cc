"""The collector is on again after the last one out, whoever overlapped."""

import gc
import sys
import threading
from collections.abc import Iterator

import pytest

from portal.kernel.collector import uncollected
from tests.make.together import at_once


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    often = sys.getswitchinterval()
    yield
    sys.setswitchinterval(often)
    gc.enable()


def test_it_is_off_inside_and_on_afterwards() -> None:
    with uncollected:
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_on_again_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), uncollected:
        raise ZeroDivisionError
    assert gc.isenabled()


def test_it_is_off_until_the_last_thread_is_out() -> None:
    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        with uncollected:
            inside.set()
            leave.wait()

    thread = threading.Thread(target=other)
    with uncollected:
        thread.start()
        inside.wait()
    still = gc.isenabled()
    leave.set()
    thread.join()
    assert (still, gc.isenabled()) == (False, True)


def test_threads_that_come_and_go_do_not_leave_it_off() -> None:
    sys.setswitchinterval(1e-6)

    def come_and_go() -> bool:
        on = 0
        for _ in range(2000):
            with uncollected:
                on += gc.isenabled()
        return on > 0

    assert at_once(*[come_and_go] * 4) == [False] * 4
    assert gc.isenabled()


def test_where_it_was_off_it_stays_off() -> None:
    gc.disable()
    with uncollected:
        pass
    assert not gc.isenabled()
