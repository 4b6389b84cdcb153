// Requests that are refused after the scenario (scenario.h): at least one for each batch. What the
// engine refuses of every command is tried without a row.
#pragma once

#include <string>
#include <vector>

namespace crm::contract {

struct RefusalRow {
  std::string type;  // Of the request.
  std::string text;  // In text format, without request_id and validate_only.
  // "!REASON": FAILED_PRECONDITION for it; "!field:path": INVALID_ARGUMENT that names the path;
  // "!NOT_FOUND", "!ALREADY_EXISTS", "!STALE_ETAG": the engine's own.
  std::string then;
};
std::vector<RefusalRow> RefusalRows();

// A resource of the collection that is there after the scenario; empty when none is listed.
std::string ExistingName(const std::string& package, const std::string& collection);

}  // namespace crm::contract
