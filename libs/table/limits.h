// Every limit of libs/table, by name.
#pragma once

#include <cstddef>
#include <cstdint>

namespace crm::table {

// Tables of one database: a table's id is one byte of every key.
inline constexpr int kTablesMax = 200;
// Steps of a field path, "a.b.c" has three.
inline constexpr int kFieldPathDepthMax = 8;
// List: rows a page holds when the caller says 0, and at most.
inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 1'000;
// List: entries looked at for one page; then a short page with a token.
inline constexpr int64_t kRowsScannedMax = 10'000;
// List: a page ends early when its rows have this many bytes, so that a reply fits into 4 MiB.
inline constexpr size_t kPageBytesMax = 3 << 20;
// List: bytes of a page token, as text.
inline constexpr size_t kPageTokenBytesMax = 64 << 10;

// Filter: bytes of text, comparisons in it, depth of parentheses and NOT.
inline constexpr size_t kFilterBytesMax = 4'096;
inline constexpr int kFilterTermsMax = 64;
inline constexpr int kFilterDepthMax = 16;
// order_by: bytes of text and fields in it.
inline constexpr size_t kOrderByBytesMax = 512;
inline constexpr int kOrderByFieldsMax = 6;

// Versions that GetAsOf passes over, recorded after `known_at`, before it gives up with
// OUT_OF_RANGE.
inline constexpr int kHistoryScanMax = 10'000;

}  // namespace crm::table
