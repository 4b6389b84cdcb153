#include "libs/rpc/errors.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "libs/base/utf8.h"
#include "libs/rpc/limits.h"

namespace crm::rpc {
namespace {

constexpr absl::string_view kErrorInfo = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr absl::string_view kLocalizedMessage = "type.googleapis.com/google.rpc.LocalizedMessage";

// What Any, Status and their tags cost around one detail, at most, beyond its type URL and value.
constexpr size_t kDetailOverhead = 24;

struct Detail {
  std::string key;
  std::string value;
};

std::string DefaultErrorInfo(absl::StatusCode code) {
  google::rpc::ErrorInfo info;
  info.set_reason(absl::StatusCodeToString(code));
  info.set_domain("crm");
  return info.SerializeAsString();
}

// absl::Status gives its payloads in no particular order; callers and tests are owed a steady one.
std::vector<Detail> DetailsInOrder(const absl::Status& status) {
  std::vector<Detail> details;
  bool has_info = false;
  status.ForEachPayload([&](absl::string_view key, const absl::Cord& value) {
    has_info = has_info || key == kErrorInfo;
    details.push_back({std::string(key), std::string(value)});
  });
  if (!has_info) details.push_back({std::string(kErrorInfo), DefaultErrorInfo(status.code())});
  std::sort(details.begin(), details.end(), [](const Detail& a, const Detail& b) {
    return std::make_pair(a.key != kErrorInfo, a.key) < std::make_pair(b.key != kErrorInfo, b.key);
  });
  return details;
}

std::string PayloadKey(const google::protobuf::Any& detail, const absl::Status& status) {
  std::string key = detail.type_url();
  if (key == kLocalizedMessage) {
    google::rpc::LocalizedMessage message;
    if (detail.UnpackTo(&message)) absl::StrAppend(&key, "#", message.locale());
  }
  // A second one of a type gets a number, or it would replace the first.
  std::string unique = key;
  for (int i = 2; status.GetPayload(unique).has_value(); ++i) unique = absl::StrCat(key, "#", i);
  return unique;
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const absl::string_view text = status.message();
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(base::ToUtf8({text.data(), text.size()}, kErrorTextBytesMax));
  size_t size = wire.ByteSizeLong();
  for (Detail& detail : DetailsInOrder(status)) {
    detail.key.resize(std::min(detail.key.size(), detail.key.find('#')));
    size += detail.key.size() + detail.value.size() + kDetailOverhead;
    if (size > kErrorDetailsBytesMax) break;
    auto* any = wire.add_details();
    any->set_type_url(std::move(detail.key));
    any->set_value(std::move(detail.value));
  }
  // An ErrorInfo too long to send is replaced: a failure without any is not to be had.
  if (wire.details().empty()) {
    auto* any = wire.add_details();
    any->set_type_url(std::string(kErrorInfo));
    any->set_value(DefaultErrorInfo(status.code()));
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), wire.message(),
                      wire.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status wire;
  if (wire.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& detail : wire.details()) {
      result.SetPayload(PayloadKey(detail, result), absl::Cord(detail.value()));
    }
  }
  if (!result.GetPayload(kErrorInfo).has_value()) {
    result.SetPayload(kErrorInfo, absl::Cord(DefaultErrorInfo(result.code())));
  }
  return result;
}

}  // namespace crm::rpc
