#include "libs/engine/apply.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "crm/eventlog/v1/eventlog.pb.h"
#include "libs/base/check.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/engine/limits.h"
#include "libs/engine/log_reader.h"

namespace crm::engine {
namespace {

absl::Status PoisonOf(const eventlog::EventHeaders& headers, absl::string_view why) {
  return Poison(absl::StrCat("record ", headers.id, " of type ", headers.type, ": ", why));
}

}  // namespace

std::string FormatReaction(std::string_view reaction, std::string_view source, int64_t revision) {
  std::string text(reaction);
  return text.append("/").append(source).append("/").append(std::to_string(revision));
}

std::optional<ReactionRef> ParseReaction(std::string_view text) {
  const size_t first = text.find('/'), last = text.rfind('/');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  ReactionRef ref{text.substr(0, first), text.substr(first + 1, last - first - 1)};
  const std::string_view number = text.substr(last + 1);
  if (!absl::SimpleAtoi(absl::string_view(number.data(), number.size()), &ref.revision))
    return std::nullopt;
  return ref;
}

Applier::Applier(const ServiceDef& service, const table::Database& database, table::Batch& batch)
    : service_(service), memory_(batch), states_(kStatesCachedBytesMax) {
  for (const auto& aggregate : service.aggregates) {
    const table::TableDef* table = database.FindTable(aggregate->table);
    base::Check(table != nullptr, "the table of each aggregate is declared");
    // States are remembered by name: names of two aggregates differ, and only Apply writes a state.
    for (const auto& [other, its_table] : tables_)
      base::Check(!other->pattern.Meets(aggregate->pattern), "aggregates have names of their own");
    batch.Reserve(*table);
    tables_[aggregate.get()] = table;
  }
}

absl::StatusOr<Loaded> Applier::Load(const AggregateDef& aggregate, const std::string& name) {
  if (const Loaded* cached = states_.Find(name); cached != nullptr) return *cached;
  auto stored = memory_.batch().GetStored(*tables_.at(&aggregate), {name});
  if (!stored.ok()) return stored.status();
  MessagePtr state = NewOf(*aggregate.state);
  if (!stored->has_value()) return Loaded{std::move(state), 0};
  if (!(*stored)->ParseTo(*state)) {
    return memory_.batch().Damaged("a row that does not parse");
  }
  Loaded loaded{std::move(state), (*stored)->revision};
  states_.Put(name, loaded, (*stored)->bytes.size());
  return loaded;
}

absl::Status Applier::Remember(const eventlog::EventHeaders& headers, const std::string& name,
                               bool first) {
  if (const auto ref = ParseReaction(headers.reaction); ref.has_value()) {
    return memory_.RaiseWatermark(ref->reaction, ref->source, name, ref->revision);
  }
  if (headers.request_id.empty()) return absl::OkStatus();
  v1::StoredRequest request;
  request.set_hash(headers.request_hash);
  request.set_name(name);
  return memory_.RememberRequest(base::KeyOf(name), headers.request_id, request,
                                 first ? Memory::Keep::kForEver : Memory::Keep::kAsRequest);
}

absl::Status Applier::RememberAnswer(const eventlog::EventHeaders& headers, const std::string& name,
                                     v1::StoredAnswer answer) {
  v1::StoredRequest request;
  request.set_hash(headers.request_hash);
  request.set_name(name);
  *request.mutable_answer() = std::move(answer);
  return memory_.RememberRequest(base::KeyOf(name), headers.request_id, request,
                                 Memory::Keep::kAsAnswer);
}

absl::Status Applier::ApplyLogEvent(const eventlog::Record& record,
                                    const eventlog::EventHeaders& headers) {
  eventlog::v1::LogEvent event;
  if (!event.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())) ||
      event.event_case() == eventlog::v1::LogEvent::EVENT_NOT_SET) {
    return PoisonOf(headers, "cannot be parsed or holds an unknown fact");
  }
  if (event.has_reaction_passed()) {
    const auto& passed = event.reaction_passed();
    for (const PassedView& view : service_.passed_views) {
      view({passed.reaction(), passed.source(), passed.revision(), passed.target(), passed.reason(),
            record.partition},
           memory_.batch());
    }
    return memory_.RaiseWatermark(passed.reaction(), passed.source(), passed.target(),
                                  passed.revision());
  }
  if (event.has_command_answered() && !headers.request_id.empty()) {
    v1::StoredAnswer answer;
    answer.set_offset(record.offset);
    *answer.mutable_status() = event.command_answered().status();
    return RememberAnswer(headers, event.command_answered().target(), answer);
  }
  return absl::OkStatus();
}

