// `crmctl log verify`: reads all of a log and says whether it is whole.
#pragma once

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "tools/crmctl/log_reading.h"

namespace crm::crmctl {

// Reads every record of every topic, against its checksums, and prints what each partition holds by
// the acceptance rule. An embedded log is not changed, and its offsets must be dense; of Kafka only
// `topic` is read, whose offsets must grow. kDataLoss: it is damaged, with the file, or topic,
// partition and offset; the partitions that could be read are printed all the same.
absl::Status VerifyLog(const LogPlace& place, const std::string& topic, std::ostream& out);

}  // namespace crm::crmctl
