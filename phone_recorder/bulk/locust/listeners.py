"""What happens to phones at Locust's events: a test begins and ends, on one machine or on many."""

from __future__ import annotations

import logging
import sys
from typing import Any
from weakref import WeakKeyDictionary

import gevent
from locust.env import Environment
from locust.runners import STATE_MISSING, MasterRunner, WorkerRunner

from phone_recorder.bulk.fleet.media_child_messages import Second
from phone_recorder.bulk.locust.call import Step
from phone_recorder.bulk.locust.media_process import MediaFailed
from phone_recorder.bulk.locust.options import add_options, plan_of, voice_word
from phone_recorder.bulk.locust.worker_site import WorkerSite
from phone_recorder.errors import PhoneRecorderError, UsageError

RECORD, MEDIA = "record", "media"
"""What statistics have as the type of a row."""
LATE = "packets left later than a packet lasts"
UNSENT = "the kernel did not take packets"
EXIT_USAGE, EXIT_INTERRUPTED = 2, 130
_LEAVE, _LEFT = "phones leave", "phones have left"
"""Messages of the master to its workers, and back."""
_NO_PHONE = -1
_REST_S = 1.0
_LOOK_S = 0.05
_LONGEST_S = 130.0
_LATE_SHARE = 0.01

_log = logging.getLogger(__name__)
_sites: WeakKeyDictionary[Environment, WorkerSite | UsageError] = WeakKeyDictionary()
_left: WeakKeyDictionary[Environment, set[str]] = WeakKeyDictionary()


def listen(events: Any) -> None:
    """Let phones take part in whatever happens there, Locust's Events."""
    events.init_command_line_parser.add_listener(add_options)
    events.init.add_listener(_begin_process)
    events.test_start.add_listener(_begin_test)
    events.test_stopping.add_listener(_leave)
    events.test_stop.add_listener(_end_test)
    events.quitting.add_listener(_quit)


def phone_of_user(environment: Environment) -> int:
    """The number of another phone."""
    site = _sites.get(environment)
    return site.next_phone() if isinstance(site, WorkerSite) else _NO_PHONE


def call_of_user(environment: Environment, phone: int) -> float:
    """Make a call of that phone; seconds of rest after it."""
    site = _sites.get(environment)
    if isinstance(site, WorkerSite):
        return site.make_call(phone)
    failure = site or UsageError("no test has begun here")
    _tell(environment, Step("start", 0.0, failure=failure))
    return _REST_S


def _begin_process(environment: Environment, **_: Any) -> None:
    runner = environment.runner
    if isinstance(runner, MasterRunner):
        runner.register_message(_LEFT, _has_left)
    elif isinstance(runner, WorkerRunner):
        runner.register_message(_LEAVE, _asked_to_leave)
        # Its listeners are called from the last to the first: before Locust's own, which parts from the master.
        _untyped(environment.events).quitting.add_listener(_leave_and_report)


def _begin_test(environment: Environment, **_: Any) -> None:
    options, runner = vars(environment.parsed_options), environment.runner
    try:
        plan = plan_of(options, _host(environment))
        if not isinstance(runner, MasterRunner):
            index = getattr(runner, "worker_index", 0)
            _sites[environment] = site = WorkerSite(
                plan,
                voice_word(options),
                index,
                lambda step: _tell(environment, step),
                lambda second: _tell_second(environment, second, plan.ptime_ms),
            )
            site.media.ready()
    except UsageError as error:
        _sites[environment] = error
        _refuse(environment, error)
    except MediaFailed as error:
        # Where the test goes on, each call says so too, and tries again.
        _refuse(environment, error)


def _host(environment: Environment) -> str | None:
    """The one asked for, or what a locustfile has in its class."""
    hosts = [environment.host, *(user.host for user in environment.user_classes)]
    return next(filter(None, hosts), None)