absl::StatusOr<Applied> Applier::Apply(const eventlog::Record& record,
                                       const eventlog::EventHeaders& headers,
                                       const Folded* rehearsed) {
  if (headers.dataschema == eventlog::v1::LogEvent::descriptor()->full_name()) {
    if (absl::Status s = ApplyLogEvent(record, headers); !s.ok()) return s;
    return Applied{};
  }
  const AggregateDef* aggregate = service_.AggregateOfEvent(headers.dataschema);
  if (aggregate == nullptr)
    return PoisonOf(headers, "is of an aggregate that this program does not know");
  if (!aggregate->pattern.Matches(headers.subject))
    return PoisonOf(headers, "has a subject of another kind");

  absl::StatusOr<Loaded> loaded = Load(*aggregate, headers.subject);
  if (!loaded.ok()) return loaded.status();
  const bool follows = headers.revision == loaded->revision + 1;
  std::optional<Folded> worked_out;
  if (rehearsed == nullptr || !follows ||
      !SameFold(*rehearsed, *loaded, headers.subject, headers.time, record.value)) {
    absl::StatusOr<MessagePtr> event = ParseEvent(*aggregate, record.value);
    if (!event.ok()) return PoisonOf(headers, event.status().message());
    if (!follows) {
      return Contradiction(absl::StrCat("record ", headers.id, " has revision ", headers.revision,
                                        " of ", headers.subject, ", which is at ",
                                        loaded->revision));
    }
    worked_out =
        FoldEvent(*aggregate, *loaded, headers.subject, headers.time, *std::move(event), "");
    rehearsed = &*worked_out;
  }
  const Message& event = *rehearsed->event;
  const Loaded& after = rehearsed->after;
  const Message* before = loaded->revision > 0 ? loaded->state.get() : nullptr;
  const EventMeta meta{headers.time, headers.actor, headers.subject, headers.revision,
                       record.partition};
  const table::TableDef& table = *tables_.at(aggregate);
  Applied applied{aggregate, headers.subject,
                  memory_.batch().Replace(table, before, *after.state, after.revision)};
  if (table.history())
    memory_.batch().PutHistory(table, *after.state, after.revision, headers.time);
  for (const View& view : aggregate->views) {
    view(ChangeInput{before, *after.state, event, meta}, memory_.batch());
  }
  if (aggregate->next_due != nullptr) {
    const auto old_due = before != nullptr ? aggregate->next_due(*before) : std::nullopt;
    const auto new_due = aggregate->next_due(*after.state);
    if (old_due != new_due) {
      if (old_due.has_value()) memory_.DeleteTimer(record.partition, *old_due, headers.subject);
      if (new_due.has_value()) memory_.PutTimer(record.partition, *new_due, headers.subject);
      applied.timer_gone = old_due;
      applied.timer_set = new_due;
    }
  }
  if (aggregate->watched_first != nullptr) {
    if (absl::Status s = memory_.MarkChange(headers.subject, record.offset,
                                            aggregate->watched_first(*after.state));
        !s.ok())
      return s;
    touched_.emplace(base::ParentOf(headers.subject));
  }
  if (absl::Status s = Remember(headers, headers.subject, before == nullptr); !s.ok()) return s;
  states_.Put(headers.subject, after, applied.resource.size());
  return applied;
}

}  // namespace crm::engine
