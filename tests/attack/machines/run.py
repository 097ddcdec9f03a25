"""How long the machines run: shortly, always the same lives, or for long, with new ones each time."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.attack.machines.lifecycles import Codes, Devices, Everything, Exchanges, Pushes, Refreshes
from tests.attack.machines.world import Cast, World

SHORT = (Codes, Refreshes, Pushes, Devices, Exchanges)
MACHINES = {"short": SHORT, "long": (*SHORT, Everything)}
COMMON = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
# A life that fails is told as it was: making it shorter takes minutes.
PROFILES = {
    "short": settings(
        COMMON, max_examples=10, stateful_step_count=25, derandomize=True, database=None, phases=[Phase.generate]
    ),
    "long": settings(COMMON, max_examples=100, stateful_step_count=50),
}


def run(profile: str) -> None:
    """Let each machine live; raises what a life ends with that it shouldn't."""
    World.cast = Cast()
    for machine in MACHINES[profile]:
        run_state_machine_as_test(machine, settings=PROFILES[profile])
