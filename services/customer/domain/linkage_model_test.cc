#include "services/customer/domain/linkage_model.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/testing/decisions.h"
#include "services/customer/read/linkage_test_helpers.h"
#include "services/customer/read/linkage_training.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::ParseText;
using testing::WordOf;

engine::Context Standard() {
  engine::Context context = FixedContext<LinkageModelModel>();
  context.name = kStandardLinkageModel;
  return context;
}

constexpr char kLevels[] =
    "levels { same_parts: 900000000 other_parts: 1000 } "
    "levels { same_parts: 100000000 other_parts: 999999000 }";

std::string Field(const std::string& more) {
  return absl::StrCat("linkage_model { fields { ", more, " } }");
}
std::string Phone(const std::string& more) {
  return Field(absl::StrCat(
      "attribute: LINKAGE_ATTRIBUTE_PHONE method: LINKAGE_METHOD_DAMERAU_LEVENSHTEIN ", more));
}

TEST(CreateLinkageModel, WritesTheDefaultsDown) {
  v1::CreateLinkageModelRequest create;
  const auto decided = LinkageModelModel::Decide({}, create, Standard());
  ASSERT_THAT(decided, testing::IsOk());
  v1::LinkageModel model;
  LinkageModelModel::Evolve(model, **decided);
  EXPECT_EQ(model.fields_size(), 9);
  EXPECT_EQ(model.blocking_keys_size(), 8);
  EXPECT_EQ(model.match_rate_parts(), 1'000'000);
  EXPECT_EQ(model.suggest_bps(), 9'000);
  EXPECT_EQ(model.show_bps(), 5'000);
  EXPECT_EQ(model.block_size_max(), 100);
  EXPECT_EQ(model.training_customers(), 2'000);
  EXPECT_EQ(model.stretch_customers(), 500);
  for (const v1::LinkageField& field : model.fields()) {
    int64_t same = 0, other = 0;
    for (const v1::LinkageLevel& level : field.levels()) {
      same += level.same_parts();
      other += level.other_parts();
    }
    EXPECT_NEAR(static_cast<double>(same), 1e9, 5e6) << field.attribute();
    EXPECT_NEAR(static_cast<double>(other), 1e9, 5e6) << field.attribute();
  }
  const engine::Commands seed = SeedLinkageModels();
  ASSERT_EQ(seed.size(), 2);
  EXPECT_EQ(static_cast<const v1::CreateLinkageModelRequest&>(*seed[0]).linkage_model_id(),
            "standard");
  EXPECT_EQ(static_cast<const v1::CreateLinkageModelRequest&>(*seed[1]).linkage_model_id(),
            "contacts");
}

TEST(CreateLinkageModel, OfContactsComparesWhatContactsHave) {
  engine::Context context = FixedContext<LinkageModelModel>();
  context.name = kContactLinkageModel;
  const auto decided = LinkageModelModel::Decide({}, v1::CreateLinkageModelRequest(), context);
  ASSERT_THAT(decided, testing::IsOk());
  v1::LinkageModel model;
  LinkageModelModel::Evolve(model, **decided);
  ASSERT_EQ(model.fields_size(), 5);
  EXPECT_EQ(model.fields(4).attribute(), v1::LINKAGE_ATTRIBUTE_EMPLOYER);
  EXPECT_EQ(model.blocking_keys_size(), 6);
  const auto word = [&](const std::string& update) {
    return WordOf(LinkageModelModel::Decide(model, ParseText<v1::UpdateLinkageModelRequest>(update),
                                            context));
  };
  EXPECT_EQ(word(Field(absl::StrCat("attribute: LINKAGE_ATTRIBUTE_TAX_ID method: "
                                    "LINKAGE_METHOD_EXACT ",
                                    kLevels))),
            "!field:linkage_model.fields[0].attribute");
  EXPECT_EQ(word("linkage_model { blocking_keys: LINKAGE_KEY_KIND_ADDRESS }"),
            "!field:linkage_model.blocking_keys[0]");
  EXPECT_EQ(word("linkage_model { blocking_keys: LINKAGE_KEY_KIND_EMPLOYER }"), "updated");
}

TEST(CreateLinkageModel, RefusesWhatMakesNoModel) {
  CheckDecisions<LinkageModelModel, v1::CreateLinkageModelRequest>(
      {
          {"no attribute", {}, Field(kLevels), "!field:linkage_model.fields[0].attribute"},
          {"an attribute twice",
           {},
           absl::StrCat("linkage_model { fields { attribute: LINKAGE_ATTRIBUTE_WEB_HOST method: "
                        "LINKAGE_METHOD_EXACT ",
                        kLevels,
                        " } fields { attribute: LINKAGE_ATTRIBUTE_WEB_HOST method: "
                        "LINKAGE_METHOD_EXACT ",
                        kLevels, " } }"),
           "!field:linkage_model.fields[1].attribute"},
          {"no method",
           {},
           Field(absl::StrCat("attribute: LINKAGE_ATTRIBUTE_PHONE ", kLevels)),
           "!field:linkage_model.fields[0].method"},
          {"frequencies of what is no name",
           {},
           Phone(absl::StrCat("term_frequency: true ", kLevels)),
           "!field:linkage_model.fields[0].term_frequency"},
          {"one level",
           {},
           Phone("levels { same_parts: 1 other_parts: 1 }"),
           "!field:linkage_model.fields[0].levels"},
          {"three of equal or not",
           {},
           Field(absl::StrCat(
               "attribute: LINKAGE_ATTRIBUTE_PHONE method: LINKAGE_METHOD_EXACT levels {} ",
               kLevels)),
           "!field:linkage_model.fields[0].levels"},
          {"a threshold at the end",
           {},
           Phone("levels { same_parts: 1 other_parts: 1 } "
                 "levels { threshold: 1 same_parts: 1 other_parts: 1 }"),
           "!field:linkage_model.fields[0].levels[1].threshold"},
          {"edits that do not rise",
           {},
           Phone("levels { same_parts: 1 other_parts: 1 } "
                 "levels { threshold: 2 same_parts: 1 other_parts: 1 } "
                 "levels { threshold: 2 same_parts: 1 other_parts: 1 } "
                 "levels { same_parts: 1 other_parts: 1 }"),
           "!field:linkage_model.fields[0].levels[2].threshold"},
          {"similarities that do not fall",
           {},
           Field("attribute: LINKAGE_ATTRIBUTE_EMAIL method: LINKAGE_METHOD_JARO_WINKLER "
                 "levels { same_parts: 1 other_parts: 1 } "
                 "levels { threshold: 8800 same_parts: 1 other_parts: 1 } "
                 "levels { threshold: 9200 same_parts: 1 other_parts: 1 } "
                 "levels { same_parts: 1 other_parts: 1 }"),
           "!field:linkage_model.fields[0].levels[2].threshold"},
      },
      Standard());
}

TEST(CreateLinkageModel, RefusesParametersThatAreNone) {
  CheckDecisions<LinkageModelModel, v1::CreateLinkageModelRequest>(
      {
          {"m of nothing",
           {},
           Phone("levels { other_parts: 1 } levels { same_parts: 1 other_parts: 1 }"),
           "!field:linkage_model.fields[0].levels[0].same_parts"},
          {"u of all",
           {},
           Phone("levels { same_parts: 1 other_parts: 1000000000 } "
                 "levels { same_parts: 1 other_parts: 1 }"),
           "!field:linkage_model.fields[0].levels[0].other_parts"},
      },
      Standard());
}

TEST(CreateLinkageModel, RefusesNumbersOutOfBounds) {
  CheckDecisions<LinkageModelModel, v1::CreateLinkageModelRequest>(
      {
          {"a key for samples",
           {},
           "linkage_model { blocking_keys: LINKAGE_KEY_KIND_SAMPLE }",
           "!field:linkage_model.blocking_keys[0]"},
          {"a key twice",
           {},
           "linkage_model { blocking_keys: LINKAGE_KEY_KIND_NAME "
           "blocking_keys: LINKAGE_KEY_KIND_NAME }",
           "!field:linkage_model.blocking_keys[1]"},
          {"more matches than others",
           {},
           "linkage_model { match_rate_parts: 500000000001 }",
           "!field:linkage_model.match_rate_parts"},
          {"no probability",
           {},
           "linkage_model { suggest_bps: 10001 }",
           "!field:linkage_model.suggest_bps"},
          {"less than none", {}, "linkage_model { show_bps: -1 }", "!field:linkage_model.show_bps"},
          {"a block of one",
           {},
           "linkage_model { block_size_max: 1 }",
           "!field:linkage_model.block_size_max"},
          {"a stretch of too many",
           {},
           "linkage_model { stretch_customers: 1001 }",
           "!field:linkage_model.stretch_customers"},
          {"a sample of few",
           {},
           "linkage_model { training_customers: 99 }",
           "!field:linkage_model.training_customers"},
      },
      Standard());
  v1::CreateLinkageModelRequest create;
  EXPECT_EQ(WordOf(LinkageModelModel::Decide({}, create, FixedContext<LinkageModelModel>())),
            "!field:linkage_model_id");
}

TEST(UpdateLinkageModel, Rules) {
  v1::LinkageModelEvent created;
  FillInLinkageModel(v1::LINKAGE_RECORD_KIND_CUSTOMER,
                     *created.mutable_created()->mutable_linkage_model());
  const std::string made = created.ShortDebugString();
  CheckDecisions<LinkageModelModel, v1::UpdateLinkageModelRequest>(
      {
          {"changes what is meant",
           {made},
           "linkage_model { suggest_bps: 9500 } update_mask { paths: 'suggest_bps' }",
           "updated { changed { paths: 'suggest_bps' } linkage_model { suggest_bps: 9500 } }"},
          {"is quiet when it is so",
           {made},
           "linkage_model { suggest_bps: 9000 } update_mask { paths: 'suggest_bps' }",
           ""},
          {"refuses what makes no model",
           {made},
           "linkage_model { block_size_max: 1001 } update_mask { paths: 'block_size_max' }",
           "!field:linkage_model.block_size_max"},
      },
      Standard());
}

// People and firms, one in five recorded twice with an error.
void Fill(LinkageBook& book, int customers, int twice_every) {
  const std::vector<std::string> family = {"张", "王", "李", "赵", "陈",
                                           "杨", "吴", "周", "徐", "孙"};
  const std::vector<std::string> given = {"伟", "敏", "静", "丽", "强",
                                          "磊", "军", "洋", "勇", "艳"};
  for (int i = 0; i < customers; ++i) {
    const auto u = static_cast<size_t>(i);
    const std::string name = absl::StrCat(family[u % 10], given[u / 10 % 10], given[u / 100 % 10]);
    const auto fields = [&](const std::string& called, int phone_end) {
      return absl::StrCat(
          "kind: CUSTOMER_KIND_PERSON display_name: '", called, "' personal { phones: '+86139",
          10'000'000 + i * 7'919, phone_end, "' emails: 'm", i * 31 % 977, "x", i,
          "@mail.example' birth_date { year: ", 1950 + i % 50, " month: ", 1 + i % 12,
          " day: ", 1 + i % 28, " } addresses { country_code: 'CN' locality: '杭州' lines: '文",
          given[u % 7], "路", i, "号' } }");
    };
    book.Put(absl::StrCat("c", i), fields(name, 1));
    if (i % twice_every == 0) book.Put(absl::StrCat("d", i), fields(name + given[u % 3], i % 10));
  }
}

TEST(TrainLinkageModel, LearnsFromTheBookWithoutBeingTold) {
  LinkageBook book;
  Fill(book, 600, 5);
  v1::TrainLinkageModelRequest train;
  train.set_name(kStandardLinkageModel);
  const auto facts = LinkageModelModel::Gather(train, Standard(), book.rows());
  EXPECT_EQ(facts.training.customer_count(), 720);
  EXPECT_EQ(facts.training.sampled_customer_count(), 720);
  EXPECT_GT(facts.training.expected_match_millis(), 100'000);
  const auto decided = LinkageModelModel::Decide(book.model(), train, Standard(), facts);
  ASSERT_THAT(decided, testing::IsOk());
  ASSERT_TRUE(decided->has_value());
  v1::LinkageModel trained = book.model();
  LinkageModelModel::Evolve(trained, **decided);
  EXPECT_EQ(trained.training().number(), 1);
  EXPECT_EQ(trained.training().train_time().seconds(), 1'772'445'600);
  // 120 pairs of 720 * 719 / 2 are the same.
  EXPECT_NEAR(static_cast<double>(trained.match_rate_parts()) / 1e12, 120.0 / (720 * 719 / 2),
              1e-4);
  EXPECT_EQ(WordOf(LinkageModelModel::Decide(
                trained, ParseText<v1::UpdateLinkageModelRequest>("linkage_model {}"), Standard())),
            "")
      << "what was learnt is a model";
  // Said again of the same book, the same is learnt.
  const auto again = LinkageModelModel::Gather(train, Standard(), book.rows());
  EXPECT_EQ(again.learnt.SerializeAsString(), facts.learnt.SerializeAsString());
}

TEST(TrainLinkageModel, RefusesWhereHardlyAnybodyIsRecordedTwice) {
  LinkageBook book;
  Fill(book, 100, 60);
  v1::TrainLinkageModelRequest train;
  train.set_name(kStandardLinkageModel);
  const auto facts = LinkageModelModel::Gather(train, Standard(), book.rows());
  EXPECT_EQ(WordOf(LinkageModelModel::Decide(book.model(), train, Standard(), facts)),
            "!TOO_FEW_DUPLICATES");
  LinkageBook empty;
  const auto none = LinkageModelModel::Gather(train, Standard(), empty.rows());
  EXPECT_EQ(WordOf(LinkageModelModel::Decide(empty.model(), train, Standard(), none)),
            "!TOO_FEW_DUPLICATES");
}

TEST(TrainLinkageModel, Rules) {
  const auto facts = [](int64_t matches_millis) {
    LinkageTrainingFacts learnt;
    learnt.learnt = ParseText<v1::LinkageModel>(absl::StrCat(
        "match_rate_parts: 5 fields { attribute: LINKAGE_ATTRIBUTE_PHONE ", kLevels, " }"));
    learnt.training.set_customer_count(720);
    learnt.training.set_expected_match_millis(matches_millis);
    return learnt;
  };
  const auto trained = [&](int number) {
    return absl::StrCat(
        "trained { match_rate_parts: 5 fields { attribute: LINKAGE_ATTRIBUTE_PHONE ", kLevels,
        " } training { customer_count: 720 expected_match_millis: 20000 number: ", number,
        " train_time { seconds: 1772445600 } } }");
  };
  const std::string made = "created { linkage_model {} }";
  CheckDecisions<LinkageModelModel, v1::TrainLinkageModelRequest>(
      {
          {"records what was learnt", {made}, "", trained(1)},
          {"is never quiet: the book may have changed", {made, trained(1)}, "", trained(2)},
      },
      Standard(), facts(20'000));
  CheckDecisions<LinkageModelModel, v1::TrainLinkageModelRequest>(
      {{"refuses too few to learn from", {made}, "", "!TOO_FEW_DUPLICATES"}}, Standard(),
      facts(19'999));
}

TEST(LinkageParameters, ComeBackAsTheyWere) {
  v1::LinkageModel model;
  FillInLinkageModel(v1::LINKAGE_RECORD_KIND_CUSTOMER, model);
  v1::LinkageModel back = model;
  SetLinkageParameters(LinkageParametersOf(model), back);
  EXPECT_EQ(back.SerializeAsString(), model.SerializeAsString());
}

}  // namespace
}  // namespace crm::customer
