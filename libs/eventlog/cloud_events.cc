#include "libs/eventlog/cloud_events.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "libs/eventlog/acceptance.h"

namespace crm::eventlog {
namespace {

constexpr std::string_view kContentType = "content-type";
constexpr std::string_view kProtobuf = "application/protobuf";
constexpr std::string_view kSpecVersion = "ce_specversion";
constexpr std::string_view kVersion = "1.0";
constexpr std::string_view kTime = "ce_time";
constexpr std::string_view kFence = "ce_fence";
constexpr std::string_view kRevision = "ce_revision";

enum class Need { kAlways, kWithRevision, kOptional };

struct TextHeader {
  std::string_view name;
  std::string EventHeaders::*field;
  Need need;
};

constexpr std::array<TextHeader, 12> kTexts{{
    {"ce_id", &EventHeaders::id, Need::kAlways},
    {"ce_source", &EventHeaders::source, Need::kAlways},
    {"ce_type", &EventHeaders::type, Need::kAlways},
    {"ce_dataschema", &EventHeaders::dataschema, Need::kWithRevision},
    {"ce_subject", &EventHeaders::subject, Need::kWithRevision},
    {"ce_traceparent", &EventHeaders::traceparent, Need::kOptional},
    {"ce_causation", &EventHeaders::causation, Need::kOptional},
    {"ce_correlation", &EventHeaders::correlation, Need::kOptional},
    {"ce_actor", &EventHeaders::actor, Need::kOptional},
    {"ce_requestid", &EventHeaders::request_id, Need::kOptional},
    {"ce_requesthash", &EventHeaders::request_hash, Need::kOptional},
    {"ce_reaction", &EventHeaders::reaction, Need::kOptional},
}};
// Those that are not plain text, after the texts in the mask of what was seen.
constexpr std::array<std::string_view, 5> kOthers{kContentType, kSpecVersion, kTime, kFence,
                                                  kRevision};

absl::Status Wrong(std::string_view header, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(absl::string_view(header.data(), header.size()),
                                                 ": ",
                                                 absl::string_view(what.data(), what.size())));
}

// Length of the UTF-8 character that starts at `text[0]`; 0 when there is none. Control characters
// are none: CloudEvents forbids them, and they would run through to logs and terminals.
size_t CharacterLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return lead >= 0x20 && lead != 0x7f ? 1 : 0;
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  uint32_t code = lead & (0xff >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = (code << 6) | (byte(i) & 0x3f);
  }
  const uint32_t least = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0xa0;
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return code < least || code > 0x10ffff || surrogate ? 0 : length;
}

bool IsText(std::string_view text) {
  while (!text.empty()) {
    const size_t length = CharacterLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool InRange(absl::Time time) {
  static const absl::Time first = absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone());
  static const absl::Time past =
      absl::FromCivil(absl::CivilSecond(10000, 1, 1), absl::UTCTimeZone());
  return time >= first && time < past;
}

// "2025-03-01T12:00:00.000000000Z": always this form, so that times sort as text.
std::string TimeText(absl::Time time) {
  if (!InRange(time)) return {};
  const absl::CivilSecond civil = absl::ToCivilSecond(time, absl::UTCTimeZone());
  const int64_t nanos = (time - absl::FromCivil(civil, absl::UTCTimeZone())) / absl::Nanoseconds(1);
  return absl::StrFormat("%04d-%02d-%02dT%02d:%02d:%02d.%09dZ", civil.year(), civil.month(),
                         civil.day(), civil.hour(), civil.minute(), civil.second(), nanos);
}

std::optional<absl::Time> TimeOf(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00.000000000Z";
  if (text.size() != kForm.size()) return std::nullopt;
  std::array<int64_t, 7> parts{};
  size_t part = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (kForm[i] == '0') {
      if (text[i] < '0' || text[i] > '9') return std::nullopt;
      parts[part] = parts[part] * 10 + (text[i] - '0');
    } else {
      if (text[i] != kForm[i]) return std::nullopt;
      ++part;
    }
  }
  const absl::CivilSecond civil(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
  // A civil time normalises what does not exist: the 30th of February, the 25th hour.
  const bool exists = civil.year() == parts[0] && civil.month() == parts[1] &&
                      civil.day() == parts[2] && civil.hour() == parts[3] &&
                      civil.minute() == parts[4] && civil.second() == parts[5] && parts[0] >= 1;
  if (!exists) return std::nullopt;
  return absl::FromCivil(civil, absl::UTCTimeZone()) + absl::Nanoseconds(parts[6]);
}

// One header of ours into its field.
absl::Status ParseOther(std::string_view name, std::string_view value, EventHeaders& into) {
  if (name == kContentType) {
    return value == kProtobuf ? absl::OkStatus() : Wrong(name, "must be application/protobuf");
  }
  if (name == kSpecVersion) {
    return value == kVersion ? absl::OkStatus() : Wrong(name, "must be 1.0");
  }
  if (name == kTime) {
    const std::optional<absl::Time> time = TimeOf(value);
    if (!time.has_value()) return Wrong(name, "must be UTC with nine decimals");
    into.time = *time;
    return absl::OkStatus();
  }
  const int64_t number = ParseFence(value);
  if (number < 1) return Wrong(name, "must be 20 digits, from 1");
  (name == kFence ? into.fence : into.revision) = number;
  return absl::OkStatus();
}

// Index of a header of ours in the mask of what was seen; -1 for others.
int IndexOf(std::string_view name) {
  for (size_t i = 0; i < kTexts.size(); ++i) {
    if (kTexts[i].name == name) return static_cast<int>(i);
  }
  for (size_t i = 0; i < kOthers.size(); ++i) {
    if (kOthers[i] == name) return static_cast<int>(kTexts.size() + i);
  }
  return -1;
}

}  // namespace

