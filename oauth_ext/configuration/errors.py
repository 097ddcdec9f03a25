"""What the room refuses, all of it at once."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong: where in the file (empty: as a whole), and a sentence without a secret."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}" if self.path else self.sentence


class ConfigurationError(Exception):
    """A file that can't be applied; nothing has changed."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep what is wrong, as it was found."""
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class Problems:
    """What is wrong with a file, as it is found."""

    def __init__(self) -> None:
        """Begin with nothing wrong."""
        self._found: list[Problem] = []

    def add(self, path: str, sentence: str) -> None:
        """Note one; the same twice is told once."""
        problem = Problem(path, sentence)
        if problem not in self._found:
            self._found.append(problem)

    def raise_any(self) -> None:
        """Raise `ConfigurationError` if there are any."""
        if self._found:
            raise ConfigurationError(self._found)


def whole(sentence: str) -> ConfigurationError:
    """Return what to raise where nothing else of the file can be judged."""
    return ConfigurationError([Problem("", sentence)])
