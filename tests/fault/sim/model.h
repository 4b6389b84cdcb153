// What a service's log says, read apart from the engine: its own acceptance rule, its own fold. The
// truth that answers, tables and reactions are compared with.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "libs/engine/testdata/account.h"
#include "libs/eventlog/record.h"

namespace crm::fault {

// An account after one of its events.
struct Version {
  int partition = 0;
  eventlog::Offset offset = 0;  // Of the event.
  std::string request_id;
  std::string reaction;  // "<reaction>/<source>/<revision>"; empty: of a command.
  int64_t time_ns = 0;   // As the event says.
  engine::testdata::tv1::AccountEvent event;
  std::string title;
  int64_t balance = 0;
  int64_t woken = 0;
  std::vector<std::string> mirrors;
};

struct LogModel {
  // By name; versions[r - 1] is revision r.
  std::map<std::string, std::vector<Version>> accounts;
  // Names of accounts by "<reaction>/<source>/<revision>" for which it was passed, in effect or
  // refused.
  std::map<std::string, std::vector<std::string>> passed;
  int64_t accepted = 0;
  int64_t rejected = 0;
  // What the log must not hold.
  std::vector<std::string> faults;

  // Revision of an account as of a position: how many of its events lie before `next`.
  int64_t RevisionAt(const std::string& name, eventlog::Offset next) const;
};

// `partitions`: all records of each partition, in order.
LogModel ReadModel(const std::vector<std::vector<eventlog::OwnedRecord>>& partitions);

}  // namespace crm::fault
