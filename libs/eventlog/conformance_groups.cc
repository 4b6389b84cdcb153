// Conformance: the ownership group and the group readers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "libs/eventlog/conformance.h"

namespace crm::eventlog {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using ::testing::UnorderedElementsAreArray;

// What one member of the ownership group has been told.
struct Member {
  std::unique_ptr<Ownership> ownership;
  std::set<int> owned;

  void Poll() {
    std::vector<OwnershipEvent> events;
    ownership->Poll(events);
    for (const OwnershipEvent& event : events) {
      if (event.kind == OwnershipEvent::Kind::kAssigned) {
        EXPECT_TRUE(owned.insert(event.partition).second) << "assigned twice: " << event.partition;
      } else {
        EXPECT_EQ(owned.erase(event.partition), 1u)
            << "revoked but not assigned: " << event.partition;
      }
    }
  }
};

TEST_P(EventLogConformance, TheOnlyMemberGetsAllPartitions) {
  const std::string topic = MakeTopic("owned", 4);
  Member member{Join(topic, "one"), {}};
  Until("all are assigned", [&] {
    member.Poll();
    return member.owned.size() == 4;
  });
  EXPECT_THAT(member.owned, ElementsAre(0, 1, 2, 3));
  EXPECT_GT(member.ownership->SessionTimeout(), absl::ZeroDuration());
}

TEST_P(EventLogConformance, HeartbeatsGoOn) {
  const std::string topic = MakeTopic("heart", 1);
  Member member{Join(topic, "one"), {}};
  Until("it is assigned", [&] {
    member.Poll();
    return member.owned.size() == 1;
  });
  const absl::Duration first = member.ownership->LastHeartbeat();
  if (first == absl::InfiniteDuration()) return;  // Nobody else can take it.
  Until("another heartbeat was answered", [&] {
    member.Poll();
    const absl::Duration last = member.ownership->LastHeartbeat();
    EXPECT_LE(last, under().clock->SinceBoot()) << "it counts from the sending";
    return last > first && last + member.ownership->SessionTimeout() > under().clock->SinceBoot();
  });
}

TEST_P(EventLogConformance, JoiningIsAnnounced) {
  const std::string topic = MakeTopic("owner-wake", 2);
  Member member{Join(topic, "one"), {}};
  EXPECT_TRUE(UntilWoken("the member is woken", [&] {
    member.Poll();
    return member.owned.size() == 2;
  }));
}

TEST_P(EventLogSharing, MembersShareThePartitions) {
  const std::string topic = MakeTopic("shared", 4);
  const auto other = OpenAnother();
  Member one{Join(topic, "one"), {}};
  Until("the first has all", [&] {
    one.Poll();
    return one.owned.size() == 4;
  });
  {
    Member two{Join(topic, "two", other.get()), {}};
    Until("each has its half", [&] {
      one.Poll();
      two.Poll();
      return one.owned.size() == 2 && two.owned.size() == 2;
    });
    for (const int partition : two.owned) EXPECT_EQ(one.owned.count(partition), 0u);
  }
  Until("the first has all again", [&] {
    one.Poll();
    return one.owned.size() == 4;
  });
}

TEST_P(EventLogConformance, AGroupReadsAllItsTopics) {
  const std::string a = MakeTopic("group-a", 2);
  const std::string b = MakeTopic("group-b", 1);
  Put(a, 0, {"a0", "a1"});
  Put(b, 0, {"b0"});
  const auto group = OpenGroup("all", {a, b});
  GroupLog got;
  Until("what was there comes", [&] {
    PollGroup(*group, got);
    return got.records.size() >= 3 && got.assignments.size() >= 3;
  });
  std::set<std::pair<std::string, int>> assigned;
  for (const GroupAssignment& assignment : got.assignments) {
    EXPECT_TRUE(assignment.assigned);
    EXPECT_EQ(assignment.next, 0);
    EXPECT_EQ(assignment.metadata, "");
    EXPECT_TRUE(assigned.emplace(assignment.topic, assignment.partition).second);
  }
  EXPECT_EQ(assigned.size(), 3u);
  Put(a, 1, {"a2"});
  Until("what is new comes", [&] {
    PollGroup(*group, got);
    return got.records.size() >= 4;
  });
  EXPECT_THAT(got.Values(), UnorderedElementsAre("a0", "a1", "b0", "a2"));
  for (const auto& [topic, record] : got.records) {
    EXPECT_EQ(topic, record.value[0] == 'a' ? a : b);
    EXPECT_EQ(record.partition, record.value == "a2" ? 1 : 0);
  }
}

TEST_P(EventLogConformance, AGroupGoesOnFromItsCommit) {
  const std::string topic = MakeTopic("commit", 2);
  Put(topic, 0, {"a", "b", "c"});
  Put(topic, 1, {"x"});
  {
    const auto group = OpenGroup("commits", {topic});
    GroupLog got;
    Until("all come", [&] {
      PollGroup(*group, got);
      return got.records.size() >= 4;
    });
    ASSERT_TRUE(group->Commit(topic, 0, 1, "early").ok());
    ASSERT_TRUE(group->Commit(topic, 0, 2, "fence=7 größer").ok());
    for (const std::string& bad : {std::string(1'001, 'm'), std::string("\x08\x01\x10\x89")})
      EXPECT_TRUE(absl::IsInvalidArgument(group->Commit(topic, 1, 1, bad)));
  }
  Reopen();
  const auto group = OpenGroup("commits", {topic});
  GroupLog got;
  Until("the rest comes", [&] {
    PollGroup(*group, got);
    return got.records.size() >= 2 && got.assignments.size() >= 2;
  });
  EXPECT_THAT(got.Values(), UnorderedElementsAre("c", "x")) << "what was not committed comes again";
  ASSERT_EQ(got.assignments.size(), 2u);
  for (const GroupAssignment& assignment : got.assignments) {
    const bool committed = assignment.partition == 0;
    EXPECT_EQ(assignment.next, committed ? 2 : 0);
    EXPECT_EQ(assignment.metadata, committed ? "fence=7 größer" : "");
  }
}

TEST_P(EventLogConformance, GroupsDoNotKnowOfEachOther) {
  const std::string topic = MakeTopic("groups", 1);
  Put(topic, 0, {"a", "b"});
  {
    const auto group = OpenGroup("one", {topic});
    GroupLog got;
    Until("all come", [&] {
      PollGroup(*group, got);
      return got.records.size() >= 2;
    });
    ASSERT_TRUE(group->Commit(topic, 0, 2, "done").ok());
  }
  const auto group = OpenGroup("two", {topic});
  GroupLog got;
  Until("all come again", [&] {
    PollGroup(*group, got);
    return got.records.size() >= 2;
  });
  EXPECT_THAT(got.Values(), ElementsAre("a", "b"));
}

TEST_P(EventLogConformance, APausedPartitionWaits) {
  const std::string topic = MakeTopic("pause", 2);
  Put(topic, 0, {"p0"});
  const auto group = OpenGroup("pauses", {topic});
  GroupLog got;
  Until("the first comes", [&] {
    PollGroup(*group, got);
    return got.records.size() >= 1 && got.assignments.size() >= 2;
  });
  group->Pause(topic, 0);
  Put(topic, 0, {"p1", "p2"});
  for (int i = 0; i < 5; ++i) {  // The other goes on meanwhile.
    Put(topic, 1, {"q" + std::to_string(i)});
    const size_t before = got.records.size();
    Until("the other partition's comes", [&] {
      PollGroup(*group, got);
      return got.records.size() > before;
    });
  }
  EXPECT_THAT(got.Values(), ElementsAre("p0", "q0", "q1", "q2", "q3", "q4"));
  group->Resume(topic, 0);
  Until("the paused come", [&] {
    PollGroup(*group, got);
    return got.records.size() >= 8;
  });
  EXPECT_EQ(got.records.size(), 8u);
  EXPECT_EQ(got.records[6].second.value, "p1");
  EXPECT_EQ(got.records[7].second.value, "p2");
}

TEST_P(EventLogConformance, AGroupIsWokenByEachArrival) {
  const std::string topic = MakeTopic("group-wake", 2);
  const auto group = OpenGroup("woken", {topic});
  GroupLog got;
  ASSERT_TRUE(UntilWoken("the assignment is announced", [&] {
    PollGroup(*group, got);
    return got.assignments.size() == 2;
  }));
  for (int i = 0; i < 20; ++i) {
    Put(topic, i % 2, {std::to_string(i)});
    ASSERT_TRUE(UntilWoken("the group is woken", [&] {
      size_t before = 0;
      do {
        before = got.records.size();
        PollGroup(*group, got);
      } while (got.records.size() > before);
      return got.records.size() == static_cast<size_t>(i) + 1;
    }));
  }
}

// Applies what came to the positions of one reader of a group.
void Track(const std::vector<GroupAssignment>& events, std::set<int>& held) {
  held.clear();
  for (const GroupAssignment& event : events) {
    if (event.assigned) {
      held.insert(event.partition);
    } else {
      held.erase(event.partition);
    }
  }
}

TEST_P(EventLogSharing, ReadersOfAGroupShareItsPartitions) {
  const std::string topic = MakeTopic("group-shared", 4);
  const auto other = OpenAnother();
  const auto one = OpenGroup("shared", {topic});
  auto two = OpenGroup("shared", {topic}, other.get());
  GroupLog got_one;
  GroupLog got_two;
  std::set<int> held_one;
  std::set<int> held_two;
  const auto poll = [&] {
    PollGroup(*one, got_one);
    if (two != nullptr) PollGroup(*two, got_two);
    Track(got_one.assignments, held_one);
    Track(got_two.assignments, held_two);
  };
  Until("each has its half", [&] {
    poll();
    return held_one.size() == 2 && held_two.size() == 2;
  });
  for (const int partition : held_two) EXPECT_EQ(held_one.count(partition), 0u);
  std::vector<std::string> values;
  for (int i = 0; i < 4; ++i) {
    values.push_back("v" + std::to_string(i));
    Put(topic, i, {values.back()});
  }
  Until("all come, to one or the other", [&] {
    poll();
    return got_one.records.size() + got_two.records.size() >= 4;
  });
  std::vector<std::string> both = got_one.Values();
  for (const std::string& value : got_two.Values()) both.push_back(value);
  EXPECT_THAT(both, UnorderedElementsAreArray(values));
  const int handed_over = *held_two.begin();
  ASSERT_TRUE(two->Commit(topic, handed_over, 1, "mine").ok());
  two.reset();
  const size_t before = got_one.assignments.size();
  Until("the first has all", [&] {
    PollGroup(*one, got_one);
    Track(got_one.assignments, held_one);
    return held_one.size() == 4 && got_one.assignments.size() > before;
  });
  const auto last =
      std::find_if(got_one.assignments.rbegin(), got_one.assignments.rend(),
                   [&](const GroupAssignment& event) { return event.partition == handed_over; });
  ASSERT_NE(last, got_one.assignments.rend());
  EXPECT_EQ(last->next, 1);
  EXPECT_EQ(last->metadata, "mine");
}

}  // namespace
}  // namespace crm::eventlog
