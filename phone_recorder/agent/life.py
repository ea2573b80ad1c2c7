"""The life of the agent: its start, systemd's watchdog, a reload at SIGHUP, and an end in order at SIGTERM."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from phone_recorder.adapters.journal import Log
from phone_recorder.adapters.reactor import Reactor
from phone_recorder.adapters.systemd import Notifier
from phone_recorder.adapters.unix_socket import GroupRefused, Socket, listen
from phone_recorder.agent.bugs import places
from phone_recorder.agent.control_socket import ControlSocket
from phone_recorder.agent.daemon import Agent
from phone_recorder.agent.plan import AgentPlan
from phone_recorder.errors import PhoneRecorderError
from phone_recorder.settings.phone import PhoneSettings

READY = "waiting for calls"
BUG = "an error of the agent itself ends it; what was being recorded goes on when it is started again"


class AgentFailed(PhoneRecorderError):
    """An error of the agent itself has ended it, and is in its log."""


def live(
    plan: AgentPlan, read_settings: Callable[[], PhoneSettings], log: Log, environ: Mapping[str, str] = os.environ
) -> None:
    """Run the agent until it is told to end. PhoneRecorderError if it cannot start, AgentFailed if it has a bug."""
    with ExitStack() as stack:
        stack.enter_context(_bugs_logged(log))
        reactor = Reactor()
        stack.callback(reactor.close)
        notifier = Notifier(environ)
        stack.callback(notifier.close)
        # First, so that of two agents the second does not touch what the first one keeps.
        listener, problem = _listener(plan, log)
        stack.callback(listener.close)
        agent = Agent(plan, reactor, log)
        agent.choosing.group_problem = problem
        agent.open()
        stack.callback(agent.close)
        socket = ControlSocket(reactor, listener, agent, log)
        stack.callback(socket.close)
        _obey(reactor, agent, notifier, read_settings, log)
        _watch_over(reactor, notifier)
        log("notice", f"the agent listens at {plan.socket}")
        notifier.ready(READY)
        try:
            reactor.run()
        except Exception:
            agent.fail()
            raise
    log("notice", "the agent has ended")


def _listener(plan: AgentPlan, log: Log) -> tuple[Socket, str]:
    """The socket, and why it is not the wanted group's: an agent that did not start could not be given another."""
    try:
        return listen(plan.socket, plan.settings.agent.group or None), ""
    except GroupRefused as error:
        log("warning", str(error))
        return listen(plan.socket), str(error)


def _obey(
    reactor: Reactor, agent: Agent, notifier: Notifier, read_settings: Callable[[], PhoneSettings], log: Log
) -> None:
    """Signals: the first SIGTERM or Ctrl-C ends it in order, a second one at once."""

    def end() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            reactor.on_signal(number, reactor.stop)
        notifier.stopping()
        agent.stop(reactor.stop)

    def reload() -> None:
        notifier.reloading()
        try:
            agent.reload(read_settings())
            log("notice", "the settings were read again")
        except PhoneRecorderError as error:
            log("error", f"the settings stay as they were: {error}")
        notifier.ready(READY)

    for number in (signal.SIGTERM, signal.SIGINT):
        reactor.on_signal(number, end)
    reactor.on_signal(signal.SIGHUP, reload)


@contextmanager
def _bugs_logged(log: Log) -> Iterator[None]:
    """Whoever starts it anew need know no more than that; whoever mends it finds the places in the log."""
    try:
        yield
    except PhoneRecorderError:
        raise
    except Exception as error:
        log("error", BUG, error=type(error).__name__, text=str(error), at=places(error))
        raise AgentFailed(BUG) from error


def _watch_over(reactor: Reactor, notifier: Notifier) -> None:
    """Tell systemd that all is well, as often as it wants to hear it."""
    every_s = notifier.watchdog_s
    if every_s is None:
        return

    def tell() -> None:
        notifier.watchdog()
        reactor.later(every_s, tell)

    tell()
