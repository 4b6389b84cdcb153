// Writes the corpora's first inputs from real messages and encodings: `seeds <directory>`. What is
// text is written by hand, beside what fuzzing found.
#include <google/protobuf/field_mask.pb.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/hash.h"
#include "libs/base/status.h"
#include "libs/base/wire_status.h"
#include "libs/engine/token.h"
#include "libs/eventlog/embedded/codec.h"
#include "libs/table/page_token.h"
#include "tests/contract/golden.h"
#include "tests/contract/samples.h"
#include "tests/contract/scenario.h"
#include "tests/contract/world.h"

namespace crm::fuzz {
namespace {

using google::protobuf::Message;

class Seeds {
 public:
  explicit Seeds(std::filesystem::path root) : root_(std::move(root)) {}

  void Write(const std::string& target, const std::string& bytes) const {
    std::filesystem::create_directories(root_ / target);
    const std::string name = base::Sha256Hex(bytes).substr(0, 16);
    std::ofstream(root_ / target / name, std::ios::binary) << bytes;
  }

 private:
  const std::filesystem::path root_;
};

// As Input::Text reads it.
std::string Text(const std::string& bytes) {
  base::Check(bytes.size() <= 0xffff, "a seed is small");
  return std::string{static_cast<char>(bytes.size() >> 8), static_cast<char>(bytes.size())} + bytes;
}

std::string Byte(size_t number) { return std::string(1, static_cast<char>(number)); }

// The numbers by which events.cc, request.cc and field_mask.cc choose.
struct Numbers {
  std::map<std::string, size_t> events, requests, updates;

  explicit Numbers(const contract::World& world) {
    std::map<std::string, bool> sorted;
    for (const auto& replica : world.replicas()) {
      for (const auto& aggregate : replica->def.aggregates) {
        events.emplace(aggregate->event->GetDescriptor()->full_name(), events.size());
      }
      for (const auto& [type, command] : replica->def.commands) {
        sorted[type] = true;
        if (command->shape.kind == engine::RequestShape::Kind::kUpdate) {
          updates.emplace(type, updates.size());
        }
      }
      for (const auto& query : replica->def.queries)
        sorted[query.method->input_type()->full_name()];
      for (const auto& batch : replica->def.batches)
        sorted[batch.method->input_type()->full_name()];
    }
    for (const auto& [type, command] : sorted) requests.emplace(type, requests.size());
  }
};

std::string EventOf(const Numbers& numbers, const contract::GoldenRecord& record, size_t resource) {
  return Byte(numbers.events.at(record.schema)) + Byte(resource) + Byte(100) + Text(record.value);
}

// The life of each resource, and all that happened in a service.
void WriteEvents(const Seeds& seeds, const Numbers& numbers) {
  const auto log = contract::ParseGoldenLog(contract::ReadSource(contract::kGoldenLog));
  base::Check(log.ok(), log.status().ToString());
  std::map<std::string, std::string> lives;
  for (const contract::GoldenRecord& record : *log) {
    lives[record.subject] += EventOf(numbers, record, 0);
    lives[record.package] += EventOf(numbers, record, 1);
    seeds.Write("events", EventOf(numbers, record, 2));
    seeds.Write("log_codec",
                Byte(0) + eventlog::EncodeRecord(
                              {0, 0, record.subject, record.value, {{"ce_type", record.schema}}}));
  }
  for (const auto& [subject, life] : lives) seeds.Write("events", life);
}

void WriteUpdate(const Seeds& seeds, const engine::CommandDef& def, size_t number,
                 const Message& request) {
  const auto& reflection = *request.GetReflection();
  const Message& resource = reflection.GetMessage(request, def.shape.resource);
  const auto state = engine::NewOf(resource);
  contract::FillSample(*state, 1, *state->GetDescriptor());
  std::string seed = Byte(number) + Text(resource.SerializeAsString());
  seed += Text(state->SerializeAsString());
  const auto& mask = static_cast<const google::protobuf::FieldMask&>(
      reflection.GetMessage(request, def.shape.update_mask));
  for (const std::string& path : mask.paths()) absl::StrAppend(&seed, path, "\n");
  seeds.Write("field_mask", seed);
}

void WriteRequests(const Seeds& seeds, const Numbers& numbers, const contract::World& world) {
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  for (const contract::Step& step : contract::Scenario()) {
    const auto request = contract::RequestOf(step, "seed", now);
    seeds.Write("request", Byte(numbers.requests.at(step.type)) + request->SerializeAsString());
  }
  for (const auto& replica : world.replicas()) {
    for (const auto& [type, def] : replica->def.commands) {
      const auto sample = engine::NewOf(*def->request);
      const Message& row = *def->aggregate->state;
      contract::FillSample(*sample, 2, *row.GetDescriptor());
      seeds.Write("request", Byte(numbers.requests.at(type)) + sample->SerializeAsString());
      if (numbers.updates.count(type) > 0) {
        WriteUpdate(seeds, *def, numbers.updates.at(type), *sample);
      }
    }
  }
}

void WriteCodecs(const Seeds& seeds) {
  engine::v1::PositionToken token;
  token.set_log_id("log-1");
  token.set_topic("crm.customer.log.v1");
  for (int i = 0; i < 3; ++i) {
    token.add_positions()->set_partition(i);
    token.mutable_positions(i)->set_next_offset(i * 1000);
  }
  seeds.Write("position_token", Byte(0) + engine::FormatToken(token));
  seeds.Write("position_token", Byte(1) + token.SerializeAsString());
  const std::string hash(32, 'h');
  seeds.Write("page_token", Byte(0) + Text(hash) + "place");
  seeds.Write("page_token", Byte(1) + Text(hash) + *table::MakePageToken(hash, "place"));
  const eventlog::TopicRow topic{"crm.sales.log.v1", 3, 12};
  seeds.Write("log_codec",
              Byte(2) + Text(eventlog::TopicKey(topic.name)) + eventlog::TopicValue(topic));
  const eventlog::CommitRow commit{"sales", 3, 1, 42, "fence"};
  seeds.Write("log_codec",
              Byte(3) + Text(eventlog::CommitKey(commit)) + eventlog::CommitValue(commit));
  seeds.Write("log_codec", Byte(1) + eventlog::RecordKey(1, 2, 3));
  seeds.Write("wire_status",
              base::ToWire(base::Invalid("customer.name", "must be given")).SerializeAsString());
  seeds.Write(
      "wire_status",
      base::ToWire(base::Unavailable("BUSY", "later", absl::Seconds(1))).SerializeAsString());
}

}  // namespace
}  // namespace crm::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: seeds <directory>\n";
    return 2;
  }
  const crm::contract::World world;
  const crm::fuzz::Seeds seeds{argv[1]};
  const crm::fuzz::Numbers numbers(world);
  crm::fuzz::WriteEvents(seeds, numbers);
  crm::fuzz::WriteRequests(seeds, numbers, world);
  crm::fuzz::WriteCodecs(seeds);
  return 0;
}
