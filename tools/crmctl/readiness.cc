#include "tools/crmctl/readiness.h"

#include <google/protobuf/empty.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tools/crmctl/text_table.h"

namespace crm::crmctl {
namespace {

constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";
constexpr char kListPartitions[] = "/crm.engine.v1.EngineService/ListPartitions";
constexpr uint64_t kServing = 1;  // grpc.health.v1.HealthCheckResponse.ServingStatus
constexpr absl::Duration kCallTimeout = absl::Seconds(5);
constexpr absl::Duration kPause = absl::Milliseconds(200);

enum class Health { kServing, kNotServing, kUnknown };

rpc::CallReply Call(rpc::Channel& channel, const char* path, std::string request,
                    const std::string& actor) {
  rpc::CallOptions options;
  options.deadline = absl::Now() + kCallTimeout;
  if (!actor.empty()) options.metadata.emplace_back("crm-actor", actor);
  return channel.Call(path, std::move(request), std::move(options));
}

// Two fields of two messages: not worth a copy of gRPC's proto.
absl::StatusOr<Health> HealthOf(rpc::Channel& channel, const std::string& service,
                                const std::string& actor) {
  google::protobuf::Empty request;
  constexpr int kServiceField = 1;
  constexpr int kStatusField = 1;
  if (!service.empty()) {
    request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(kServiceField,
                                                                                service);
  }
  const rpc::CallReply reply = Call(channel, kHealthCheck, request.SerializeAsString(), actor);
  if (absl::IsNotFound(reply.status)) return Health::kUnknown;
  if (!reply.status.ok()) return reply.status;
  google::protobuf::Empty response;
  if (!response.ParseFromString(reply.reply)) return absl::InternalError("not a health reply");
  const auto& fields = response.GetReflection()->GetUnknownFields(response);
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& field = fields.field(i);
    if (field.number() == kStatusField &&
        field.type() == google::protobuf::UnknownField::TYPE_VARINT && field.varint() == kServing) {
      return Health::kServing;
    }
  }
  return Health::kNotServing;
}

// Empty: ready.
std::string WhyNotReady(rpc::Channel& channel, const std::vector<std::string>& services,
                        bool caught_up, const std::string& actor) {
  int serving = 0;
  std::vector<std::string> names = {""};
  names.insert(names.end(), services.begin(), services.end());
  for (const std::string& service : names) {
    const absl::StatusOr<Health> health = HealthOf(channel, service, actor);
    if (!health.ok()) return std::string(health.status().message());
    if (*health == Health::kNotServing) {
      return absl::StrCat(service.empty() ? "the server" : service, " is not serving yet");
    }
    if (*health == Health::kServing && !service.empty()) ++serving;
  }
  if (serving == 0) return "it serves none of our services";
  const rpc::CallReply reply = Call(channel, kListPartitions, "", actor);
  if (!reply.status.ok()) return std::string(reply.status.message());
  engine::v1::ListPartitionsResponse partitions;
  if (!partitions.ParseFromString(reply.reply)) return "the partitions cannot be read";
  std::string why = WhyNotOwned(partitions);
  if (why.empty() && caught_up) why = WhyBehind(partitions);
  return why;
}

}  // namespace

std::string PartitionsText(const engine::v1::ListPartitionsResponse& partitions) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& partition : partitions.partitions()) {
    rows.push_back({partition.topic(), absl::StrCat(partition.partition()), partition.role(),
                    partition.owner(), absl::StrCat(partition.fence()),
                    absl::StrCat(partition.next_offset()),
                    absl::StrCat(partition.rejected_records()), partition.stopped_reason()});
  }
  constexpr size_t kCellWidthMax = 60;
  return FormatTable({{"topic"},
                      {"partition", Align::kRight},
                      {"role"},
                      {"owner"},
                      {"fence", Align::kRight},
                      {"next", Align::kRight},
                      {"rejected", Align::kRight},
                      {"stopped"}},
                     rows, kCellWidthMax);
}

std::string WhyNotOwned(const engine::v1::ListPartitionsResponse& partitions) {
  if (partitions.partitions().empty()) return "no partition is open yet";
  for (const auto& partition : partitions.partitions()) {
    const std::string name =
        absl::StrCat("partition ", partition.partition(), " of ", partition.topic());
    if (!partition.stopped_reason().empty()) {
      return absl::StrCat(name, " has stopped: ", partition.stopped_reason());
    }
    if (partition.owner().empty()) return absl::StrCat(name, " has no owner");
    if (partition.role() == "claiming" || partition.role() == "in doubt") {
      return absl::StrCat(name, " is ", partition.role());
    }
  }
  return "";
}

std::string WhyBehind(const engine::v1::ListPartitionsResponse& partitions) {
  std::map<std::pair<std::string, int>, int64_t> furthest;
  for (const auto& partition : partitions.partitions()) {
    int64_t& next = furthest[{partition.topic(), partition.partition()}];
    next = std::max(next, partition.next_offset());
  }
  for (const auto& partition : partitions.partitions()) {
    const int64_t next = furthest[{partition.topic(), partition.partition()}];
    if (partition.next_offset() == next) continue;
    return absl::StrCat("partition ", partition.partition(), " of ", partition.topic(),
                        " is read up to ", partition.next_offset(), " of ", next);
  }
  return "";
}

absl::Status WaitReady(const ConnectionOptions& options, const std::vector<std::string>& services,
                       bool caught_up, absl::Duration timeout) {
  // Without retries and health checks of its own: the state is asked for, not hidden.
  rpc::Channel channel({.target = options.server, .user_agent = "crmctl", .service_config = ""});
  const absl::Time until = absl::Now() + timeout;
  while (true) {
    const std::string why = WhyNotReady(channel, services, caught_up, options.actor);
    if (why.empty()) return absl::OkStatus();
    if (absl::Now() + kPause > until) {
      return absl::DeadlineExceededError(
          absl::StrCat("not ready after ", absl::FormatDuration(timeout), ": ", why));
    }
    absl::SleepFor(kPause);
  }
}

}  // namespace crm::crmctl
