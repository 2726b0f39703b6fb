"""Runs moto's server until standard input ends, which is when the test process does, however it ends."""

import os
import sys
import threading

from moto.server import main


def end_with_the_tests() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_the_tests, daemon=True).start()
main(["-H", "127.0.0.1", "-p", "0"])
