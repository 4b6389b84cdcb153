"""The layer table: which room of the repository may include what.

System headers are visible to every target, so CMake's link lists cannot guard the layers; the
`#include` lines can. A room is the longest matching prefix in ROOMS.
"""

import re
from dataclasses import dataclass

# Headers that stand for a dependency or a power. What a room sees of these is in its `powers`.
POWERS = {
    "grpc": re.compile(r"(grpcpp|grpc)/|.*\.grpc\.pb\.h$"),
    "rocksdb": re.compile(r"rocksdb/"),
    "rdkafka": re.compile(r"librdkafka/"),
    "threads": re.compile(r"(thread|mutex|shared_mutex|condition_variable|future|atomic|semaphore"
                          r"|latch|barrier|stop_token|pthread\.h)$|absl/synchronization/"),
    "clocks": re.compile(r"(chrono|ctime|time\.h|sys/time\.h)$|absl/time/clock\.h$"
                         r"|libs/base/clock\.h$"),
    "io": re.compile(r"(fstream|iostream|filesystem|cstdio|stdio\.h|unistd\.h|fcntl\.h|random)$"
                     r"|sys/|libs/base/log\.h$|absl/random/|spdlog/"),
}
EVERYTHING = frozenset(POWERS)
ORDINARY = frozenset({"threads", "clocks", "io"})
PURE = frozenset()

# The proto package of each service's folder.
PACKAGES = {"customer": "customer", "sales-pipeline": "sales", "marketing-campaign": "marketing",
            "service-desk": "servicedesk"}
# What every room may include of our protos: they hold no service's rules.
SHARED_PROTOS = ("crm/common/", "crm/eventlog/", "crm/engine/")
# Protos that only tests link: they lie in a testdata folder.
TEST_PROTO = re.compile(r"crm/[a-z]+test/")


@dataclass(frozen=True)
class Room:
    """What one room may include of ours, and which powers it sees.

    `may` and `never` hold files, folders with all below them ("libs/app/"), and folders without
    those below ("libs/eventlog/.").
    """
    may: tuple
    powers: frozenset
    never: tuple = ()


BASE = ("libs/base/",) + SHARED_PROTOS
EVENT_LOG = ("libs/eventlog/.",)  # The interface, not its implementations.
PURE_LIBS = BASE + ("libs/engine/model.h", "libs/engine/update.h", "libs/table/spec.h",
                    "libs/table/rows.h", "libs/table/filter.h", "libs/stats/", "libs/text/",
                    "libs/files/",
                    "libs/calendar/", "libs/linkage/")

ROOMS = {
    "libs/base/": Room(BASE, ORDINARY),
    "libs/stats/": Room(BASE + ("libs/stats/",), PURE),
    "libs/text/": Room(BASE + ("libs/text/",), PURE),
    "libs/linkage/": Room(BASE + ("libs/linkage/",), PURE),
    "libs/files/": Room(BASE + ("libs/files/",), PURE),
    "libs/calendar/": Room(BASE + ("libs/calendar/",), PURE),
    "libs/table/": Room(BASE + ("libs/table/",), ORDINARY | {"rocksdb"}),
    "libs/eventlog/": Room(BASE + EVENT_LOG, ORDINARY),
    "libs/eventlog/embedded/": Room(BASE + EVENT_LOG + ("libs/eventlog/embedded/",),
                                    ORDINARY | {"rocksdb"}),
    "libs/eventlog/kafka/": Room(BASE + EVENT_LOG + ("libs/eventlog/kafka/",),
                                 ORDINARY | {"rdkafka"}),
    "libs/eventlog/sim/": Room(BASE + EVENT_LOG + ("libs/eventlog/sim/",), ORDINARY),
    "libs/engine/": Room(BASE + EVENT_LOG + ("libs/table/", "libs/engine/"),
                         ORDINARY | {"rocksdb"}),
    "libs/rpc/": Room(BASE + ("libs/rpc/",), ORDINARY | {"grpc"}),
    "libs/app/": Room(("libs/", "crm/"), EVERYTHING, never=("libs/testing/",)),
    "libs/testing/": Room(("libs/", "services/", "tests/", "crm/"), EVERYTHING),
    "tests/": Room(("libs/", "services/", "tests/", "crm/"), EVERYTHING),
    "tests/fuzz/": Room(("libs/", "services/", "tests/", "tools/", "crm/"), EVERYTHING),
    "tools/": Room(("libs/", "services/", "tools/", "crm/"), EVERYTHING),
    "services/suite/": Room(("libs/base/", "libs/app/", "services/suite/")
                            + tuple(f"services/{name}/service.h" for name in PACKAGES), ORDINARY),
}
for _name, _package in PACKAGES.items():
    _own = f"services/{_name}/"
    _proto = f"crm/{_package}/"
    ROOMS[_own] = Room(("libs/base/", "libs/app/", "crm/", _own), frozenset({"io"}))
    _rooms = tuple(_own + room for room in ("domain/", "read/", "react/"))
    ROOMS[_own + "domain/"] = Room(PURE_LIBS + (_proto,) + _rooms, PURE)
    # Foreign tables and reactions read other services' events.
    ROOMS[_own + "read/"] = Room(PURE_LIBS + ("crm/",) + _rooms, PURE)
    ROOMS[_own + "react/"] = Room(PURE_LIBS + ("crm/",) + _rooms, PURE)

# Tests see their own room and the tools of testing besides.
TEST_FILE = re.compile(r"_(tests?|bench|fuzz|testing)(_[a-z_]+)?\.(cc|h)$|/conformance[^/]*$"
                       r"|/fake_[^/]*$")
TEST_MAY = ("libs/testing/", "libs/eventlog/", "libs/table/", "libs/engine/", "crm/")
OURS = ("libs/", "services/", "tests/", "tools/", "crm/")


def room_of(path):
    """The room's prefix, or None for what lies in no room."""
    return max((prefix for prefix in ROOMS if path.startswith(prefix)), key=len, default=None)


def _among(path, entries):
    return any(path.startswith(entry) if not entry.endswith("/.")
               else path.rpartition("/")[0] == entry[:-2] for entry in entries)


def refusal(path, included):
    """Why `path` may not include `included`; None when it may."""
    prefix = room_of(path)
    if prefix is None:
        return f"{path} lies in no room: add its room to tools/tidy_layers.py"
    room = ROOMS[prefix]
    test = bool(TEST_FILE.search(path))
    for power, headers in POWERS.items():
        if headers.match(included) and power not in room.powers and not test:
            return f"{prefix} sees no {power}: {included} belongs in another room"
    if not included.startswith(OURS) or TEST_PROTO.match(included):
        return None
    if _among(included, room.never) and not test:
        return f"{prefix} may not include {included}"
    if _among(included, room.may + (TEST_MAY + (prefix,) if test else ())):
        return None
    return f"{prefix} may not include {included}, only {', '.join(room.may)}"
