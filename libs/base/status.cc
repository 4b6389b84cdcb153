#include "libs/base/status.h"

#include <map>
#include <optional>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "crm/common/v1/options.pb.h"
#include "google/rpc/error_details.pb.h"

namespace crm::base {
namespace {

constexpr std::string_view kTypeUrl = "type.googleapis.com/";

template <class Detail>
void Attach(absl::Status& status, const Detail& detail, std::string_view suffix = "") {
  status.SetPayload(absl::StrCat(absl::string_view(kTypeUrl.data(), kTypeUrl.size()),
                                 Detail::descriptor()->full_name(),
                                 absl::string_view(suffix.data(), suffix.size())),
                    absl::Cord(detail.SerializeAsString()));
}

template <class Detail>
std::optional<Detail> DetailOf(const absl::Status& status) {
  const auto payload = status.GetPayload(absl::StrCat(
      absl::string_view(kTypeUrl.data(), kTypeUrl.size()), Detail::descriptor()->full_name()));
  Detail detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

google::rpc::ErrorInfo MakeErrorInfo(std::string_view reason, std::string_view domain,
                                     Metadata metadata) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(std::string(domain));
  for (const auto& [key, value] : metadata) {
    (*info.mutable_metadata())[std::string(key)] = std::string(value);
  }
  return info;
}

}  // namespace

absl::Status Invalid(std::string_view field, std::string_view description) {
  absl::Status status(absl::StatusCode::kInvalidArgument,
                      absl::StrCat(View(field), ": ", View(description)));
  google::rpc::BadRequest bad_request;
  auto* violation = bad_request.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(std::string(description));
  Attach(status, bad_request);
  Attach(status, MakeErrorInfo("INVALID_FIELD", "crm", {{"field", field}}));
  return status;
}

absl::Status RefusedByDescriptor(const google::protobuf::EnumValueDescriptor& reason,
                                 std::string_view text, Metadata metadata) {
  absl::Status status(absl::StatusCode::kFailedPrecondition, View(text));
  const absl::string_view name = absl::StripPrefix(reason.name(), "REASON_");
  Attach(status, MakeErrorInfo({name.data(), name.size()}, reason.file()->package(), metadata));
  // Two messages of one type: the suffix after '#' keeps their payload keys apart; libs/rpc cuts
  // it.
  const auto& localized = reason.options().GetExtension(common::v1::text);
  google::rpc::LocalizedMessage message;
  message.set_locale("en");
  message.set_message(localized.en());
  Attach(status, message, "#en");
  message.set_locale("zh-CN");
  message.set_message(localized.zh_cn());
  Attach(status, message, "#zh-CN");
  return status;
}

absl::Status Failed(absl::StatusCode code, std::string_view reason, std::string_view text,
                    Metadata metadata) {
  absl::Status status(code, View(text));
  Attach(status, MakeErrorInfo(reason, "crm.engine", metadata));
  return status;
}

absl::Status WithMetadata(absl::Status status, Metadata metadata) {
  auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!info.has_value()) return status;
  for (const auto& [key, value] : metadata)
    (*info->mutable_metadata())[std::string(key)] = std::string(value);
  Attach(status, *info);
  return status;
}

std::string MetadataOf(const absl::Status& status, std::string_view key) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!info.has_value()) return "";
  const auto found = info->metadata().find(std::string(key));
  return found == info->metadata().end() ? "" : found->second;
}

absl::Status NotFound(std::string_view name) {
  return Failed(absl::StatusCode::kNotFound, "NOT_FOUND", "no resource has this name",
                {{"name", name}});
}

absl::Status Unavailable(std::string_view reason, std::string_view text,
                         absl::Duration retry_after) {
  absl::Status status = Failed(absl::StatusCode::kUnavailable, reason, text);
  google::rpc::RetryInfo retry;
  const int64_t nanos = absl::ToInt64Nanoseconds(retry_after);
  retry.mutable_retry_delay()->set_seconds(nanos / 1'000'000'000);
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  Attach(status, retry);
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  return info.has_value() ? info->reason() : "";
}

std::string ErrorInfoText(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!info.has_value()) return "";
  std::string text = absl::StrCat(info->reason(), " (", info->domain(), ")");
  const std::map<std::string, std::string> metadata(info->metadata().begin(),
                                                    info->metadata().end());
  for (const auto& [key, value] : metadata) absl::StrAppend(&text, " ", key, "=", value);
  return text;
}

std::string StatusText(const absl::Status& status) {
  if (status.ok()) return "OK";
  const std::string info = ErrorInfoText(status);
  return absl::StrCat(absl::StatusCodeToString(status.code()), ": ", status.message(),
                      info.empty() ? "" : absl::StrCat(" [", info, "]"));
}

std::string FieldOf(const absl::Status& status) {
  const auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  if (!bad_request.has_value() || bad_request->field_violations().empty()) return "";
  return bad_request->field_violations(0).field();
}

}  // namespace crm::base
