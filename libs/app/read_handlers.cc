#include <utility>

#include "libs/app/field_bytes.h"
#include "libs/app/freshness.h"
#include "libs/app/handlers.h"
#include "libs/app/limits.h"
#include "libs/base/field_limits.h"
#include "libs/base/hash.h"
#include "libs/base/status.h"
#include "libs/engine/decide.h"
#include "libs/engine/limits.h"
#include "libs/engine/readings.h"
#include "libs/rpc/request.h"
#include "libs/table/list.h"
#include "libs/table/read_view.h"

namespace crm::app {
namespace {

using engine::MessagePtr;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

const Message& PrototypeOf(const google::protobuf::Descriptor* type) {
  return *google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
}

// What a read may do once the tables are as fresh as was asked.
using Run = std::function<void(engine::Engine&, const Message& request, rpc::Call&)>;
// The partitions that a barrier must cover; empty: all.
using Partitions = std::function<std::vector<int>(engine::Engine&, const Message& request)>;

struct Read {
  const Message* prototype;
  Partitions partitions;
  Run run;
};

void HandleRead(Host& host, const Read& read, std::shared_ptr<rpc::Call> call) {
  engine::Engine* engine = host.engine();
  if (engine == nullptr) return call->Finish(NotStarted());
  std::shared_ptr<Message> request = engine::NewOf(*read.prototype);
  if (absl::Status s = rpc::ParseRequest(call->request(), *request); !s.ok())
    return call->Finish(s);
  if (absl::Status s = base::ValidateLimits(*request); !s.ok()) return call->Finish(s);
  absl::StatusOr<Freshness> freshness = FreshnessOf(*call, *engine);
  if (!freshness.ok()) return call->Finish(freshness.status());
  if (!freshness->asked()) return read.run(*engine, *request, *call);
  std::vector<int> partitions;
  if (freshness->barrier) partitions = read.partitions(*engine, *request);
  AwaitAndRead(host, *std::move(freshness), std::move(partitions), call,
               [&read, engine, request, call] { read.run(*engine, *request, *call); });
}

std::string StringField(const Message& message, const char* field_name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(field_name);
  return field == nullptr ? "" : message.GetReflection()->GetString(message, field);
}

std::vector<int> PartitionOfName(engine::Engine& engine, const std::string& name) {
  return {base::PartitionOf(base::KeyOf(name), engine.partitions())};
}

void SayPositions(engine::Engine& engine, const std::vector<engine::Position>& positions,
                  rpc::Call& call) {
  call.AddTrailer(kPositionTrailer, engine.TokenOf(positions));
}

Read MakeGet(const engine::GetDef& def) {
  return {&PrototypeOf(def.method->input_type()),
          [](engine::Engine& engine, const Message& request) {
            return PartitionOfName(engine, StringField(request, "name"));
          },
          [&def](engine::Engine& engine, const Message& request, rpc::Call& call) {
            const std::string name = StringField(request, "name");
            const table::TableDef& table = *engine.database().FindTable(def.table);
            if (!table.names().has_value() || !table.names()->Matches(name)) {
              return call.Finish(base::Invalid("name", "is not a name of this resource"));
            }
            // The position is taken before the row, so that it never promises more than was read.
            SayPositions(engine, {engine.PositionOf(PartitionOfName(engine, name).front())}, call);
            auto stored = engine.database().GetStored(table, {name});
            if (!stored.ok()) return call.Finish(engine::OfTables(stored.status()));
            if (!stored->has_value()) return call.Finish(base::NotFound(name));
            call.Finish(std::string((*stored)->bytes));
          }};
}

// The one repeated message field of a list's or batch get's response.
const FieldDescriptor* RowsField(const google::protobuf::Descriptor& response,
                                 const google::protobuf::Descriptor& row) {
  for (int i = 0; i < response.field_count(); ++i) {
    if (response.field(i)->is_repeated() && response.field(i)->message_type() == &row)
      return response.field(i);
  }
  return nullptr;
}

// At least what the fields of these rows take.
size_t BytesOf(const std::vector<table::StoredRow>& rows) {
  size_t bytes = 0;
  for (const table::StoredRow& row : rows) bytes += kFieldHeadBytesMax + row.bytes.size();
  return bytes;
}

Read MakeBatchGet(const engine::BatchGetDef& def) {
  return {&PrototypeOf(def.method->input_type()),
          [](engine::Engine&, const Message&) { return std::vector<int>(); },
          [&def](engine::Engine& engine, const Message& request, rpc::Call& call) {
            const table::TableDef& table = *engine.database().FindTable(def.table);
            const auto* names = request.GetDescriptor()->FindFieldByName("names");
            const int count = request.GetReflection()->FieldSize(request, names);
            if (count == 0) return call.Finish(base::Invalid("names", "must be given"));
            if (count > kBatchRowsMax)
              return call.Finish(base::Invalid("names", "are more than 1,000"));
            const FieldDescriptor* rows = RowsField(*def.method->output_type(), table.row());
            std::string response;
            SayPositions(engine, engine.Positions(), call);
            const table::ReadView view(engine.database());
            for (int i = 0; i < count; ++i) {
              const std::string name =
                  request.GetReflection()->GetRepeatedString(request, names, i);
              auto stored = view.GetStored(table, {name});
              if (!stored.ok()) return call.Finish(engine::OfTables(stored.status()));
              // AIP-231: all or nothing.
              if (!stored->has_value()) return call.Finish(base::NotFound(name));
              AppendField(*rows, (*stored)->bytes, response);
            }
            call.AddTrailer(kRowsScannedTrailer, std::to_string(view.rows_scanned()));
            call.Finish(std::move(response));
          }};
}

// Those whose children are listed, the one that was named first.
std::vector<std::string> ParentsOf(const engine::ListDef& def, const std::string& parent,
                                   const table::ReadView& view) {
  return def.parents == nullptr ? std::vector{parent} : def.parents(parent, view);
}

Read MakeList(const engine::ListDef& def) {
  return {&PrototypeOf(def.method->input_type()),
          [&def](engine::Engine& engine, const Message& request) {
            const std::string parent = StringField(request, "parent");
            const std::string_view key = base::KeyOf(parent);
            std::vector<int> partitions;
            if (key.empty() || key == "-") return partitions;
            const table::ReadView view(engine.database());
            for (const std::string& name : ParentsOf(def, parent, view))
              partitions.push_back(PartitionOfName(engine, name).front());
            return partitions;
          },
          [&def](engine::Engine& engine, const Message& request, rpc::Call& call) {
            const table::TableDef& table = *engine.database().FindTable(def.table);
            const auto* page_size = request.GetDescriptor()->FindFieldByName("page_size");
            table::ListQuery query;
            query.parent = StringField(request, "parent");
            query.filter = StringField(request, "filter");
            query.order_by = StringField(request, "order_by");
            query.page_token = StringField(request, "page_token");
            query.page_size = request.GetReflection()->GetInt32(request, page_size);
            SayPositions(engine, engine.Positions(), call);
            const table::ReadView view(engine.database());
            query.parents_besides = ParentsOf(def, query.parent, view);
            query.parents_besides.erase(query.parents_besides.begin());
            if (def.key_types != nullptr) {
              query.key_types = [&def, &view](const FieldDescriptor& map, std::string_view key) {
                return def.key_types(map, key, view);
              };
            }
            auto page = table::List(view, table, query);
            if (!page.ok()) return call.Finish(engine::OfTables(page.status()));
            const auto& type = *def.method->output_type();
            const FieldDescriptor* rows = RowsField(type, table.row());
            std::string response;
            response.reserve(BytesOf(page->rows));
            for (const table::StoredRow& row : page->rows) AppendField(*rows, row.bytes, response);
            if (!page->next_page_token.empty())
              AppendField(*type.FindFieldByName("next_page_token"), page->next_page_token,
                          response);
            call.AddTrailer(kRowsScannedTrailer, std::to_string(page->rows_scanned));
            call.Finish(std::move(response));
          }};
}

Read MakeQuery(const engine::QueryDef& def) {
  return {&PrototypeOf(def.method->input_type()),
          [](engine::Engine&, const Message&) { return std::vector<int>(); },
          [&def](engine::Engine& engine, const Message& request, rpc::Call& call) {
            SayPositions(engine, engine.Positions(), call);
            const engine::EngineReadings readings(engine);
            const table::ReadView view(engine.database());
            engine::Context context =
                engine::MakeContext(engine.options().company, engine.clock().Now());
            context.actor = call.caller();
            context.readings = &readings;
            absl::StatusOr<MessagePtr> response = def.run(request, view, context);
            if (!view.status().ok()) return call.Finish(engine::OfTables(view.status()));
            if (!response.ok()) return call.Finish(response.status());
            call.AddTrailer(kRowsScannedTrailer, std::to_string(view.rows_scanned()));
            call.Finish((*response)->SerializeAsString());
          }};
}

void Add(Host& host, const MethodDescriptor* method, Read read, std::vector<rpc::Method>& methods) {
  methods.push_back(
      {method, [&host, read = std::make_shared<Read>(std::move(read))](
                   std::shared_ptr<rpc::Call> call) { HandleRead(host, *read, std::move(call)); }});
}

}  // namespace

std::vector<rpc::Method> ReadMethods(Host& host) {
  std::vector<rpc::Method> methods;
  for (const auto& def : host.service().gets) Add(host, def.method, MakeGet(def), methods);
  for (const auto& def : host.service().batch_gets)
    Add(host, def.method, MakeBatchGet(def), methods);
  for (const auto& def : host.service().lists) Add(host, def.method, MakeList(def), methods);
  for (const auto& def : host.service().queries) Add(host, def.method, MakeQuery(def), methods);
  return methods;
}

}  // namespace crm::app
