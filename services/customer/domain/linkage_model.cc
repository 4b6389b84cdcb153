#include "services/customer/domain/linkage_model.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/field_mask.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/read/linkage_kind.h"
#include "services/customer/read/linkage_tables.h"
#include "services/customer/read/linkage_training.h"

namespace crm::customer {
namespace {

using Event = LinkageModelModel::Event;

constexpr int64_t kPartsOfOne = 1'000'000'000;               // Of m and u.
constexpr int64_t kMatchRateParts = 1'000'000'000'000;       // Of lambda.
constexpr int64_t kMatchRatePartsMax = kMatchRateParts / 2;  // Else most pairs would be the same.

// Thresholds, m and u in parts per thousand: what is usual before anything was learnt.
struct LevelRow {
  int threshold;
  double m, u;
};
struct FieldRow {
  v1::LinkageAttribute attribute;
  v1::LinkageMethod method;
  bool term_frequency;
  std::initializer_list<LevelRow> levels;
};

const FieldRow kOfCustomers[] = {
    {v1::LINKAGE_ATTRIBUTE_NAME,
     v1::LINKAGE_METHOD_JARO_WINKLER,
     true,
     {{0, 600, 1}, {9'200, 200, 2}, {8'800, 80, 3}, {7'000, 70, 30}, {0, 50, 964}}},
    {v1::LINKAGE_ATTRIBUTE_TAX_ID,
     v1::LINKAGE_METHOD_DAMERAU_LEVENSHTEIN,
     false,
     {{0, 900, 0.001}, {1, 60, 0.01}, {0, 40, 999.989}}},
    {v1::LINKAGE_ATTRIBUTE_PHONE,
     v1::LINKAGE_METHOD_DAMERAU_LEVENSHTEIN,
     false,
     {{0, 700, 0.01}, {1, 80, 0.05}, {2, 20, 0.2}, {0, 200, 999.74}}},
    {v1::LINKAGE_ATTRIBUTE_EMAIL,
     v1::LINKAGE_METHOD_DAMERAU_LEVENSHTEIN,
     false,
     {{0, 600, 0.01}, {1, 80, 0.02}, {2, 30, 0.05}, {0, 290, 999.92}}},
    {v1::LINKAGE_ATTRIBUTE_ADDRESS,
     v1::LINKAGE_METHOD_JARO_WINKLER,
     false,
     {{0, 550, 0.05}, {9'200, 180, 1}, {8'800, 50, 2}, {7'000, 70, 30}, {0, 150, 966.95}}},
    {v1::LINKAGE_ATTRIBUTE_POSTAL_CODE,
     v1::LINKAGE_METHOD_DAMERAU_LEVENSHTEIN,
     false,
     {{0, 830, 1}, {1, 80, 10}, {0, 90, 989}}},
    {v1::LINKAGE_ATTRIBUTE_LOCALITY,
     v1::LINKAGE_METHOD_JARO_WINKLER,
     false,
     {{0, 880, 30}, {8'800, 50, 1}, {0, 70, 969}}},
    {v1::LINKAGE_ATTRIBUTE_BIRTH_DATE,
     v1::LINKAGE_METHOD_DAMERAU_LEVENSHTEIN,
     false,
     {{0, 900, 0.05}, {1, 60, 1}, {2, 20, 15}, {0, 20, 983.95}}},
    {v1::LINKAGE_ATTRIBUTE_WEB_HOST,
     v1::LINKAGE_METHOD_EXACT,
     false,
     {{0, 800, 0.1}, {0, 200, 999.9}}},
};
const FieldRow kOfContacts[] = {
    {v1::LINKAGE_ATTRIBUTE_NAME,
     v1::LINKAGE_METHOD_JARO_WINKLER,
     true,
     {{0, 700, 1}, {9'200, 150, 2}, {8'800, 50, 3}, {7'000, 50, 30}, {0, 50, 964}}},
    {v1::LINKAGE_ATTRIBUTE_PHONE,
     v1::LINKAGE_METHOD_DAMERAU_LEVENSHTEIN,
     false,
     {{0, 700, 0.02}, {1, 80, 0.05}, {2, 20, 0.2}, {0, 200, 999.73}}},
    {v1::LINKAGE_ATTRIBUTE_EMAIL,
     v1::LINKAGE_METHOD_DAMERAU_LEVENSHTEIN,
     false,
     {{0, 600, 0.01}, {1, 80, 0.02}, {2, 30, 0.05}, {0, 290, 999.92}}},
    {v1::LINKAGE_ATTRIBUTE_BIRTH_DATE,
     v1::LINKAGE_METHOD_DAMERAU_LEVENSHTEIN,
     false,
     {{0, 900, 0.05}, {1, 60, 1}, {2, 20, 15}, {0, 20, 983.95}}},
    {v1::LINKAGE_ATTRIBUTE_EMPLOYER,
     v1::LINKAGE_METHOD_EXACT,
     false,
     {{0, 700, 0.5}, {0, 300, 999.5}}},
};

std::span<const FieldRow> DefaultsOf(v1::LinkageRecordKind kind) {
  if (kind == v1::LINKAGE_RECORD_KIND_CONTACT) return kOfContacts;
  return kOfCustomers;
}

// By what they can be brought together besides the exact keys.
std::vector<v1::LinkageKeyKind> BlockingKeysOf(v1::LinkageRecordKind kind) {
  if (kind == v1::LINKAGE_RECORD_KIND_CONTACT) {
    return {v1::LINKAGE_KEY_KIND_NAME,       v1::LINKAGE_KEY_KIND_SPOKEN_NAME,
            v1::LINKAGE_KEY_KIND_PHONE_END,  v1::LINKAGE_KEY_KIND_EMAIL_LOCAL,
            v1::LINKAGE_KEY_KIND_BIRTH_DATE, v1::LINKAGE_KEY_KIND_EMPLOYER};
  }
  return {v1::LINKAGE_KEY_KIND_NAME,        v1::LINKAGE_KEY_KIND_SPOKEN_NAME,
          v1::LINKAGE_KEY_KIND_NAME_START,  v1::LINKAGE_KEY_KIND_NAME_END,
          v1::LINKAGE_KEY_KIND_ADDRESS,     v1::LINKAGE_KEY_KIND_PHONE_END,
          v1::LINKAGE_KEY_KIND_EMAIL_LOCAL, v1::LINKAGE_KEY_KIND_BIRTH_DATE};
}

// Those that one of the kind is also brought together by.
bool IsExactKeyOf(v1::LinkageRecordKind kind, int key) {
  if (kind == v1::LINKAGE_RECORD_KIND_CONTACT)
    return key == v1::LINKAGE_KEY_KIND_PHONE || key == v1::LINKAGE_KEY_KIND_EMAIL;
  return IsExactKey(static_cast<v1::LinkageKeyKind>(key));
}

template <class Range, class Value>
bool Contains(const Range& range, const Value& value) {
  return std::find(range.begin(), range.end(), value) != range.end();
}

int64_t PartsOf(double share) {
  const double parts = std::round(share * static_cast<double>(kPartsOfOne));
  return std::clamp<int64_t>(static_cast<int64_t>(parts), 1, kPartsOfOne - 1);
}

// What follows from an attribute that is alike.
std::vector<v1::LinkageAttribute> CoveredBy(v1::LinkageAttribute attribute) {
  if (attribute == v1::LINKAGE_ATTRIBUTE_ADDRESS)
    return {v1::LINKAGE_ATTRIBUTE_POSTAL_CODE, v1::LINKAGE_ATTRIBUTE_LOCALITY};
  if (attribute == v1::LINKAGE_ATTRIBUTE_POSTAL_CODE) return {v1::LINKAGE_ATTRIBUTE_LOCALITY};
  return {};
}

absl::Status CheckThreshold(v1::LinkageMethod method, int32_t threshold, int32_t before, bool first,
                            const std::string& field) {
  if (method == v1::LINKAGE_METHOD_EXACT)
    return base::Invalid(field, "must be 0: values are equal or not");
  if (method == v1::LINKAGE_METHOD_JARO_WINKLER) {
    if (threshold < 1 || threshold > 9'999 || (!first && threshold >= before))
      return base::Invalid(field, "must be 1 to 9,999, and less than the one before");
    return absl::OkStatus();
  }
  if (threshold < 1 || threshold > 10 || (!first && threshold <= before))
    return base::Invalid(field, "must be 1 to 10, and more than the one before");
  return absl::OkStatus();
}

absl::Status CheckLevels(const v1::LinkageField& field, const std::string& path) {
  const int count = field.levels_size();
  if (count < 2) return base::Invalid(path, "must be at least two");
  if (field.method() == v1::LINKAGE_METHOD_EXACT && count != 2)
    return base::Invalid(path, "must be two: equal, and anything else");
  for (int i = 0; i < count; ++i) {
    const v1::LinkageLevel& level = field.levels(i);
    const std::string at = absl::StrCat(path, "[", i, "]");
    const bool end = i == 0 || i == count - 1;
    if (end && level.threshold() != 0)
      return base::Invalid(absl::StrCat(at, ".threshold"), "must be 0 at the first and the last");
    if (!end) {
      const int32_t before = field.levels(i - 1).threshold();
      if (absl::Status s = CheckThreshold(field.method(), level.threshold(), before, i == 1,
                                          absl::StrCat(at, ".threshold"));
          !s.ok())
        return s;
    }
    if (level.same_parts() < 1 || level.same_parts() >= kPartsOfOne)
      return base::Invalid(absl::StrCat(at, ".same_parts"), "must be 1 to 999,999,999");
    if (level.other_parts() < 1 || level.other_parts() >= kPartsOfOne)
      return base::Invalid(absl::StrCat(at, ".other_parts"), "must be 1 to 999,999,999");
  }
  return absl::OkStatus();
}

absl::Status CheckFields(v1::LinkageRecordKind kind, const v1::LinkageModel& model) {
  std::set<v1::LinkageAttribute> allowed;
  for (const FieldRow& row : DefaultsOf(kind)) allowed.insert(row.attribute);
  if (model.fields().empty()) return base::Invalid("linkage_model.fields", "must be at least one");
  std::set<v1::LinkageAttribute> seen;
  for (int i = 0; i < model.fields_size(); ++i) {
    const v1::LinkageField& field = model.fields(i);
    const std::string path = absl::StrCat("linkage_model.fields[", i, "]");
    if (!allowed.contains(field.attribute()) || !seen.insert(field.attribute()).second)
      return base::Invalid(absl::StrCat(path, ".attribute"),
                           "must be one that the model compares, none twice");
    if (field.method() == v1::LINKAGE_METHOD_UNSPECIFIED ||
        !v1::LinkageMethod_IsValid(field.method()))
      return base::Invalid(absl::StrCat(path, ".method"), "must be one of the list");
    if (field.term_frequency() && field.attribute() != v1::LINKAGE_ATTRIBUTE_NAME)
      return base::Invalid(absl::StrCat(path, ".term_frequency"), "is only of names");
    if (absl::Status s = CheckLevels(field, absl::StrCat(path, ".levels")); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status CheckModel(v1::LinkageRecordKind kind, const v1::LinkageModel& model) {
  if (absl::Status s = CheckFields(kind, model); !s.ok()) return s;
  std::set<int> seen;
  for (int i = 0; i < model.blocking_keys_size(); ++i) {
    const int key = model.blocking_keys(i);
    const bool known = IsExactKeyOf(kind, key) || Contains(BlockingKeysOf(kind), key);
    if (!known || !seen.insert(key).second)
      return base::Invalid(absl::StrCat("linkage_model.blocking_keys[", i, "]"),
                           "must be one of the list, none twice");
  }
  if (model.match_rate_parts() < 1 || model.match_rate_parts() > kMatchRatePartsMax)
    return base::Invalid("linkage_model.match_rate_parts", "must be 1 to 500,000,000,000");
  if (model.suggest_bps() < 1 || model.suggest_bps() > 10'000)
    return base::Invalid("linkage_model.suggest_bps", "must be 1 to 10,000");
  if (model.show_bps() < 1 || model.show_bps() > 10'000)
    return base::Invalid("linkage_model.show_bps", "must be 1 to 10,000");
  if (model.block_size_max() < 2 || model.block_size_max() > 1'000)
    return base::Invalid("linkage_model.block_size_max", "must be 2 to 1,000");
  if (model.stretch_customers() < 1 || model.stretch_customers() > 1'000)
    return base::Invalid("linkage_model.stretch_customers", "must be 1 to 1,000");
  if (model.training_customers() < 100 || model.training_customers() > 10'000)
    return base::Invalid("linkage_model.training_customers", "must be 100 to 10,000");
  return absl::OkStatus();
}

}  // namespace

engine::Commands SeedLinkageModels() {
  engine::Commands commands;
  for (const auto kind : {v1::LINKAGE_RECORD_KIND_CUSTOMER, v1::LINKAGE_RECORD_KIND_CONTACT}) {
    auto create = std::make_unique<v1::CreateLinkageModelRequest>();
    create->set_linkage_model_id(std::string(base::LastIdOf(LinkageKindOf(kind).model)));
    FillInLinkageModel(kind, *create->mutable_linkage_model());
    commands.push_back(std::move(create));
  }
  return commands;
}

void FillInLinkageModel(v1::LinkageRecordKind kind, v1::LinkageModel& model) {
  if (model.fields().empty()) {
    for (const FieldRow& row : DefaultsOf(kind)) {
      v1::LinkageField& field = *model.add_fields();
      field.set_attribute(row.attribute);
      field.set_method(row.method);
      field.set_term_frequency(row.term_frequency);
      for (const LevelRow& of_level : row.levels) {
        v1::LinkageLevel& level = *field.add_levels();
        level.set_threshold(of_level.threshold);
        level.set_same_parts(PartsOf(of_level.m / 1'000));
        level.set_other_parts(PartsOf(of_level.u / 1'000));
      }
    }
  }
  if (model.blocking_keys().empty()) {
    for (const v1::LinkageKeyKind key : BlockingKeysOf(kind)) model.add_blocking_keys(key);
  }
  // People are recorded anew wherever they turn up.
  const bool contacts = kind == v1::LINKAGE_RECORD_KIND_CONTACT;
  if (model.match_rate_parts() == 0) model.set_match_rate_parts(contacts ? 5'000'000 : 1'000'000);
  if (model.suggest_bps() == 0) model.set_suggest_bps(9'000);
  if (model.show_bps() == 0) model.set_show_bps(5'000);
  if (model.block_size_max() == 0) model.set_block_size_max(100);
  if (model.stretch_customers() == 0) model.set_stretch_customers(500);
  if (model.training_customers() == 0) model.set_training_customers(2'000);
}

linkage::Model LinkageParametersOf(const v1::LinkageModel& model) {
  linkage::Model parameters;
  parameters.match_rate =
      static_cast<double>(model.match_rate_parts()) / static_cast<double>(kMatchRateParts);
  for (const v1::LinkageField& of : model.fields()) {
    linkage::Field& field = parameters.fields.emplace_back();
    field.method = of.method() == v1::LINKAGE_METHOD_JARO_WINKLER ? linkage::Method::kJaroWinkler
                   : of.method() == v1::LINKAGE_METHOD_DAMERAU_LEVENSHTEIN
                       ? linkage::Method::kDamerauLevenshtein
                       : linkage::Method::kExact;
    field.term_frequency = of.term_frequency();
    const double unit = field.method == linkage::Method::kJaroWinkler ? 10'000 : 1;
    for (const v1::LinkageLevel& level : of.levels()) {
      field.levels.push_back(
          {.threshold = level.threshold() / unit,
           .m = static_cast<double>(level.same_parts()) / static_cast<double>(kPartsOfOne),
           .u = static_cast<double>(level.other_parts()) / static_cast<double>(kPartsOfOne)});
    }
    for (const v1::LinkageAttribute covered : CoveredBy(of.attribute())) {
      for (int g = 0; g < model.fields_size(); ++g) {
        if (model.fields(g).attribute() == covered) field.covers.push_back(static_cast<size_t>(g));
      }
    }
  }
  return parameters;
}

void SetLinkageParameters(const linkage::Model& parameters, v1::LinkageModel& model) {
  const double rate = std::round(parameters.match_rate * static_cast<double>(kMatchRateParts));
  model.set_match_rate_parts(
      std::clamp<int64_t>(static_cast<int64_t>(rate), 1, kMatchRatePartsMax));
  for (int f = 0; f < model.fields_size(); ++f) {
    const linkage::Field& field = parameters.fields[static_cast<size_t>(f)];
    for (int l = 0; l < model.fields(f).levels_size(); ++l) {
      v1::LinkageLevel& level = *model.mutable_fields(f)->mutable_levels(l);
      level.set_same_parts(PartsOf(field.levels[static_cast<size_t>(l)].m));
      level.set_other_parts(PartsOf(field.levels[static_cast<size_t>(l)].u));
    }
  }
}

engine::Decision<LinkageModelModel> LinkageModelModel::Decide(
    const State&, const v1::CreateLinkageModelRequest& create, const engine::Context& context) {
  const LinkageKind& kind = LinkageKindOfModel(context.name);
  if (context.name != kind.model)
    return base::Invalid("linkage_model_id", "must be \"standard\" or \"contacts\"");
  Event event;
  v1::LinkageModel& model = *event.mutable_created()->mutable_linkage_model();
  model = create.linkage_model();
  FillInLinkageModel(kind.record_kind, model);
  if (absl::Status s = CheckModel(kind.record_kind, model); !s.ok()) return s;
  return event;
}

engine::Decision<LinkageModelModel> LinkageModelModel::Decide(
    const State& model, const v1::UpdateLinkageModelRequest& update,
    const engine::Context& context) {
  const v1::LinkageRecordKind kind = LinkageKindOfModel(context.name).record_kind;
  const auto meant = engine::ChangedFields(update.linkage_model(), update.update_mask(), model);
  if (!meant.ok()) return meant.status();
  State next = model;
  base::ApplyMask(*meant, update.linkage_model(), next);
  FillInLinkageModel(kind, next);
  if (absl::Status s = CheckModel(kind, next); !s.ok()) return s;
  if (google::protobuf::util::MessageDifferencer::Equals(next, model)) return std::nullopt;
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *meant;
  base::ApplyMask(*meant, next, *updated.mutable_linkage_model());
  return event;
}

LinkageTrainingFacts LinkageModelModel::Gather(const v1::TrainLinkageModelRequest& train,
                                               const engine::Context&,
                                               const engine::Snapshot& snapshot) {
  v1::LinkageModel model = snapshot.Get(kLinkageModels, train.name()).value_or(v1::LinkageModel());
  const LinkageKind& kind = LinkageKindOfModel(train.name());
  FillInLinkageModel(kind.record_kind, model);
  LinkageTrainingFacts facts;
  linkage::Model parameters = LinkageParametersOf(model);
  facts.training = LearnLinkage(kind, model, snapshot, parameters);
  facts.learnt = std::move(model);
  SetLinkageParameters(parameters, facts.learnt);
  return facts;
}

engine::Decision<LinkageModelModel> LinkageModelModel::Decide(const State& model,
                                                              const v1::TrainLinkageModelRequest&,
                                                              const engine::Context& context,
                                                              const LinkageTrainingFacts& facts) {
  if (facts.training.expected_match_millis() < kTrainingMatchesMin * 1'000)
    return base::Refused(v1::REASON_TOO_FEW_DUPLICATES, "too few are alike to learn from");
  Event event;
  auto& trained = *event.mutable_trained();
  *trained.mutable_fields() = facts.learnt.fields();
  trained.set_match_rate_parts(facts.learnt.match_rate_parts());
  *trained.mutable_training() = facts.training;
  *trained.mutable_training()->mutable_train_time() = base::TimestampOf(context.time);
  trained.mutable_training()->set_number(model.training().number() + 1);
  return event;
}

void LinkageModelModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().linkage_model();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().linkage_model(), state);
      return;
    case Event::kTrained:
      *state.mutable_fields() = event.trained().fields();
      state.set_match_rate_parts(event.trained().match_rate_parts());
      *state.mutable_training() = event.trained().training();
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
