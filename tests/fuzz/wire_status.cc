// Statuses that other replicas and servers answer with. Input: a google.rpc.Status.
#include "libs/base/wire_status.h"

#include <string>

#include "libs/base/check.h"
#include "libs/base/status.h"
#include "tests/fuzz/fuzz.h"

namespace crm::fuzz {

void Target(std::string_view bytes) {
  google::rpc::Status wire;
  if (!wire.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  const absl::Status status = base::FromWire(wire);
  base::Check(status.ok() == (wire.code() == 0), "only a code of 0 is OK");
  const google::rpc::Status again = base::ToWire(status);
  base::Check(base::ToWire(base::FromWire(again)).SerializeAsString() == again.SerializeAsString(),
              "what we write is the same when it was read");
  base::ReasonOf(status);
}

}  // namespace crm::fuzz
