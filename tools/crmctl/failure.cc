#include "tools/crmctl/failure.h"

#include <cstdlib>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "libs/base/status.h"
#include "libs/base/wire_status.h"
#include "tools/crmctl/text_table.h"

namespace crm::crmctl {
namespace {

constexpr char kUsagePayload[] = "crm.crmctl/usage";
// What base::Invalid gives: the field, which is said too, tells more.
constexpr char kShapeReason[] = "INVALID_FIELD";
constexpr size_t kLineWidthMax = 1000;

std::string Line(std::string_view label, std::string_view text) {
  return absl::StrCat("  ", absl::string_view(label.data(), label.size()), ": ",
                      Printable(text, kLineWidthMax), "\n");
}

}  // namespace

int ExitCodeOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return kExitOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return kExitInvalid;
    case absl::StatusCode::kNotFound:
      return kExitNotFound;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
      return kExitState;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return kExitPermission;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kExitUnavailable;
    default:
      return kExitOther;
  }
}

absl::Status Usage(absl::string_view text) {
  absl::Status status = absl::InvalidArgumentError(text);
  status.SetPayload(kUsagePayload, absl::Cord());
  return status;
}

bool IsUsage(const absl::Status& status) { return status.GetPayload(kUsagePayload).has_value(); }

int ExitCodeOf(const absl::Status& status) {
  return IsUsage(status) ? kExitUsage : ExitCodeOf(status.code());
}

bool HasOwnReason(const absl::Status& status) {
  const std::string reason = base::ReasonOf(status);
  return !reason.empty() && reason != absl::StatusCodeToString(status.code()) &&
         reason != kShapeReason;
}

std::string Explain(const absl::Status& status, std::string_view language) {
  if (IsUsage(status)) {
    return absl::StrCat("crmctl: ", Printable(std::string(status.message()), kLineWidthMax), "\n");
  }
  std::string text = absl::StrCat("crmctl: ", absl::StatusCodeToString(status.code()), ": ",
                                  Printable(std::string(status.message()), kLineWidthMax), "\n");
  if (HasOwnReason(status)) text += Line("reason", base::ErrorInfoText(status));
  const google::rpc::Status wire = base::ToWire(status);
  for (const auto& any : wire.details()) {
    google::rpc::BadRequest bad;
    google::rpc::LocalizedMessage localized;
    google::rpc::RetryInfo retry;
    if (any.UnpackTo(&bad)) {
      for (const auto& violation : bad.field_violations()) {
        text += Line(absl::StrCat("field ", violation.field()), violation.description());
      }
    } else if (any.UnpackTo(&localized)) {
      if (localized.locale() == std::string(language)) text += Line("that is", localized.message());
    } else if (any.UnpackTo(&retry)) {
      const double seconds = static_cast<double>(retry.retry_delay().seconds()) +
                             static_cast<double>(retry.retry_delay().nanos()) / 1e9;
      text += Line("try again in", absl::StrCat(seconds, " s"));
    }
  }
  return text;
}

std::string LanguageOfEnvironment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return absl::StartsWith(value, "zh") ? "zh-CN" : "en";
  }
  return "en";
}

}  // namespace crm::crmctl
