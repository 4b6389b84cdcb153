// Page token: where a list goes on, bound to the query that it came from.
//
//   token = base64url without padding of: version(1) hash(16) place
//   hash  = SHA-256 of the table's fingerprint and all of the query but page size and token, cut to
//   16 bytes place = the last key looked at, from its index byte on
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libs/table/list.h"
#include "libs/table/table_def.h"

namespace crm::table {

std::string QueryHash(const TableDef& table, const ListQuery& query);

// nullopt when it would be longer than kPageTokenBytesMax.
std::optional<std::string> MakePageToken(std::string_view query_hash, std::string_view place);

// The place; nullopt when the token is not one of ours for this query. Total. What a forged one can
// name is a place within the range that the query walks anyhow, which the caller checks.
std::optional<std::string> PlaceOf(std::string_view token, std::string_view query_hash);

}  // namespace crm::table
