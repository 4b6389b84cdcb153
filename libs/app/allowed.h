// What a setting may be: a test of its value, and the words for people that --help and refusals
// share.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"

namespace crm::app {

struct Allowed {
  std::string words;  // Follows "must be": "1 to 64", "embedded or kafka".
  std::function<bool(const std::string& value)> holds;
};

// A whole number; both ends belong to it.
Allowed Between(int64_t min, int64_t max);
Allowed OneOf(std::vector<std::string> choices);
Allowed TrueOrFalse();
Allowed NotEmpty();
// As `other`, or empty, which means what `meaning` says.
Allowed OrEmpty(std::string_view meaning, Allowed other);
// "host:port", or "unix:path" of a socket.
Allowed ListenAddress();
Allowed HostPort();
// "host:port,host:port".
Allowed HostPorts();
// As ParseServiceAddresses.
Allowed ServiceAddresses();
// As ParseServicePackages.
Allowed ServicePackages();
// With "{instance}" for a replica's name.
Allowed ReplicaPattern();
// It travels in claims and may stand for an address: "crm-customer-0", "10.0.0.7:50051".
Allowed InstanceName();
Allowed TimeZoneName();
Allowed BusinessDate();
Allowed CurrencyCode();

// Addresses by package, of "package=host:port,package=host:port"; nothing for another text, or for
// a package that is there twice.
std::optional<std::map<std::string, std::string>> ParseServiceAddresses(std::string_view text);
// Packages, of "package,package"; nothing for another text, or for a package that is there twice.
std::optional<std::set<std::string>> ParseServicePackages(std::string_view text);
// A day that facts may have (libs/base/date.h), written YYYY-MM-DD.
std::optional<absl::CivilDay> ParseBusinessDate(std::string_view text);

}  // namespace crm::app
