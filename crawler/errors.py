"""The errors that people meet. Each message is one line that says what to do.

Exception
└── TasadorError        exit code 1: something could not be done
    ├── UsageError      exit code 2: something was asked for wrongly
    ├── InUseError      exit code 1: another process is at it, and will be done some time
    ├── AwayError       exit code 1: a server that we need does not answer, and will some time
    └── BlockedError    exit code 1: a site does not want us; to ask again soon would be to insist

Anything else that escapes is a defect of ours and keeps its traceback.
"""


class TasadorError(Exception):
    """Raised where a person can act; shown as one line, exit code 1."""

    exit_code = 1


class UsageError(TasadorError):
    """Raised where the request itself is wrong; shown as one line, exit code 2."""

    exit_code = 2


class InUseError(TasadorError):
    """Raised where another process holds what can be held once; whoever has time waits and asks again."""


class AwayError(TasadorError):
    """Raised where a server that we need stops or starts; whoever has time waits and asks again."""


class BlockedError(TasadorError):
    """Raised where a site refused us; nobody asks it again before the next crawl is due."""
