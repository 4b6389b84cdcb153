// What crmctl says, and ends with, when something failed.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace crm::crmctl {

// Published in README.md: scripts rely on them.
inline constexpr int kExitOk = 0;
inline constexpr int kExitOther = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitInvalid = 3;
inline constexpr int kExitNotFound = 4;
inline constexpr int kExitState = 5;
inline constexpr int kExitPermission = 6;
inline constexpr int kExitUnavailable = 7;

int ExitCodeOf(absl::StatusCode code);

// A wrong command line, found after the flags were read: ExitCodeOf its code is not asked, it is
// kExitUsage.
absl::Status Usage(absl::string_view text);
bool IsUsage(const absl::Status& status);
int ExitCodeOf(const absl::Status& status);

// Whether the status has a reason beyond its code and "a field is wrong".
bool HasOwnReason(const absl::Status& status);

// The status for a person: code and message, and a line each for reason, field violations, the text
// in the person's language (`language`: "zh-CN" or "en") and when to try again. Ends with "\n".
std::string Explain(const absl::Status& status, std::string_view language);

// "zh-CN" or "en", by LC_ALL, LC_MESSAGES, LANG.
std::string LanguageOfEnvironment();

}  // namespace crm::crmctl