absl::Status CheckHeaders(const EventHeaders& headers) {
  for (const TextHeader& text : kTexts) {
    const std::string& value = headers.*text.field;
    const bool needed =
        text.need == Need::kAlways || (text.need == Need::kWithRevision && headers.revision > 0);
    if (value.empty() && needed) return Wrong(text.name, "is missing");
    if (value.size() > kMaxHeaderBytes) return Wrong(text.name, "is too long");
    if (!IsText(value)) return Wrong(text.name, "must be UTF-8 without control characters");
  }
  if (!InRange(headers.time)) return Wrong(kTime, "must be in years 1 to 9999");
  if (headers.fence < 1) return Wrong(kFence, "must be 20 digits, from 1");
  if (headers.revision < 0) return Wrong(kRevision, "must be 20 digits, from 1");
  if (headers.revision > 0 && NumberOf(headers.id) < 1)
    return Wrong("ce_id", "of a fact must end with '-' and its number under the claim, from 1");
  return absl::OkStatus();
}

HeaderBlock::HeaderBlock(const EventHeaders& headers) {
  const std::string time = TimeText(headers.time);
  const std::string fence = FormatFence(headers.fence);
  const std::string revision =
      headers.revision == 0 ? std::string() : FormatFence(headers.revision);
  std::array<std::pair<std::string_view, std::string_view>, kTexts.size() + kOthers.size()> all{{
      {kContentType, kProtobuf},
      {kSpecVersion, kVersion},
      {kTime, time},
      {kFence, fence},
      {kRevision, revision},
  }};
  for (size_t i = 0; i < kTexts.size(); ++i) {
    all[kOthers.size() + i] = {kTexts[i].name, headers.*kTexts[i].field};
  }
  size_t total = 0;
  for (const auto& [name, value] : all) total += value.size();
  bytes_ = std::make_unique<char[]>(total);
  headers_.reserve(all.size());
  char* at = bytes_.get();
  for (const auto& [name, value] : all) {
    if (value.empty()) continue;
    std::memcpy(at, value.data(), value.size());
    headers_.push_back({name, {at, value.size()}});  // The names are constants.
    at += value.size();
  }
}

absl::StatusOr<EventHeaders> ParseHeaders(const Record& record) {
  EventHeaders parsed;
  uint32_t seen = 0;
  for (const Header& header : record.headers) {
    const int index = IndexOf(header.key);
    if (index < 0) continue;
    if ((seen & (1u << index)) != 0) return Wrong(header.key, "comes twice");
    seen |= 1u << index;
    if (header.value.size() > kMaxHeaderBytes) return Wrong(header.key, "is too long");
    if (header.value.empty()) return Wrong(header.key, "is empty");
    if (static_cast<size_t>(index) < kTexts.size()) {
      (parsed.*kTexts[index].field).assign(header.value);
    } else if (absl::Status s = ParseOther(header.key, header.value, parsed); !s.ok()) {
      return s;
    }
  }
  for (size_t i = 0; i < kOthers.size(); ++i) {
    const bool missing = (seen & (1u << (kTexts.size() + i))) == 0;
    if (missing && kOthers[i] != kRevision) return Wrong(kOthers[i], "is missing");
  }
  if (absl::Status s = CheckHeaders(parsed); !s.ok()) return s;
  return parsed;
}

}  // namespace crm::eventlog
