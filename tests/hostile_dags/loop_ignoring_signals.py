"""An Airflow DAG file that ignores every signal it may ignore, and hangs."""

import contextlib
import faulthandler
import select
import signal

for number in signal.valid_signals():
    with contextlib.suppress(OSError, ValueError):
        signal.signal(number, signal.SIG_IGN)
faulthandler.cancel_dump_traceback_later()
faulthandler.disable()
while True:  # expect: import-timeout
    select.select((), (), (), 0.01)
