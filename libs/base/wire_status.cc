#include "libs/base/wire_status.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"

namespace crm::base {
namespace {

constexpr absl::string_view kErrorInfo = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr absl::string_view kLocalizedMessage = "type.googleapis.com/google.rpc.LocalizedMessage";

std::string DefaultErrorInfo(absl::StatusCode code) {
  google::rpc::ErrorInfo info;
  info.set_reason(absl::StatusCodeToString(code));
  info.set_domain("crm");
  return info.SerializeAsString();
}

std::string BeforeHash(const std::string& text) { return text.substr(0, text.find('#')); }

// `seen` counts the keys so far.
std::string PayloadKey(const google::protobuf::Any& detail, std::map<std::string, int>& seen) {
  std::string key = BeforeHash(detail.type_url());
  if (key == kLocalizedMessage) {
    google::rpc::LocalizedMessage message;
    if (detail.UnpackTo(&message)) absl::StrAppend(&key, "#", BeforeHash(message.locale()));
  }
  // A second one of a type gets a number, or it would replace the first; padded, to stay in order.
  const int count = ++seen[key];
  return count == 1 ? key : absl::StrCat(key, "#", absl::Dec(count, absl::kZeroPad4));
}

}  // namespace

google::rpc::Status ToWire(const absl::Status& status) {
  google::rpc::Status wire;
  if (status.ok()) return wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(std::string(status.message()));
  // absl::Status gives its payloads in no particular order; callers and tests are owed a steady
  // one.
  std::vector<std::pair<std::string, std::string>> details;
  status.ForEachPayload([&](absl::string_view key, const absl::Cord& value) {
    details.emplace_back(std::string(key), std::string(value));
  });
  if (!status.GetPayload(kErrorInfo).has_value()) {
    details.emplace_back(std::string(kErrorInfo), DefaultErrorInfo(status.code()));
  }
  std::sort(details.begin(), details.end(), [](const auto& a, const auto& b) {
    return std::make_pair(a.first != kErrorInfo, a.first) <
           std::make_pair(b.first != kErrorInfo, b.first);
  });
  for (auto& [key, value] : details) {
    auto* any = wire.add_details();
    any->set_type_url(key.substr(0, key.find('#')));
    any->set_value(std::move(value));
  }
  return wire;
}

absl::Status FromWire(const google::rpc::Status& wire) {
  if (wire.code() == 0) return absl::OkStatus();
  absl::Status status(static_cast<absl::StatusCode>(wire.code()), wire.message());
  std::map<std::string, int> seen;
  int others = 0;  // Beside the first ErrorInfo, which every failure has.
  for (const google::protobuf::Any& detail : wire.details()) {
    const bool info = detail.type_url() == kErrorInfo && seen.count(detail.type_url()) == 0;
    if (!info && others++ >= kStatusDetailsMax) continue;
    status.SetPayload(PayloadKey(detail, seen), absl::Cord(detail.value()));
  }
  if (!status.GetPayload(kErrorInfo).has_value()) {
    status.SetPayload(kErrorInfo, absl::Cord(DefaultErrorInfo(status.code())));
  }
  return status;
}

}  // namespace crm::base
