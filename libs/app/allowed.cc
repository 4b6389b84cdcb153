#include "libs/app/allowed.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/app/limits.h"
#include "libs/base/date.h"
#include "libs/base/money.h"

namespace crm::app {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// Of names and literal addresses, "[::1]" as well.
bool IsHostCharacter(char c) { return absl::ascii_isalnum(c) || absl::StrContains(".-_:[]", c); }

bool IsHostPort(absl::string_view text) {
  constexpr int kPortMax = 65535;
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos || colon == 0) return false;
  const absl::string_view host = text.substr(0, colon);
  const absl::string_view port = text.substr(colon + 1);
  int number = 0;
  return std::all_of(host.begin(), host.end(), IsHostCharacter) && !port.empty() &&
         std::all_of(port.begin(), port.end(), absl::ascii_isdigit) &&
         absl::SimpleAtoi(port, &number) && number <= kPortMax;
}

}  // namespace

Allowed Between(int64_t min, int64_t max) {
  return {absl::StrCat(min, " to ", max), [min, max](const std::string& value) {
            int64_t number = 0;
            return absl::SimpleAtoi(value, &number) && min <= number && number <= max;
          }};
}

Allowed OneOf(std::vector<std::string> choices) {
  const std::string last = absl::StrCat(" or ", choices.back());
  return {absl::StrJoin(choices.begin(), choices.end() - 1, ", ") + last,
          [choices](const std::string& value) {
            return std::find(choices.begin(), choices.end(), value) != choices.end();
          }};
}

Allowed TrueOrFalse() { return OneOf({"true", "false"}); }

Allowed NotEmpty() {
  return {"some text", [](const std::string& value) { return !value.empty(); }};
}

Allowed OrEmpty(std::string_view meaning, Allowed other) {
  return {
      absl::StrCat(other.words, "; or empty: ", View(meaning)),
      [holds = other.holds](const std::string& value) { return value.empty() || holds(value); }};
}

Allowed ListenAddress() {
  return {"host:port or unix:path", [](const std::string& value) {
            return IsHostPort(value) || (absl::StartsWith(value, "unix:") && value.size() > 5);
          }};
}

Allowed HostPort() {
  return {"host:port", [](const std::string& value) { return IsHostPort(value); }};
}

Allowed HostPorts() {
  return {"host:port, several separated by commas", [](const std::string& value) {
            const std::vector<std::string> parts = absl::StrSplit(value, ',');
            return std::all_of(parts.begin(), parts.end(), IsHostPort);
          }};
}

Allowed ServiceAddresses() {
  return {"package=host:port, several separated by commas",
          [](const std::string& value) { return ParseServiceAddresses(value).has_value(); }};
}

Allowed ServicePackages() {
  return {"a package, several separated by commas",
          [](const std::string& value) { return ParseServicePackages(value).has_value(); }};
}

Allowed ReplicaPattern() {
  return {"an address with {instance} in it", [](const std::string& value) {
            const std::vector<std::string> parts = absl::StrSplit(value, "{instance}");
            return parts.size() > 1 &&
                   std::all_of(parts.begin(), parts.end(), [](const auto& part) {
                     return std::all_of(part.begin(), part.end(), IsHostCharacter);
                   });
          }};
}

Allowed InstanceName() {
  return {absl::StrCat("1 to ", kInstanceBytesMax, " letters, digits or characters of .-_:[]"),
          [](const std::string& value) {
            return !value.empty() && value.size() <= kInstanceBytesMax &&
                   std::all_of(value.begin(), value.end(), IsHostCharacter);
          }};
}

Allowed TimeZoneName() {
  return {"the IANA name of a time zone", [](const std::string& value) {
            absl::TimeZone zone;
            return absl::LoadTimeZone(value, &zone);
          }};
}

Allowed BusinessDate() {
  return {"a day from 1900-01-01 to 2200-12-31, YYYY-MM-DD",
          [](const std::string& value) { return ParseBusinessDate(value).has_value(); }};
}

Allowed CurrencyCode() {
  return {"three capital letters of ISO 4217",
          [](const std::string& value) { return base::IsCurrencyCode(value); }};
}

std::optional<std::map<std::string, std::string>> ParseServiceAddresses(std::string_view text) {
  std::map<std::string, std::string> addresses;
  if (text.empty()) return addresses;
  for (absl::string_view pair : absl::StrSplit(View(text), ',')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    const auto is_name = [](char c) { return absl::ascii_isalnum(c) || c == '.' || c == '_'; };
    const bool named =
        !parts.first.empty() && std::all_of(parts.first.begin(), parts.first.end(), is_name);
    if (!named || !IsHostPort(parts.second) ||
        !addresses.emplace(std::string(parts.first), std::string(parts.second)).second) {
      return std::nullopt;
    }
  }
  return addresses;
}

std::optional<std::set<std::string>> ParseServicePackages(std::string_view text) {
  std::set<std::string> packages;
  if (text.empty()) return packages;
  for (absl::string_view package : absl::StrSplit(View(text), ',')) {
    const auto is_name = [](char c) { return absl::ascii_isalnum(c) || c == '.' || c == '_'; };
    if (package.empty() || !std::all_of(package.begin(), package.end(), is_name) ||
        !packages.insert(std::string(package)).second) {
      return std::nullopt;
    }
  }
  return packages;
}

std::optional<absl::CivilDay> ParseBusinessDate(std::string_view text) {
  constexpr size_t kBytes = 10;
  absl::CivilDay day;
  if (text.size() != kBytes || !absl::ParseCivilTime(View(text), &day) ||
      !base::CheckDate("business_date", base::DateOf(day)).ok()) {
    return std::nullopt;
  }
  return day;
}

}  // namespace crm::app
