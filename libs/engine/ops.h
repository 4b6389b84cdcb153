// A service with its types erased: what the engine runs. libs/app's Service builder fills it in
// from the typed declarations of a service.cc; erase.h has the templates.
//
// Messages are handed around as google::protobuf::Message of generated types, so that a cast back
// is static.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/resource_name.h"
#include "libs/engine/model.h"
#include "libs/table/table_def.h"

namespace crm::engine {

using google::protobuf::Message;
using MessagePtr = std::unique_ptr<Message>;

// The fields of a request that the engine knows by name; nullptr where the request has none.
struct RequestShape {
  enum class Kind { kCreate, kOnName, kUpdate };
  Kind kind = Kind::kOnName;
  const google::protobuf::FieldDescriptor* name = nullptr;
  const google::protobuf::FieldDescriptor* parent = nullptr;
  const google::protobuf::FieldDescriptor* id = nullptr;  // "<x>_id" of a create.
  const google::protobuf::FieldDescriptor* etag = nullptr;
  const google::protobuf::FieldDescriptor* request_id = nullptr;
  const google::protobuf::FieldDescriptor* validate_only = nullptr;
  const google::protobuf::FieldDescriptor* resource = nullptr;  // A field of the state's type.
  const google::protobuf::FieldDescriptor* update_mask = nullptr;
};

// The fields of a state that the engine stamps.
struct StateShape {
  const google::protobuf::FieldDescriptor* name = nullptr;
  const google::protobuf::FieldDescriptor* etag = nullptr;
  const google::protobuf::FieldDescriptor* create_time = nullptr;
  const google::protobuf::FieldDescriptor* update_time = nullptr;
};

struct DecideInput {
  const Message& state;
  const Message& command;
  const Context& context;
  const Snapshot& snapshot;
  const Message* required =
      nullptr;  // The fact of another service; set when the command requires one.
};

struct AggregateDef;

// What a command needs to know of another service, and where it is found.
struct RequiresDef {
  std::string table;                                           // The foreign table looked in first.
  std::function<std::string(const Message& command)> name_of;  // The resource name, of the command.
  const Message* row = nullptr;  // Prototype of the table's row, the fact.
  const google::protobuf::MethodDescriptor* method = nullptr;  // Asked on a miss, by `name`.
  std::function<MessagePtr(const Message& response)> convert;  // Its answer as a row.
};

struct CommandDef {
  std::string type;  // Full name of the command's message.
  const google::protobuf::MethodDescriptor* method = nullptr;  // nullptr: internal.
  const Message* request = nullptr;                            // Prototype.
  RequestShape shape;
  const AggregateDef* aggregate = nullptr;
  // nullptr: nothing to do.
  std::function<absl::StatusOr<MessagePtr>(const DecideInput&)> decide;
  std::optional<RequiresDef> requires_fact;
};

struct ChangeInput {
  const Message* before = nullptr;  // nullptr for the first event.
  const Message& after;
  const Message& event;
  const EventMeta& meta;
};
using View = std::function<void(const ChangeInput&, Rows&)>;

struct AggregateDef {
  std::string table;       // Where the states lie.
  std::string collection;  // Last collection of the name pattern, for logs.
  base::NamePattern pattern;
  const Message* state = nullptr;  // Prototypes.
  const Message* event = nullptr;
  const google::protobuf::OneofDescriptor* facts = nullptr;
  StateShape shape;
  void (*evolve)(Message& state, const Message& event) = nullptr;
  std::optional<absl::Time> (*next_due)(const Message& state) = nullptr;  // nullptr: no timer.
  const CommandDef* due = nullptr;
  std::vector<View> views;
  // Set when its rows can be watched: whether a new watch begins with a row. Depends on the row
  // only.
  std::function<bool(const Message& state)> watched_first;
};

// A table made from another service's events.
struct ForeignDef {
  std::string topic;
  const Message* event = nullptr;
  std::function<void(const Message& event, const EventMeta& meta, Rows& rows)> project;
};

struct ReactionDef {
  std::string name;
  std::string topic;
  const Message* event = nullptr;
  std::function<Commands(const Message& event, const EventMeta& meta, const Snapshot& snapshot)>
      react;
};

// A view of what reactions asked for and was not done.
using PassedView = std::function<void(const Passed&, Rows&)>;

// Reads, served from local tables.
struct GetDef {
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::string table;
};
// What the values of a map's key are in filters: table::KeyTypes, by the rows there are.
using KeyTypesFunction = absl::StatusOr<const google::protobuf::FieldDescriptor*> (*)(
    const google::protobuf::FieldDescriptor& map, std::string_view key, const Snapshot&);
struct ListDef {
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::string table;
  // Every name whose children are listed with those of the parent, itself the first; nullptr: only
  // that.
  std::vector<std::string> (*parents)(const std::string& parent, const Snapshot&) = nullptr;
  KeyTypesFunction key_types = nullptr;
};
struct QueryDef {
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::function<absl::StatusOr<MessagePtr>(const Message& request, const Snapshot&, const Context&)>
      run;
};
struct BatchGetDef {
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::string table;
};
// A stream of the rows below a parent, as they change.
struct WatchDef {
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::string table;
  const google::protobuf::FieldDescriptor* parent = nullptr;        // Of the request.
  const google::protobuf::FieldDescriptor* resume_token = nullptr;  // Of the request.
  const google::protobuf::FieldDescriptor* row = nullptr;           // Of the response.
  const google::protobuf::FieldDescriptor* next_token = nullptr;    // Of the response.
};
struct BatchDef {
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::function<std::vector<BatchItem>(const Message& request, const Snapshot&)> split;
};

// A method of somebody else's API that asks for one of our commands, and gives nothing back.
struct AliasDef {
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::function<absl::StatusOr<MessagePtr>(const Message& request)> command;
};

struct ServiceDef {
  std::string name;     // "customer"
  std::string package;  // "crm.customer.v1"
  std::string topic;    // "crm.customer.log.v1"
  std::vector<table::TableDef> tables;
  std::vector<std::unique_ptr<AggregateDef>> aggregates;
  std::map<std::string, std::unique_ptr<CommandDef>> commands;  // By message name.
  std::vector<ForeignDef> foreigns;
  std::vector<ReactionDef> reactions;
  std::vector<PassedView> passed_views;
  std::vector<GetDef> gets;
  std::vector<BatchGetDef> batch_gets;
  std::vector<ListDef> lists;
  std::vector<QueryDef> queries;
  std::vector<BatchDef> batches;
  std::vector<AliasDef> aliases;
  std::vector<WatchDef> watches;
  std::vector<std::function<Commands()>> seeds;  // Given once, at the first start.

