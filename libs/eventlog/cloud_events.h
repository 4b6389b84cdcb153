// The headers of a record: CloudEvents 1.0, Kafka binary mode, with our extensions. Built here when
// a record is written, parsed here when one is read.
//
// What ParseHeaders accepts is exactly what CheckHeaders accepts, so that a writer can make sure
// before it appends that every reader will understand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/eventlog/record.h"

namespace crm::eventlog {

// Longest value of one header, in bytes.
inline constexpr size_t kMaxHeaderBytes = 1024;

// Every text is UTF-8 without control characters, at most kMaxHeaderBytes; an empty one is not
// written. No personal data, no internal addresses.
struct EventHeaders {
  std::string id;      // ce_id, required: unique with source. Of a fact "<any text>-<number>".
  std::string source;  // ce_source, required: which service wrote it.
  std::string type;    // ce_type, required: full name of the fact's message.
  std::string
      dataschema;  // ce_dataschema, required with a revision: full name of the value's message.
  std::string subject;  // ce_subject, required with a revision: resource name of the aggregate.
  absl::Time time;      // ce_time, required: years 1 to 9999, whole nanoseconds (less is cut off).
  std::string traceparent;  // ce_traceparent: W3C trace context.
  int64_t fence =
      0;  // ce_fence, required, from 1: epoch of the claim it was written under; a claim's own.
  int64_t revision =
      0;  // ce_revision: number of the event in its aggregate, from 1; 0: not of an aggregate.
  std::string causation;     // ce_causation: id of the event or request that caused it.
  std::string correlation;   // ce_correlation: id of the whole conversation.
  std::string actor;         // ce_actor: who asked.
  std::string request_id;    // ce_requestid
  std::string request_hash;  // ce_requesthash: as text (hexadecimal or the like).
  std::string reaction;  // ce_reaction: "<reaction>/<source name>/<source revision>"; empty: not
                         // from a reaction.

  friend bool operator==(const EventHeaders&, const EventHeaders&) = default;
};

// kInvalidArgument names the header that a reader would refuse.
absl::Status CheckHeaders(const EventHeaders& headers);

// Owns the formatted bytes of one record's headers. The views live as long as the block; moving it
// keeps them valid. `content-type` (application/protobuf) and `ce_specversion` (1.0) are added.
class HeaderBlock {
 public:
  explicit HeaderBlock(const EventHeaders& headers);
  const std::vector<Header>& headers() const { return headers_; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::vector<Header> headers_;
};

// Total: any bytes give headers or kInvalidArgument naming what is wrong. A header of ours that
// comes twice is refused, one that is not ours is ignored. Whether the record counts is for
// Acceptance, before this.
absl::StatusOr<EventHeaders> ParseHeaders(const Record& record);

}  // namespace crm::eventlog
