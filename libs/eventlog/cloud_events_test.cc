#include "libs/eventlog/cloud_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "libs/eventlog/acceptance.h"

namespace crm::eventlog {
namespace {

using testing::HasSubstr;

EventHeaders Full() {
  EventHeaders h;
  h.id = "e-1";
  h.source = "crm.sales";
  h.type = "crm.sales.v1.OpportunityWon";
  h.dataschema = "crm.sales.v1.OpportunityEvent";
  h.subject = "customers/c1/opportunities/o1";
  h.time = absl::FromUnixSeconds(1'740'830'400) + absl::Nanoseconds(7);
  h.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  h.fence = 3;
  h.revision = 12;
  h.causation = "e0";
  h.correlation = "k1";
  h.actor = "user:Zoë 王";
  h.request_id = "r1";
  h.request_hash = "abcdef";
  h.reaction = "OnWon/customers/c1/4";
  return h;
}

Record Of(const HeaderBlock& block) {
  Record record;
  record.headers = block.headers();
  return record;
}

// The record of `Full()` with one header set to `value`, or without it.
OwnedRecord With(std::string_view name, std::optional<std::string> value) {
  const HeaderBlock block(Full());
  OwnedRecord owned = OwnedRecord::From(Of(block));
  std::erase_if(owned.headers, [&](const auto& h) { return h.first == name; });
  if (value.has_value()) owned.headers.emplace_back(name, *value);
  return owned;
}

std::string Refusal(const OwnedRecord& record) {
  return std::string(ParseHeaders(record.View()).status().message());
}

TEST(CloudEvents, WhatIsWrittenIsRead) {
  HeaderBlock block(Full());
  const HeaderBlock moved = std::move(block);
  const Record record = Of(moved);
  EXPECT_EQ(record.HeaderOr("ce_specversion"), "1.0");
  EXPECT_EQ(record.HeaderOr("content-type"), "application/protobuf");
  EXPECT_EQ(record.HeaderOr("ce_time"), "2025-03-01T12:00:00.000000007Z");
  EXPECT_EQ(record.HeaderOr("ce_fence"), "00000000000000000003");
  EXPECT_EQ(record.HeaderOr("ce_revision"), "00000000000000000012");
  const auto parsed = ParseHeaders(record);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, Full());
}

TEST(CloudEvents, EmptyOnesAreNotWritten) {
  EventHeaders claim;
  claim.id = "x";
  claim.source = "crm.sales";
  claim.type = std::string(kClaimType);
  claim.fence = 1;
  const HeaderBlock block(claim);
  EXPECT_EQ(block.headers().size(), 7u);
  const auto parsed = ParseHeaders(Of(block));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, claim);
}

TEST(CloudEvents, TimesAtTheEdges) {
  EventHeaders h = Full();
  for (const char* text : {"0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999999Z",
                           "9999-12-31T23:59:59.999999999Z", "2024-02-29T00:00:00.5Z"}) {
    ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &h.time, nullptr));
    const auto parsed = ParseHeaders(Of(HeaderBlock(h)));
    ASSERT_TRUE(parsed.ok()) << text << parsed.status();
    EXPECT_EQ(parsed->time, h.time);
  }
  h.time += absl::Nanoseconds(1) / 4;  // Less than a nanosecond is cut off.
  EXPECT_EQ(ParseHeaders(Of(HeaderBlock(h)))->time, h.time - absl::Nanoseconds(1) / 4);
}

TEST(CloudEvents, RefusesWhatIsMissing) {
  for (const char* name : {"ce_id", "ce_source", "ce_type", "ce_dataschema", "ce_subject",
                           "ce_time", "ce_fence", "ce_specversion", "content-type"}) {
    EXPECT_THAT(Refusal(With(name, std::nullopt)), HasSubstr(std::string(name) + ": is missing"));
    EXPECT_THAT(Refusal(With(name, "")), HasSubstr(std::string(name) + ": is empty"));
  }
  for (const char* name :
       {"ce_actor", "ce_traceparent", "ce_requestid", "ce_reaction", "ce_revision"}) {
    EXPECT_EQ(Refusal(With(name, std::nullopt)), "");
  }
}

