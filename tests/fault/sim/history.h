// What callers of the simulated services did and were told: the input of every check.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/engine/command.h"

namespace crm::fault {

struct Operation {
  enum class Kind { kCreate, kRetitle, kAdd, kSend, kRead };
  enum class Read { kPlain, kAfter, kBarrier };
  // kUnknown: nobody answered, or nobody who knew. kNotDone: whoever answered, each time, said that
  // nothing was done and nothing will be.
  enum class Outcome { kUnknown, kOk, kRefused, kNotDone };

  int client = 0;
  Kind kind = Kind::kRead;
  int service = 0;
  std::string name;         // Empty: of a create whose id was to be derived and never became known.
  bool derived_id = false;  // kCreate: no id was given.
  std::string request_id;   // Of commands.
  std::string title;        // kRetitle: the new one.
  std::string etag;         // Expected; empty: any.
  int64_t amount = 0;       // kAdd, kSend; kCreate: after how many seconds it is to be woken.
  std::vector<std::string> mirrors;  // kCreate: ids.
  std::string to;                    // kSend.
  Read read = Read::kPlain;  // Of a command: kPlain or kBarrier, for an answer without an event.
  engine::Position after;    // kAfter: what the answer must rest on.

  absl::Duration call = absl::InfiniteDuration();  // When it was first sent,
  absl::Duration end = absl::InfiniteDuration();   // and answered for good; Infinite: never.
  int sends = 0;
  Outcome outcome = Outcome::kUnknown;
  absl::StatusCode code = absl::StatusCode::kOk;  // kRefused: why.
  std::string last_failure;                       // What the last send that failed was told.
  // kOk: what the answer said of the account; of a read revision 0 says that there is none.
  int64_t revision = 0;
  std::string seen_title;
  int64_t seen_balance = 0;
  engine::Position position;  // Said with the answer.
  std::string replica;        // That answered.
};

using History = std::vector<Operation>;

// One line.
std::string Describe(const Operation& operation);

}  // namespace crm::fault
