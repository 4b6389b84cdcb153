#include "libs/engine/decide.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "crm/eventlog/v1/eventlog.pb.h"
#include "libs/base/status.h"
#include "libs/base/wire_status.h"
#include "libs/engine/limits.h"

namespace crm::engine {
namespace {

using base::Failed;

constexpr char kStaleEtag[] = "STALE_ETAG", kAlreadyExists[] = "ALREADY_EXISTS";

// What the log is to say of itself.
Outcome Noted(Outcome outcome, const eventlog::v1::LogEvent& event,
              const google::protobuf::Message& fact, absl::Time now) {
  outcome.append = true;
  outcome.value = event.SerializeAsString();
  outcome.fact_type = fact.GetDescriptor()->full_name();
  outcome.schema = event.GetDescriptor()->full_name();
  outcome.time = now;
  return outcome;
}

// A refusal that time does not change: every saying of the command gets it.
bool IsForGood(const absl::Status& refusal) {
  const std::string reason = base::ReasonOf(refusal);
  return reason == kStaleEtag || reason == kAlreadyExists;
}

// Rehearsal: what cannot be read back, or is too large to be kept, is not written.
bool Readable(const eventlog::v1::CommandAnswered& answered) {
  const std::string bytes = answered.SerializeAsString();
  return bytes.size() <= kAnswerBytesMax && eventlog::v1::CommandAnswered().ParseFromString(bytes);
}

// An answer without an event. Of a reaction, and of a command that had been said before, the log
// keeps it: a replay of the source, or what was said before and arrives late, does nothing either.
// UNAVAILABLE is no answer: it will be tried again.
Outcome Quiet(const Command& command, absl::Status refusal, std::string resource, absl::Time now) {
  Outcome outcome{std::move(refusal), std::move(resource)};
  if (absl::IsUnavailable(outcome.refusal) || command.validate_only) return outcome;
  eventlog::v1::LogEvent event;
  if (!command.reaction.reaction.empty()) {
    auto& passed = *event.mutable_reaction_passed();
    passed.set_reaction(command.reaction.reaction);
    passed.set_source(command.reaction.source);
    passed.set_revision(command.reaction.revision);
    passed.set_target(command.name);
    if (!outcome.refusal.ok()) {
      const std::string reason = base::ReasonOf(outcome.refusal);
      passed.set_reason(reason.empty() ? absl::StatusCodeToString(outcome.refusal.code()) : reason);
    }
    return Noted(std::move(outcome), event, passed, now);
  }
  if (!command.said_before || IsForGood(outcome.refusal)) return outcome;
  auto& answered = *event.mutable_command_answered();
  answered.set_target(command.name);
  *answered.mutable_status() = base::ToWire(outcome.refusal);
  if (!Readable(answered)) {
    answered.clear_status();
    answered.mutable_status()->set_code(static_cast<int>(outcome.refusal.code()));
    answered.mutable_status()->set_message("refused; the details were not kept");
  }
  return Noted(std::move(outcome), event, answered, now);
}

absl::Status Exists(const Command& command, const Loaded& loaded) {
  if (command.create() && loaded.revision > 0) {
    return Failed(absl::StatusCode::kAlreadyExists, kAlreadyExists,
                  "a resource of this name exists", {{"name", command.name}});
  }
  if (!command.create() && loaded.revision == 0) {
    return base::NotFound(command.name);
  }
  if (!command.etag.empty() && command.etag != EtagOf(loaded.revision)) {
    return Failed(absl::StatusCode::kAborted, kStaleEtag,
                  "the resource was changed since this etag was read; read it again",
                  {{"name", command.name}});
  }
  return absl::OkStatus();
}

// True when the command was applied before; then `outcome` is the answer. For a reaction the mark
// alone says so: the events of a source reach a target in their order (reactor.h).
absl::StatusOr<bool> SeenBefore(const Command& command, Memory& memory, Applier& applier,
                                Outcome& outcome) {
  if (!command.reaction.reaction.empty()) {
    auto watermark =
        memory.Watermark(command.reaction.reaction, command.reaction.source, command.name);
    if (!watermark.ok()) return watermark.status();
    return *watermark >= command.reaction.revision;
  }
  auto stored = memory.FindRequest(command.key(), command.request_id);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return false;
  const v1::StoredRequest& request = **stored;
  if (request.hash() != command.request_hash) {
    outcome.refusal = base::Invalid("request_id", "was used before for another request");
    return true;
  }
  if (request.has_answer()) {
    outcome.refusal = base::FromWire(request.answer().status());
    if (!outcome.refusal.ok()) {
      outcome.rests_on = request.answer().offset() + 1;
      return true;
    }
  }
  auto loaded = applier.Load(*command.def->aggregate, request.name());
  if (!loaded.ok()) return loaded.status();
  outcome.resource = loaded->state->SerializeAsString();
  return true;
}

}  // namespace

absl::Status OfTables(absl::Status status) {
  if (!absl::IsDataLoss(status)) return status;
  return base::Unavailable("TABLES_DAMAGED", "the tables of this replica are damaged", kRetryAfter);
}

absl::CivilDay BusinessDate(const Company& company, absl::Time now) {
  return company.business_date.value_or(absl::ToCivilDay(now, company.zone));
}

Context MakeContext(const Company& company, absl::Time now) {
  Context context;
  context.time = now;
  context.zone = company.zone;
  context.business_date = BusinessDate(company, now);
  context.reporting_currency = company.reporting_currency;
  return context;
}

Outcome DecideCommand(const Command& command, Applier& applier, Memory& memory,
                      const Company& company, absl::Time now) {
  const AggregateDef& aggregate = *command.def->aggregate;
  Outcome seen;
  absl::StatusOr<bool> before = SeenBefore(command, memory, applier, seen);
  if (!before.ok()) return Outcome{before.status()};
  if (*before) {
    seen.recorded = true;
    return seen;
  }

  absl::StatusOr<Loaded> loaded = applier.Load(aggregate, command.name);
  if (!loaded.ok()) return Outcome{loaded.status()};
  if (absl::Status s = Exists(command, *loaded); !s.ok()) return Quiet(command, s, "", now);

  if (command.def->requires_fact.has_value() && command.required == nullptr) {
    return Quiet(command,
                 Failed(absl::StatusCode::kNotFound, "NOT_FOUND",
                        "a resource that the request names does not exist",
                        {{"name", command.def->requires_fact->name_of(*command.request)}}),
                 "", now);
  }
  Context context = MakeContext(company, now);
  context.time = std::max(now, UpdateTime(aggregate, *loaded->state));
  context.actor = command.actor;
  context.name = command.name;
  context.request_id = command.request_id;
  absl::StatusOr<MessagePtr> event = command.def->decide(DecideInput{
      *loaded->state, *command.request, context, memory.batch(), command.required.get()});
  if (!event.ok()) return Quiet(command, event.status(), "", now);
  if (*event == nullptr)
    return Quiet(command, absl::OkStatus(), loaded->state->SerializeAsString(), now);

  Outcome outcome;
  std::string value = (*event)->SerializeAsString();
  if (value.size() > kEventBytesMax) {
    return Quiet(command,
                 Failed(absl::StatusCode::kResourceExhausted, "EVENT_TOO_LARGE",
                        "the change is larger than the log takes"),
                 "", now);
  }
  // Rehearsal: nothing that cannot be read back and folded is ever written.
  absl::StatusOr<MessagePtr> parsed = ParseEvent(aggregate, value);
  if (!parsed.ok()) return Quiet(command, absl::InternalError(parsed.status().message()), "", now);
  Folded folded = FoldEvent(aggregate, *loaded, command.name, context.time, *std::move(parsed),
                            std::move(value));
  if (command.validate_only) {
    MessagePtr state = NewOf(*folded.after.state);
    state->MergeFrom(*folded.after.state);
    state->GetReflection()->SetString(state.get(), aggregate.shape.etag,
                                      loaded->revision > 0 ? EtagOf(loaded->revision) : "");
    outcome.resource = state->SerializeAsString();
    return outcome;
  }
  outcome.append = true;
  outcome.value = folded.value;
  outcome.fact_type = FactType(aggregate, *folded.event);
  outcome.schema = aggregate.event->GetDescriptor()->full_name();
  outcome.revision = folded.after.revision;
  outcome.time = context.time;
  outcome.rehearsed = std::move(folded);
  return outcome;
}

}  // namespace crm::engine