TEST(CloudEvents, RefusesWhatIsWrong) {
  const std::vector<std::pair<const char*, std::string>> wrong = {
      {"ce_specversion", "0.3"},
      {"content-type", "application/json"},
      {"ce_fence", "3"},
      {"ce_fence", "00000000000000000000"},
      {"ce_fence", "99999999999999999999"},
      {"ce_fence", "-0000000000000000003"},
      {"ce_revision", "00000000000000000000"},
      {"ce_revision", "0000000000000000001x"},
      {"ce_time", "infinite-future"},
      {"ce_time", "2025-02-30T00:00:00.000000000Z"},
      {"ce_time", "2025-02-03T24:00:00.000000000Z"},
      {"ce_time", "2025-02-03T23:59:60.000000000Z"},
      {"ce_time", "0000-01-01T00:00:00.000000000Z"},
      {"ce_time", "2025-02-03T00:00:00Z"},
      {"ce_actor", "a\nb"},
      {"ce_actor", std::string("a\0b", 3)},
      {"ce_actor", "\xff"},
      {"ce_actor", "\xc0\xaf"},
      {"ce_actor", "\xed\xa0\x80"},
      {"ce_actor", "\xf4\x90\x80\x80"},
      {"ce_actor", "\xc2\x85"},
      {"ce_actor", "caf\xc3"},
      {"ce_subject", std::string(kMaxHeaderBytes + 1, 'x')},
  };
  for (const auto& [name, value] : wrong) {
    EXPECT_THAT(Refusal(With(name, value)), HasSubstr(name)) << value;
  }
}

TEST(CloudEvents, RefusesOursTwiceAndIgnoresTheRest) {
  OwnedRecord record = With("other", "\xff\xff");
  record.headers.emplace_back("other", "again");
  EXPECT_EQ(Refusal(record), "");
  record.headers.emplace_back("ce_fence", FormatFence(9));
  EXPECT_EQ(Refusal(record), "ce_fence: comes twice");
}

TEST(CloudEvents, CheckRefusesWhatParseWould) {
  EXPECT_TRUE(CheckHeaders(Full()).ok());
  EventHeaders h = Full();
  h.time = absl::InfiniteFuture();
  EXPECT_FALSE(CheckHeaders(h).ok());
  EXPECT_FALSE(ParseHeaders(Of(HeaderBlock(h))).ok());
  h = Full();
  h.fence = 0;
  EXPECT_FALSE(CheckHeaders(h).ok());
  h = Full();
  h.revision = -1;
  EXPECT_FALSE(CheckHeaders(h).ok());
  h = Full();
  h.actor = "a\tb";
  EXPECT_FALSE(CheckHeaders(h).ok());
}

// Whatever is accepted can be written again and says the same.
TEST(CloudEvents, TotalOnDamagedBytes) {
  std::mt19937_64 random(1);
  const HeaderBlock block(Full());
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    OwnedRecord record = OwnedRecord::From(Of(block));
    for (int flips = 1 + static_cast<int>(random() % 3); flips > 0; --flips) {
      auto& [key, value] = record.headers[random() % record.headers.size()];
      std::string& hit = random() % 8 == 0 ? key : value;
      if (!hit.empty()) hit[random() % hit.size()] = static_cast<char>(random());
      if (random() % 4 == 0) hit.resize(random() % (hit.size() + 2));
    }
    const auto parsed = ParseHeaders(record.View());
    if (!parsed.ok()) continue;
    ++accepted;
    EXPECT_EQ(*ParseHeaders(Of(HeaderBlock(*parsed))), *parsed);
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace crm::eventlog
