"""How does an unexpected exception leave a place whose frames hold secrets? Without those frames.

Error reporters send the local variables of every frame of a traceback. The libraries below need the address with the
secret in it, and the key in plain bytes; there is nothing else in their frames that would help anybody.
"""

from types import TracebackType


class Quietly:
    """Lets an exception pass as it is, but for the frames that it came through inside of the `with`."""

    def __enter__(self) -> None:
        """Nothing has to be done first."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Raise the exception anew, from here; not by `contextlib`, which would put the frames back."""
        if error is not None:
            raise error.with_traceback(None) from error.__cause__


quietly = Quietly()
