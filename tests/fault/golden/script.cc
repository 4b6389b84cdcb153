#include "tests/fault/golden/script.h"

#include <google/protobuf/util/json_util.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "crm/eventlog/v1/eventlog.pb.h"
#include "crm/faulttest/v1/record.pb.h"
#include "libs/base/check.h"
#include "libs/base/hash.h"
#include "libs/eventlog/acceptance.h"
#include "libs/eventlog/cloud_events.h"

namespace crm::fault {
namespace {

using eventlog::OwnedRecord;
using google::protobuf::util::JsonStringToMessage;
using google::protobuf::util::MessageToJsonString;
namespace cv1 = customer::v1;
namespace fv1 = faulttest::v1;

// The first "customer-<n>" of a partition.
std::string IdIn(int partition) {
  for (int i = 0;; ++i) {
    std::string id = absl::StrCat("customer-", i);
    if (base::PartitionOf(id, kGoldenPartitions) == partition) return id;
  }
}

class Writer {
 public:
  explicit Writer(int partition) : partition_(partition), id_(IdIn(partition)) {}

  std::vector<GoldenLine> lines;

  void Claim(int64_t epoch, const std::string& instance, const char* verdict, const char* why) {
    eventlog::v1::LogEvent event;
    auto& claimed = *event.mutable_partition_claimed();
    claimed.set_epoch(epoch);
    claimed.set_claim_id(absl::StrCat("claim-", partition_, "-", lines.size()));
    claimed.set_instance(instance);
    claimed.set_min_reader_version(1);
    Log(event, std::string(eventlog::kClaimType), epoch, verdict, why);
  }

  void Log(const eventlog::v1::LogEvent& event, const std::string& type, int64_t fence,
           const char* verdict, const char* why) {
    eventlog::EventHeaders headers = Headers(fence);
    headers.type = type;
    headers.dataschema = event.GetDescriptor()->full_name();
    Put(headers, "", event.SerializeAsString(), verdict, why);
  }

  void Created(int64_t fence, const char* verdict, const char* why) {
    cv1::CustomerEvent event;
    auto& created = *event.mutable_created();
    created.mutable_customer()->set_kind(cv1::CUSTOMER_KIND_COMPANY);
    created.mutable_customer()->set_status(cv1::CUSTOMER_STATUS_PROSPECT);
    created.mutable_personal()->set_display_name(absl::StrCat("Company ", id_));
    Event(event, "crm.customer.v1.CustomerCreated", 1, fence, verdict, why);
  }

  void Region(const std::string& region, int64_t revision, int64_t fence, const char* verdict,
              const char* why) {
    cv1::CustomerEvent event;
    auto& updated = *event.mutable_updated();
    updated.mutable_changed()->add_paths("region");
    updated.mutable_customer()->set_region(region);
    Event(event, "crm.customer.v1.CustomerUpdated", revision, fence, verdict, why);
  }

  void Event(const cv1::CustomerEvent& event, const std::string& type, int64_t revision,
             int64_t fence, const char* verdict, const char* why) {
    eventlog::EventHeaders headers = Headers(fence);
    headers.type = type;
    headers.dataschema = event.GetDescriptor()->full_name();
    headers.subject = "customers/" + id_;
    headers.revision = revision;
    headers.actor = "user:ann";
    headers.request_id = absl::StrCat("request-", lines.size());
    headers.request_hash = "00";
    Put(headers, id_, event.SerializeAsString(), verdict, why);
  }

  void Put(const eventlog::EventHeaders& headers, const std::string& key, const std::string& value,
           const char* verdict, const char* why) {
    const eventlog::HeaderBlock block(headers);
    const eventlog::Record record{partition_, static_cast<eventlog::Offset>(lines.size()), key,
                                  value, block.headers()};
    lines.push_back({OwnedRecord::From(record), verdict, why});
  }

  // A record of before once more, at the end.
  void Again(const OwnedRecord& record, const char* verdict, const char* why) {
    lines.push_back({record, verdict, why});
    last().offset = static_cast<eventlog::Offset>(lines.size()) - 1;
  }

  // The last line's header has another value, or is gone when that is empty.
  void Header(const std::string& name, const std::string& value) {
    auto& headers = lines.back().record.headers;
    for (auto it = headers.begin(); it != headers.end(); ++it) {
      if (it->first != name) continue;
      value.empty() ? void(headers.erase(it)) : void(it->second = value);
      return;
    }
  }

  OwnedRecord& last() { return lines.back().record; }