def _refuse(environment: Environment, error: PhoneRecorderError) -> None:
    """A test that cannot be: without a page that ends the program, on a page each call fails with the reason."""
    _log.error("%s", error)
    runner, options = environment.runner, environment.parsed_options
    if runner and options and options.headless and not isinstance(runner, WorkerRunner):
        environment.process_exit_code = EXIT_USAGE
        gevent.spawn(runner.quit)


def _leave(environment: Environment, **_: Any) -> None:
    """The test ends: calls are stopped in order before users are, whatever Locust's --stop-timeout."""
    site, runner = _sites.get(environment), environment.runner
    if isinstance(runner, MasterRunner):
        _have_workers_leave(environment, runner)
    elif isinstance(site, WorkerSite):
        site.leave()


def _have_workers_leave(environment: Environment, runner: MasterRunner) -> None:
    left = _left[environment] = set[str]()
    asked = [worker.id for worker in runner.clients.running + runner.clients.spawning]
    for worker in asked:
        runner.send_message(_LEAVE, None, worker)
    with gevent.Timeout(_LONGEST_S, False):
        while any(worker not in left and _is_there(runner, worker) for worker in asked):
            gevent.sleep(_LOOK_S)


def _is_there(runner: MasterRunner, worker: str) -> bool:
    found = runner.clients.get(worker)
    return found is not None and found.state != STATE_MISSING


def _asked_to_leave(environment: Environment, **_: Any) -> None:
    """Not to be waited for here, where the next messages of the master are waited for."""
    gevent.spawn(_leave_and_say_so, environment)


def _leave_and_say_so(environment: Environment) -> None:
    _leave_and_report(environment)
    if environment.runner:
        environment.runner.send_message(_LEFT)


def _leave_and_report(environment: Environment, **_: Any) -> None:
    """How the last calls ended is told now: at its next regular report the master may be gone."""
    _leave(environment)
    runner, events, data = environment.runner, _untyped(environment.events), dict[str, Any]()
    if isinstance(runner, WorkerRunner):
        events.report_to_master.fire(client_id=runner.client_id, data=data)
        runner.send_message("stats", data)


def _has_left(environment: Environment, msg: Any, **_: Any) -> None:
    _left.setdefault(environment, set()).add(msg.node_id)


def _quit(environment: Environment, **_: Any) -> None:
    """Locust says that it quits before it says that the test ends: calls still need their media."""
    site = _sites.get(environment)
    try:
        if isinstance(site, WorkerSite):
            site.leave()
    except KeyboardInterrupt:
        # Once more: it is not to be waited for.
        sys.exit(EXIT_INTERRUPTED)
    finally:
        _end_test(environment)


def _end_test(environment: Environment, **_: Any) -> None:
    site = _sites.get(environment)
    if isinstance(site, WorkerSite):
        site.close()


def _tell(environment: Environment, step: Step) -> None:
    _fire(environment, RECORD, step.name, step.seconds, step.octets, step.failure)


def _tell_second(environment: Environment, second: Second, ptime_ms: int) -> None:
    """A second whose packets were late is no good measure of a server."""
    late = second.late > second.packets * _LATE_SHARE
    if late or second.unsent:
        _log.warning(
            "%d of %d packets left later than the %d ms that one lasts, the last %.0f ms late; %d were not taken",
            second.late,
            second.packets,
            ptime_ms,
            second.most_s * 1000,
            second.unsent,
        )
    failure = MediaFailed(UNSENT) if second.unsent else MediaFailed(LATE) if late else None
    _fire(environment, MEDIA, "lateness", second.p99_s, second.octets, failure)


def _fire(
    environment: Environment, kind: str, name: str, seconds: float, octets: int, failure: Exception | None
) -> None:
    _untyped(environment.events).request.fire(
        request_type=kind,
        name=name,
        response_time=seconds * 1000,
        response_length=octets,
        exception=failure,
        context={},
    )


def _untyped(events: Any) -> Any:
    """Events whose methods have no types."""
    return events
