// Each fact of each aggregate is a message, is parsed, and changes the state it is folded into.
#include "gtest/gtest.h"
#include "libs/engine/fold.h"
#include "tests/contract/protos.h"
#include "tests/contract/samples.h"
#include "tests/contract/services.h"

namespace crm::contract {
namespace {

using engine::AggregateDef;
using engine::MessagePtr;
using google::protobuf::FieldDescriptor;

constexpr absl::Time kTime = absl::FromUnixSeconds(1'767'000'000);

// Name of an aggregate of this pattern with "x1" at each variable.
std::string NameOf(const AggregateDef& aggregate) {
  const std::string pattern = PatternOf(*aggregate.state->GetDescriptor());
  std::string name;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '{') {
      name += "x1";
      i = pattern.find('}', i);
    } else {
      name += pattern[i];
    }
  }
  return name;
}

MessagePtr EventWith(const AggregateDef& aggregate, const FieldDescriptor& fact) {
  MessagePtr event = engine::NewOf(*aggregate.event);
  event->GetReflection()->MutableMessage(event.get(), &fact);
  return event;
}

// Calls `check` for each fact of each aggregate of each service.
void ForEachFact(const std::function<void(const AggregateDef&, const FieldDescriptor&)>& check) {
  int facts = 0;
  for (const ContractService& service : Services()) {
    const engine::ServiceDef def = DefinitionOf(service);
    for (const auto& aggregate : def.aggregates) {
      for (int i = 0; i < aggregate->facts->field_count(); ++i) {
        SCOPED_TRACE(aggregate->facts->field(i)->full_name());
        check(*aggregate, *aggregate->facts->field(i));
        ++facts;
      }
    }
  }
  EXPECT_GT(facts, 0);
}

TEST(Events, EveryEventIsAOneofOfMessagesAndNothingElse) {
  ForEachFact([](const AggregateDef& aggregate, const FieldDescriptor& fact) {
    ASSERT_NE(fact.message_type(), nullptr);
    EXPECT_EQ(aggregate.facts->name(), "event");
    EXPECT_EQ(aggregate.event->GetDescriptor()->field_count(), aggregate.facts->field_count());
  });
}

TEST(Events, EveryFactEvenEmptyIsParsedAndFoldedOnNothing) {
  ForEachFact([](const AggregateDef& aggregate, const FieldDescriptor& fact) {
    const MessagePtr event = EventWith(aggregate, fact);
    auto parsed = engine::ParseEvent(aggregate, event->SerializeAsString());
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(engine::FactType(aggregate, **parsed), fact.message_type()->full_name());
    const engine::Folded folded =
        engine::FoldEvent(aggregate, {engine::NewOf(*aggregate.state), 0}, NameOf(aggregate), kTime,
                          *std::move(parsed), "");
    const auto& state = *folded.after.state;
    EXPECT_EQ(folded.after.revision, 1);
    EXPECT_EQ(state.GetReflection()->GetString(state, aggregate.shape.name), NameOf(aggregate));
    EXPECT_EQ(state.GetReflection()->GetString(state, aggregate.shape.etag), engine::EtagOf(1));
    EXPECT_EQ(engine::UpdateTime(aggregate, state), kTime);
  });
}

// An event without a fact is one that a later program wrote: it must not pass as nothing.
TEST(Events, AnEventWithoutAKnownFactIsRefused) {
  ForEachFact([](const AggregateDef& aggregate, const FieldDescriptor&) {
    EXPECT_FALSE(engine::ParseEvent(aggregate, "").ok());
    EXPECT_FALSE(engine::ParseEvent(aggregate, "\xfa\x3f\x00").ok()) << "field 1023, unknown";
  });
}

// Of two states at least one: a fact may say what the other is already.
TEST(Events, EveryFactChangesTheState) {
  ForEachFact([](const AggregateDef& aggregate, const FieldDescriptor& fact) {
    const auto& type = *aggregate.state->GetDescriptor();
    MessagePtr event = EventWith(aggregate, fact);
    FillSample(*event, 2, type);
    bool changes = false;
    for (const int variant : {1, 3}) {
      MessagePtr before = engine::NewOf(*aggregate.state);
      FillSample(*before, variant, type);
      const auto folded = [&] {
        const MessagePtr state = engine::NewOf(*before);
        state->CopyFrom(*before);
        aggregate.evolve(*state, *event);
        return state->SerializeAsString();
      };
      changes = changes || folded() != before->SerializeAsString();
      EXPECT_EQ(folded(), folded()) << "folds differently twice";
    }
    EXPECT_TRUE(changes) << "is not folded";
  });
}

}  // namespace
}  // namespace crm::contract
