#include "libs/engine/progress.h"

#include "gtest/gtest.h"

namespace crm::engine {
namespace {

PartitionReport At(eventlog::Offset from, eventlog::Offset next, eventlog::Offset to) {
  PartitionReport report;
  report.from = from;
  report.next = next;
  report.to = to;
  return report;
}

TEST(Progress, CountsWhatThisStartHasToRead) {
  PartitionReport stopped = At(0, 5, 1'000);
  stopped.stopped = "poison";
  // One on its way, one behind the end of then, one that was at its end, one with a log cut short.
  const Replay replay =
      ReplayOf({At(100, 150, 300), At(0, 80, 50), At(7, 7, 7), At(9, 9, 4), stopped});
  EXPECT_EQ(replay.done, 100);
  EXPECT_EQ(replay.all, 250);
}

TEST(Progress, SaysWhatIsLeftOnceThereIsARate) {
  EXPECT_EQ(Describe({0, 5'000}, absl::Seconds(10)), "0 of 5000 records");
  EXPECT_EQ(Describe({0, 0}, absl::ZeroDuration()), "0 of 0 records");
  EXPECT_EQ(Describe({1'200, 5'000}, absl::Milliseconds(10)), "1200 of 5000 records");
  EXPECT_EQ(Describe({1'200, 5'000}, absl::Seconds(3)),
            "1200 of 5000 records, 400/s, about 10 s left");
  EXPECT_EQ(Describe({5'000, 5'000}, absl::Seconds(10)),
            "5000 of 5000 records, 500/s, about 0 s left");
}

}  // namespace
}  // namespace crm::engine
