// Position tokens. Input: what is done, then a token's text or its message.
#include "crm/engine/v1/engine.pb.h"
#include "libs/base/check.h"
#include "libs/engine/token.h"
#include "tests/fuzz/fuzz.h"

namespace crm::fuzz {
namespace {

constexpr char kLog[] = "log-1";
constexpr char kTopic[] = "crm.customer.log.v1";
constexpr int kPartitions = 12;

void CheckRead(const engine::v1::PositionToken& token) {
  for (const auto& position : token.positions()) {
    base::Check(position.partition() >= 0 && position.partition() < kPartitions, "its partition");
    base::Check(position.next_offset() >= 0, "its offset");
  }
  const auto again = engine::ParseToken(engine::FormatToken(token), kLog, kTopic, kPartitions);
  base::Check(again.ok() && again->SerializeAsString() == token.SerializeAsString(),
              "a token that was read means the same when written");
}

}  // namespace

void Target(std::string_view bytes) {
  Input input(bytes);
  std::string text;
  if (input.Below(2) == 0) {
    text = input.Rest();
  } else {
    engine::v1::PositionToken token;
    const std::string_view message = input.Rest();
    if (!token.ParseFromArray(message.data(), static_cast<int>(message.size()))) return;
    token.set_log_id(kLog);
    token.set_topic(kTopic);
    text = engine::FormatToken(token);
  }
  const auto token = engine::ParseToken(text, kLog, kTopic, kPartitions);
  if (token.ok()) return CheckRead(*token);
  base::Check(absl::IsInvalidArgument(token.status()), token.status().ToString());
}

}  // namespace crm::fuzz