 private:
  eventlog::EventHeaders Headers(int64_t fence) const {
    eventlog::EventHeaders headers;
    headers.id = absl::StrCat("record-", partition_, "-", lines.size());
    headers.source = "crm.customer.v1";
    headers.time = absl::FromUnixSeconds(1'767'603'600 + static_cast<int64_t>(lines.size()));
    headers.fence = fence;
    return headers;
  }

  const int partition_;
  const std::string id_;
};

void BadFences(Writer& to) {
  const std::pair<const char*, const char*> fences[] = {
      {"0000000000000000003", "a fence has twenty digits, this one nineteen"},
      {"000000000000000000003", "a fence has twenty digits, this one twenty-one"},
      {"+0000000000000000003", "a sign is no digit"},
      {"0000000000000000003 ", "a blank is no digit"},
      {"0x000000000000000003", "hexadecimal is no decimal"},
      {"99999999999999999999", "does not fit 63 bits"},
      {"", "has no fence"}};
  for (const auto& [fence, why] : fences) {
    to.Region("malformed", 3, 3, "rejected", why);
    to.Header("ce_fence", fence);
  }
}

// Records that do not follow what counted before them under their claim.
void BadNumbers(Writer& to) {
  const std::pair<const char*, const char*> ids[] = {
      {"record-0-3", "its number is lower than one that counted"},
      {"record-0-000000000000000003", "leading zeros make no number higher"},
      {"record-0-0", "numbers begin at 1"}};
  for (const auto& [id, why] : ids) {
    to.Region("numbered", 4, 4, "rejected", why);
    to.Header("ce_id", id);
  }
}

// Claims that come late, twice, from a past and from a future.
std::vector<GoldenLine> Owners() {
  Writer to(0);
  to.Created(1, "rejected", "nobody has claimed yet");
  to.Region("zero", 1, 1, "rejected", "fence 0 is nobody's");
  to.Header("ce_fence", eventlog::FormatFence(0));
  to.Region("bare", 1, 1, "rejected", "has no headers");
  to.last().headers.clear();
  to.Claim(1, "replica-1", "claim", "the first");
  to.Created(1, "accepted", "under the fence that holds");
  to.Claim(3, "replica-2", "claim", "epochs may leave gaps");
  to.Region("stale", 2, 1, "rejected", "its owner was deposed before it landed");
  to.Claim(2, "replica-3", "rejected", "a higher epoch was claimed before");
  to.Region("late", 2, 2, "rejected", "under a claim that did not count");
  to.Claim(3, "replica-4", "rejected", "of two claims of an epoch the first counts");
  to.Region("north", 2, 3, "accepted", "under the fence that holds");
  to.Region("ahead", 3, 4, "rejected", "nobody has claimed that epoch yet");
  BadFences(to);
  eventlog::v1::LogEvent barrier;
  barrier.mutable_barrier()->set_barrier_id("barrier");
  to.Log(barrier, "crm.eventlog.v1.Barrier", 3, "accepted", "changes no table");
  eventlog::v1::LogEvent passed;
  passed.mutable_reaction_passed()->set_reaction("OnSomething");
  passed.mutable_reaction_passed()->set_source("customers/nobody/orders/1");
  passed.mutable_reaction_passed()->set_revision(1);
  passed.mutable_reaction_passed()->set_target("customers/nobody");
  to.Log(passed, "crm.eventlog.v1.ReactionPassed", 3, "accepted", "changes no table of resources");
  to.Claim(4, "replica-5", "claim", "counts by its headers alone: its value cannot be parsed");
  to.last().value = "\xff\xff\xff";
  to.Region("south", 3, 4, "accepted", "under the fence that holds");
  const OwnedRecord south = to.last();
  to.Region("stale", 3, 3, "rejected", "written by the owner before, landed late");
  to.Claim(4, "replica-6", "rejected", "of two claims of an epoch the first counts");
  to.Claim(9, "replica-7", "rejected", "a claim without a fence claims nothing");
  to.Header("ce_fence", "");
  eventlog::v1::LogEvent answered;
  answered.mutable_command_answered()->set_target("customers/nobody");
  answered.mutable_command_answered()->mutable_status()->set_code(9);
  to.Log(answered, "crm.eventlog.v1.CommandAnswered", 4, "accepted",
         "changes no table of resources");
  to.last().headers.emplace_back("ce_requestid", "request-answered");
  const OwnedRecord answer = to.last();
  to.Again(south, "rejected", "a record that counted, written twice by its producer");
  to.Again(answer, "rejected", "what the log says of itself can be written twice as well");
  BadNumbers(to);
  const std::pair<const char*, const char*> unnumbered[] = {
      {"0123456789abcdef", "has no number, and counts by its fence alone"},
      {"record-0-", "nothing behind the dash is no number"},
      {"record-0-0x1869f", "hexadecimal is no number"},
      {"record-0-1000000000000000000", "nineteen digits are no number"}};
  for (const auto& [id, why] : unnumbered) {
    to.Log(barrier, "crm.eventlog.v1.Barrier", 4, "accepted", why);
    to.Header("ce_id", id);
  }
  to.Claim(5, "replica-8", "claim", "from here on numbers begin anew");
  to.Region("numbered anew", 4, 5, "accepted", "the first number under its claim");
  to.Header("ce_id", "record-0-1");
  to.Region("again", 5, 5, "rejected", "that number counted before");
  to.Header("ce_id", "record-0-1");
  return to.lines;
}

// A record that cannot be read, and the word of the log that it may be passed over.
std::vector<GoldenLine> Poison() {
  Writer to(1);
  to.Claim(1, "replica-1", "claim", "the first");
  to.Created(1, "accepted", "under the fence that holds");
  to.Region("west", 2, 1, "accepted", "under the fence that holds");
  to.Region("poison", 3, 1, "skipped", "cannot be parsed; the log says further down to skip it");
  to.last().value = "\xff\xff this is no event";
  const std::string sha256 = base::Sha256Hex(to.last().value);
  to.Region("east", 3, 1, "accepted", "what follows a skipped record goes on where it stood");
  eventlog::v1::LogEvent skipped;
  skipped.mutable_record_skipped()->set_sha256(sha256);
  skipped.mutable_record_skipped()->set_reason("written by hand");
  skipped.mutable_record_skipped()->set_by("user:ann");
  to.Log(skipped, "crm.eventlog.v1.RecordSkipped", 2, "rejected",
         "says to skip it, but under a fence that nobody claimed");
  to.Log(skipped, "crm.eventlog.v1.RecordSkipped", 1, "accepted", "says to skip it");
  return to.lines;
}

// Events that nobody ever owned.
std::vector<GoldenLine> Unowned() {
  Writer to(2);
  to.Created(1, "rejected", "nobody has claimed yet");
  to.Region("nowhere", 2, 1, "rejected", "nobody has claimed yet");
  return to.lines;
}

template <class Message>
std::string Line(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  base::Check(MessageToJsonString(message, &json, options).ok(), "a record can be printed");
  return json + "\n";
}

}  // namespace

std::vector<GoldenLine> GoldenScript() {
  std::vector<GoldenLine> all;
  for (const auto& lines : {Owners(), Poison(), Unowned()})
    all.insert(all.end(), lines.begin(), lines.end());
  return all;
}

std::map<std::string, std::pair<std::string, std::string>> GoldenCustomers() {
  return {{"customers/" + IdIn(0), {"r4", "numbered anew"}},
          {"customers/" + IdIn(1), {"r3", "east"}}};
}

std::string TopicText(const std::vector<GoldenLine>& lines) {
  std::string text;
  for (const GoldenLine& line : lines) {
    fv1::TopicRecord record;
    record.set_partition(line.record.partition);
    record.set_offset(line.record.offset);
    record.set_key(line.record.key);
    record.set_value(line.record.value);
    for (const auto& [name, value] : line.record.headers) {
      record.add_headers()->set_name(name);
      record.mutable_headers(record.headers_size() - 1)->set_value(value);
    }
    text += Line(record);
  }
  return text;
}

std::string ExpectedText(const std::vector<GoldenLine>& lines) {
  std::string text;
  for (const GoldenLine& line : lines) {
    fv1::ExpectedRecord expected;
    expected.set_partition(line.record.partition);
    expected.set_offset(line.record.offset);
    expected.set_verdict(line.verdict);
    expected.set_why(line.why);
    text += Line(expected);
  }
  return text;
}

std::vector<GoldenLine> ParseGolden(const std::string& topic, const std::string& expected) {
  const std::vector<std::string> records = absl::StrSplit(topic, '\n', absl::SkipEmpty());
  const std::vector<std::string> verdicts = absl::StrSplit(expected, '\n', absl::SkipEmpty());
  base::Check(records.size() == verdicts.size(), "each record has its verdict");
  std::vector<GoldenLine> lines;
  for (size_t i = 0; i < records.size(); ++i) {
    fv1::TopicRecord record;
    fv1::ExpectedRecord verdict;
    base::Check(JsonStringToMessage(records[i], &record).ok(), records[i]);
    base::Check(JsonStringToMessage(verdicts[i], &verdict).ok(), verdicts[i]);
    base::Check(record.partition() == verdict.partition() && record.offset() == verdict.offset(),
                "records and verdicts are in the same order");
    GoldenLine line{{record.partition(), record.offset(), record.key(), record.value(), {}},
                    verdict.verdict(),
                    verdict.why()};
    for (const auto& header : record.headers())
      line.record.headers.emplace_back(header.name(), header.value());
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace crm::fault
