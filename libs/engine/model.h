// What pure code sees of the engine: the shape of an aggregate, and what arrives with a command.
#pragma once

#include <google/protobuf/message.h>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/table/rows.h"

namespace crm::engine {

using table::Rows;
using table::Snapshot;

// How far a log was read from which rows come.
struct Reading {
  bool followed = false;   // It is read here at all.
  bool complete = false;   // All that it was lately known to hold was applied.
  bool reachable = false;  // Its cluster has answered lately.
  // When the newest event was recorded that was applied; InfinitePast: none since the start.
  absl::Time newest_event = absl::InfinitePast();
};

// What a query may know of the logs behind its rows: never more than the rows hold.
class Readings {
 public:
  virtual ~Readings() = default;
  // Of the partition of `topic` that holds `key`; key "": of all of them together.
  virtual Reading Of(std::string_view topic, std::string_view key) const = 0;
};

// What a decision may know besides state and command. The same for a retry only where it says so.
struct Context {
  absl::Time time;         // When it is decided; never before the aggregate's last event.
  std::string actor;       // Who asked: "user:ann", "service:sales".
  std::string name;        // Resource name the command is for; of a create the new one.
  std::string request_id;  // As given.
  absl::TimeZone zone = absl::UTCTimeZone();  // The company's, for days and months.
  absl::CivilDay business_date;               // "Today" for windows and timers of business.
  std::string reporting_currency;             // ISO 4217: in which the company adds up.
  const Readings* readings = nullptr;         // Of a query only: a decision sees no clock of logs.
};

// What stands in a record besides the event.
struct EventMeta {
  absl::Time time;
  std::string actor;
  std::string name;      // Resource name of the aggregate.
  int64_t revision = 0;  // Number of the event in its aggregate, from 1.
  int partition = 0;     // Of the log the event came from.
};

// One accepted event and what it did to its aggregate: what a view is a function of.
template <class M>
struct Change {
  const typename M::State* before;  // nullptr for the first event.
  const typename M::State& after;
  const typename M::Event& event;
  const EventMeta& meta;
};

// An accepted event of another service: what a foreign table is a function of.
template <class E>
struct ForeignEvent {
  const E& event;
  const EventMeta& meta;
};

// What a reaction asked for and was not done, as the log keeps it.
struct Passed {
  const std::string& reaction;
  const std::string& source;    // Resource name of the aggregate whose event it reacted to.
  int64_t source_revision = 0;  // Of that event.
  const std::string& target;    // Resource name that the command was for.
  const std::string& reason;  // Of the refusal, or a status code; empty: nothing was to be changed.
  int partition = 0;          // Of our log, which says so.
};

// An aggregate: State (the row, and the resource unless a View says otherwise), Event (a oneof of
// facts), Decide overloads per command and one Evolve. Pure: no I/O, no clock, no randomness.
template <class M>
concept Model = requires(typename M::State& state, const typename M::Event& event) {
  { M::Evolve(state, event) } -> std::same_as<void>;
};

template <class M>
using Decision = absl::StatusOr<std::optional<typename M::Event>>;

// Plain: Decide(state, command, context).
template <class M, class Command>
concept Decides = requires(const typename M::State& state, const Command& command,
                           const Context& context) {
  { M::Decide(state, command, context) } -> std::same_as<Decision<M>>;
};

// With facts of its own key: Gather(command, context, snapshot) -> Facts; Decide(state, command,
// context, facts).
template <class M, class Command>
concept Gathers = requires(const typename M::State& state, const Command& command,
                           const Context& context, const Snapshot& snapshot) {
  {
    M::Decide(state, command, context, M::Gather(command, context, snapshot))
    } -> std::same_as<Decision<M>>;
};

// What a reaction asks for; the engine fills in each request_id.
using Commands = std::vector<std::unique_ptr<google::protobuf::Message>>;

// What a guard is asked about, before the rule of the command itself.
struct Guarded {
  const google::protobuf::Message& command;
  bool create;             // It would make what context.name says.
  const Context& context;  // As the rule will see it.
};

// One row of a batch: a command (with its request_id), or why there is none.
struct BatchItem {
  absl::Status refusal;  // OK when there is a command.
  std::unique_ptr<google::protobuf::Message> command;
};

// Wants to be woken: NextDue(state) says when, nullopt for never. The engine then sends M::Due, an
// ordinary command message with `name` and `request_id`.
template <class M>
concept HasTimer = requires(const typename M::State& state) {
  { M::NextDue(state) } -> std::same_as<std::optional<absl::Time>>;
  typename M::Due;
};

}  // namespace crm::engine