  const AggregateDef* AggregateOfEvent(std::string_view event_type) const;
};

// Takes out what a service does with another's log, for installations that do not have that other:
// its foreign tables stay empty, its reactions to it are not run.
void LeaveOut(const std::string& topic, ServiceDef& service);

// "crm.sales.v1" gives "crm.sales.log.v1".
std::string TopicOfPackage(std::string_view package);

// A new empty message of a generated type.
inline MessagePtr NewOf(const Message& prototype) { return MessagePtr(prototype.New()); }

// The method whose request is this message, among the services of its file; nullptr when there is
// none.
const google::protobuf::MethodDescriptor* MethodOf(const google::protobuf::Descriptor& request);

// Finds the fields by name. Errors (kInvalidArgument) name what is missing or mistyped: a bug of
// the proto.
absl::StatusOr<RequestShape> ShapeOfRequest(const google::protobuf::Descriptor& request,
                                            const google::protobuf::Descriptor& state,
                                            const base::NamePattern& pattern, bool internal);
absl::StatusOr<StateShape> ShapeOfState(const google::protobuf::Descriptor& state);
// `method` must be a server stream from {string parent, string resume_token} to {the row, string
// resume_token}.
absl::StatusOr<WatchDef> ShapeOfWatch(const google::protobuf::MethodDescriptor& method,
                                      const google::protobuf::Descriptor& row);
absl::StatusOr<base::NamePattern> PatternOf(const google::protobuf::Descriptor& state);

}  // namespace crm::engine
