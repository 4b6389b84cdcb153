// Page token: where a list goes on, bound to the query that it came from.
//
//   token = base64url without padding of: version(1) seal(16) place
//   seal  = SHA-256 of the query's hash and the place, cut to 16 bytes
//   place = the last key looked at, from its index byte on
//
// The seal has no secret: it finds what was damaged, not what was forged.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libs/table/list.h"
#include "libs/table/table_def.h"

namespace crm::table {

// SHA-256 of the table's fingerprint and all of the query but page size and token.
std::string QueryHash(const TableDef& table, const ListQuery& query);

// nullopt when it would be longer than kPageTokenBytesMax.
std::optional<std::string> MakePageToken(std::string_view query_hash, std::string_view place);

// The place; nullopt when the token is not one of ours for this query. Total. What a forged one can
// name is a place within the range that the query walks anyhow, which the caller checks.
std::optional<std::string> PlaceOf(std::string_view token, std::string_view query_hash);

}  // namespace crm::table
