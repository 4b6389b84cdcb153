#include "libs/rpc/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace crm::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() {
    outbox_.Connect({[this](std::string message) { written_.push_back(std::move(message)); },
                     [this](const absl::Status& status) { ends_.push_back(status); }});
    outbox_.OnRoom([this] { ++woken_; });
  }

  const base::SystemClock clock_;
  Outbox outbox_{10, clock_};
  std::vector<std::string> written_;
  std::vector<absl::Status> ends_;
  int woken_ = 0;
};

TEST_F(OutboxTest, WritesOneMessageAtATimeInOrder) {
  EXPECT_TRUE(outbox_.Put("a"));
  EXPECT_TRUE(outbox_.Put("b"));
  EXPECT_THAT(written_, ElementsAre("a"));
  EXPECT_TRUE(outbox_.waits_since().has_value());
  outbox_.Written(true);
  EXPECT_THAT(written_, ElementsAre("a", "b"));
  outbox_.Written(true);
  EXPECT_FALSE(outbox_.waits_since().has_value());
  EXPECT_EQ(woken_, 0);
}

TEST_F(OutboxTest, HoldsNoMoreThanItsLimitAndOneMessageAndSaysWhenThereIsRoom) {
  EXPECT_TRUE(outbox_.Put(std::string(100, 'x')));
  EXPECT_FALSE(outbox_.Put("y"));
  EXPECT_FALSE(outbox_.Put("y"));
  EXPECT_EQ(woken_, 0);
  outbox_.Written(true);
  EXPECT_EQ(woken_, 1);
  EXPECT_TRUE(outbox_.Put("y"));
  outbox_.Written(true);
  EXPECT_EQ(woken_, 1);
}

TEST_F(OutboxTest, EmptyMessagesTakeRoomToo) {
  int taken = 0;
  while (outbox_.Put("")) ++taken;
  EXPECT_EQ(taken, 10);
}

TEST_F(OutboxTest, EndsBehindWhatWaits) {
  outbox_.Put("a");
  outbox_.Put("b");
  outbox_.End(absl::OkStatus(), false);
  EXPECT_FALSE(outbox_.Put("c"));
  EXPECT_THAT(ends_, IsEmpty());
  outbox_.Written(true);
  EXPECT_THAT(written_, ElementsAre("a", "b"));
  EXPECT_THAT(ends_, IsEmpty());
  outbox_.Written(true);
  EXPECT_THAT(ends_, ElementsAre(absl::OkStatus()));
  EXPECT_EQ(woken_, 1);
}

TEST_F(OutboxTest, EndsAtOnceBehindWhatGrpcHas) {
  outbox_.Put("a");
  outbox_.Put("b");
  outbox_.End(absl::AbortedError("x"), true);
  EXPECT_THAT(ends_, IsEmpty());
  outbox_.Written(true);
  EXPECT_THAT(written_, ElementsAre("a"));
  EXPECT_THAT(ends_, ElementsAre(absl::AbortedError("x")));
}

TEST_F(OutboxTest, NothingIsWrittenToWhoIsGone) {
  outbox_.Put("a");
  outbox_.Put("b");
  outbox_.Written(false);
  EXPECT_THAT(written_, ElementsAre("a"));
  EXPECT_FALSE(outbox_.Put("c"));
  outbox_.End(absl::CancelledError("x"), true);
  EXPECT_THAT(ends_, ElementsAre(absl::CancelledError("x")));
}

// gRPC's side on a thread of its own, the server's end on a third.
TEST(Outbox, BringsAllMessagesOfOneThreadToAnother) {
  constexpr int kMessages = 20'000;
  const base::SystemClock clock;
  Outbox outbox(8, clock);
  std::mutex mutex;
  std::condition_variable changed;
  int given = 0, room = 0;
  bool ended = false;
  std::vector<std::string> seen;
  outbox.Connect({[&](std::string message) {
                    const std::lock_guard lock(mutex);
                    seen.push_back(std::move(message));
                    ++given;
                    changed.notify_all();
                  },
                  [&](const absl::Status&) {
                    const std::lock_guard lock(mutex);
                    ended = true;
                    changed.notify_all();
                  }});
  outbox.OnRoom([&] {
    const std::lock_guard lock(mutex);
    ++room;
    changed.notify_all();
  });
  std::thread grpc([&] {
    for (int taken = 0;; ++taken) {
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return given > taken || ended; });
        if (given == taken) return;
      }
      outbox.Written(true);
    }
  });
  std::thread sweeper([&] {
    bool over = false;
    while (!over) {
      outbox.waits_since();
      const std::lock_guard lock(mutex);
      over = ended;
    }
  });
  for (int i = 0; i < kMessages; ++i) {
    int before = 0;
    {
      const std::lock_guard lock(mutex);
      before = room;
    }
    while (!outbox.Put(std::to_string(i))) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return room > before; });
      before = room;
    }
  }
  outbox.End(absl::OkStatus(), false);
  grpc.join();
  sweeper.join();
  ASSERT_EQ(seen.size(), static_cast<size_t>(kMessages));
  for (int i = 0; i < kMessages; ++i) EXPECT_EQ(seen[i], std::to_string(i));
}

TEST_F(OutboxTest, WakesAtOnceWhoAsksAfterTheEnd) {
  outbox_.End(absl::OkStatus(), true);
  bool late = false;
  outbox_.OnRoom([&] { late = true; });
  EXPECT_TRUE(late);
}

TEST_F(OutboxTest, UsesNothingOfWhatGrpcHasLetGo) {
  outbox_.Gone();
  EXPECT_FALSE(outbox_.Put("a"));
  outbox_.End(absl::OkStatus(), true);
  EXPECT_THAT(written_, IsEmpty());
  EXPECT_THAT(ends_, IsEmpty());
}

}  // namespace
}  // namespace crm::rpc
