#include "libs/engine/queue.h"

#include <gtest/gtest.h>

namespace crm::engine {
namespace {

Command Make(const std::string& name, const std::string& request_id,
             CommandClass priority = CommandClass::kInteractive,
             absl::Duration deadline = absl::InfiniteDuration()) {
  Command command;
  command.name = name;
  command.request_id = request_id;
  command.priority = priority;
  command.deadline = deadline;
  return command;
}

TEST(CommandQueue, OneOfAKeyAtATimeInOrder) {
  CommandQueue queue;
  queue.Push(Make("accounts/a", "1"));
  queue.Push(Make("accounts/a/orders/x", "2"));
  queue.Push(Make("accounts/b", "3"));
  EXPECT_EQ(queue.Pop()->request_id, "1");
  EXPECT_EQ(queue.Pop()->request_id, "3");
  EXPECT_FALSE(queue.Pop().has_value());
  queue.Release("a");
  EXPECT_EQ(queue.Pop()->request_id, "2");
}

TEST(CommandQueue, InteractiveBeforeSystemBeforeBatch) {
  CommandQueue queue;
  queue.Push(Make("accounts/a", "batch", CommandClass::kBatch));
  queue.Push(Make("accounts/b", "system", CommandClass::kSystem));
  queue.Push(Make("accounts/c", "person"));
  EXPECT_EQ(queue.Pop()->request_id, "person");
  EXPECT_EQ(queue.Pop()->request_id, "system");
  EXPECT_EQ(queue.Pop()->request_id, "batch");
}

TEST(CommandQueue, TakesOutWhatExpiredAndKeepsTheRestInOrder) {
  CommandQueue queue;
  queue.Push(Make("accounts/a", "1", CommandClass::kInteractive, absl::Seconds(1)));
  queue.Push(Make("accounts/a", "2"));
  queue.Push(Make("accounts/a", "3"));
  const auto expired = queue.TakeExpired(absl::Seconds(2));
  ASSERT_EQ(expired.size(), 1u);
  EXPECT_EQ(expired[0].request_id, "1");
  EXPECT_EQ(queue.waiting(), 2u);
  EXPECT_EQ(queue.Pop()->request_id, "2");
  EXPECT_FALSE(queue.Pop().has_value());
  queue.Release("a");
  EXPECT_EQ(queue.Pop()->request_id, "3");
}

TEST(CommandQueue, TakeAllKeepsBusyKeysBusy) {
  CommandQueue queue;
  queue.Push(Make("accounts/a", "1"));
  queue.Push(Make("accounts/a", "2"));
  ASSERT_TRUE(queue.Pop().has_value());
  EXPECT_EQ(queue.TakeAll().size(), 1u);
  EXPECT_EQ(queue.waiting(), 0u);
  queue.Push(Make("accounts/a", "3"));
  EXPECT_FALSE(queue.Pop().has_value());
  queue.Release("a");
  EXPECT_EQ(queue.Pop()->request_id, "3");
}

TEST(CommandQueue, WhatExpiredLeavesNoPlaceInTheOrder) {
  CommandQueue queue;
  queue.Push(Make("accounts/a", "1", CommandClass::kInteractive, absl::Seconds(1)));
  queue.Push(Make("accounts/c", "2", CommandClass::kInteractive, absl::Seconds(1)));
  queue.Push(Make("accounts/c", "3", CommandClass::kBatch));
  EXPECT_EQ(queue.TakeExpired(absl::Seconds(2)).size(), 2u);
  queue.Push(Make("accounts/b", "4"));
  queue.Push(Make("accounts/a", "5"));
  EXPECT_EQ(queue.Pop()->request_id, "4");
  EXPECT_EQ(queue.Pop()->request_id, "5");
  EXPECT_EQ(queue.Pop()->request_id, "3");
  EXPECT_FALSE(queue.Pop().has_value());
}

}  // namespace
}  // namespace crm::engine
