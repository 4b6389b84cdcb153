// The protos against the API Improvement Proposals, by number (https://google.aip.dev/<number>).
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <regex>
#include <set>

#include "gmock/gmock.h"
#include "google/api/resource.pb.h"
#include "google/type/date.pb.h"
#include "gtest/gtest.h"
#include "libs/base/resource_name.h"
#include "tests/contract/protos.h"

namespace crm::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using ::testing::IsEmpty;

// What was so then, and what was known then: the suite's words, in requests and answers.
bool IsMoment(const FieldDescriptor& field) {
  return field.name() == "as_of" || field.name() == "known_at";
}

bool IsString(const FieldDescriptor* field) {
  return field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated();
}
bool IsType(const FieldDescriptor* field, const std::string& message) {
  return field != nullptr && field->message_type() != nullptr && !field->is_repeated() &&
         field->message_type()->full_name() == message;
}
bool IsInt32(const FieldDescriptor* field) {
  return field != nullptr && field->type() == FieldDescriptor::TYPE_INT32 && !field->is_repeated();
}
bool IsBool(const FieldDescriptor* field) {
  return field != nullptr && field->type() == FieldDescriptor::TYPE_BOOL && !field->is_repeated();
}
bool IsResource(const Descriptor& message) { return !PatternOf(message).empty(); }
bool IsNested(const Descriptor& resource) {
  return PatternOf(resource).find('}') != PatternOf(resource).rfind('}');
}
bool StartsWith(const std::string& text, const std::string& start) {
  return text.rfind(start, 0) == 0;
}
// "tierPlans" of the resource TierPlan.
std::string PluralOf(const Descriptor& resource) {
  return resource.options().GetExtension(google::api::resource).plural();
}
std::string Capital(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(text[0]));
  return text;
}
std::string Snake(const std::string& camel) {
  std::string snake;
  for (const char c : camel) {
    if (std::isupper(static_cast<unsigned char>(c))) {
      if (!snake.empty()) snake += '_';
      snake += static_cast<char>(std::tolower(c));
    } else {
      snake += c;
    }
  }
  return snake;
}

class Aip : public ::testing::Test {
 protected:
  // Methods of the services' packages. The engine's own, between replicas, are no public API.
  std::vector<const MethodDescriptor*> Methods() const {
    std::vector<const MethodDescriptor*> methods;
    for (const MethodDescriptor* method : protos_.Methods()) {
      if (method->file()->package() != "crm.engine.v1") methods.push_back(method);
    }
    return methods;
  }
  std::vector<const Descriptor*> Resources() const {
    std::vector<const Descriptor*> resources;
    for (const Descriptor* message : protos_.Messages()) {
      if (IsResource(*message)) resources.push_back(message);
    }
    return resources;
  }
  // The resource called so in a package; nullptr when there is none.
  const Descriptor* Named(const std::string& package, const std::string& name) const {
    for (const Descriptor* resource : Resources()) {
      if (resource->file()->package() == package && resource->name() == name) return resource;
    }
    return nullptr;
  }
  const Descriptor* WithPlural(const std::string& package, const std::string& plural) const {
    for (const Descriptor* resource : Resources()) {
      if (resource->file()->package() == package && Capital(PluralOf(*resource)) == plural) {
        return resource;
      }
    }
    return nullptr;
  }
  // "Get", "List", "Create", "Update", "Delete" or "BatchGet" when that is what the method is.
  std::string StandardOf(const MethodDescriptor& method) const {
    const std::string& package = method.file()->package();
    for (const char* verb : {"Get", "Create", "Update", "Delete"}) {
      if (StartsWith(method.name(), verb) &&
          Named(package, method.name().substr(std::string(verb).size())) != nullptr) {
        return verb;
      }
    }
    for (const char* verb : {"List", "BatchGet"}) {
      if (StartsWith(method.name(), verb) &&
          WithPlural(package, method.name().substr(std::string(verb).size())) != nullptr) {
        return verb;
      }
    }
    return "";
  }
  std::vector<const MethodDescriptor*> Standard(const std::string& verb) const {
    std::vector<const MethodDescriptor*> methods;
    for (const MethodDescriptor* method : Methods()) {
      if (StandardOf(*method) == verb) methods.push_back(method);
    }
    return methods;
  }

  Protos protos_;
};

TEST_F(Aip, Aip122And123ResourcesHaveOnePatternAndStampedFields) {
  for (const Descriptor* resource : Resources()) {
    const auto& option = resource->options().GetExtension(google::api::resource);
    const std::string& name = resource->full_name();
    EXPECT_EQ(option.pattern_size(), 1) << name;
    const auto pattern = base::NamePattern::Parse(option.pattern(0));
    ASSERT_TRUE(pattern.has_value()) << name << ": " << option.pattern(0);
    EXPECT_EQ(pattern->collection(), option.plural()) << name;
    EXPECT_EQ(pattern->last_variable(), Snake(resource->name())) << name;
    EXPECT_EQ(Capital(option.singular()), resource->name()) << name;
    const std::string package = resource->file()->package();
    EXPECT_EQ(option.type(), package.substr(4, package.size() - 7) + ".crm/" + resource->name());
    EXPECT_TRUE(IsString(resource->FindFieldByName("name"))) << name;
    EXPECT_EQ(resource->FindFieldByName("name")->number(), 1) << name;
    for (const char* field : {"create_time", "update_time"}) {
      EXPECT_TRUE(IsType(resource->FindFieldByName(field), "google.protobuf.Timestamp")) << name;
    }
    for (const char* field : {"name", "etag", "create_time", "update_time"}) {
      const FieldDescriptor* stamped = resource->FindFieldByName(field);
      ASSERT_NE(stamped, nullptr) << name << " has no " << field;
      EXPECT_TRUE(HasBehavior(*stamped, "OUTPUT_ONLY")) << stamped->full_name();
    }
  }
}

TEST_F(Aip, Aip126EnumsBeginWithUnspecified) {
  for (const auto* list : protos_.Enums()) {
    std::string prefix = Snake(list->name());
    for (char& c : prefix) c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(list->value(0)->name(), prefix + "_UNSPECIFIED") << list->full_name();
    EXPECT_EQ(list->value(0)->number(), 0) << list->full_name();
    for (int i = 0; i < list->value_count(); ++i) {
      EXPECT_TRUE(StartsWith(list->value(i)->name(), prefix + "_")) << list->value(i)->full_name();
    }
  }
}

TEST_F(Aip, Aip127To136RequestsAreNamedAfterTheirMethods) {
  for (const MethodDescriptor* method : protos_.Methods()) {
    EXPECT_EQ(method->input_type()->name(), method->name() + "Request") << method->full_name();
    EXPECT_TRUE(IsResource(*method->output_type()) ||
                method->output_type()->name() == method->name() + "Response")
        << method->full_name();
    EXPECT_FALSE(method->client_streaming()) << method->full_name();
    EXPECT_EQ(method->server_streaming(), StartsWith(method->name(), "Watch"))
        << method->full_name();
  }
}

TEST_F(Aip, Aip131GetTakesAName) {
  for (const MethodDescriptor* method : Standard("Get")) {
    const Descriptor& request = *method->input_type();
    const FieldDescriptor* name = request.FindFieldByName("name");
    ASSERT_TRUE(IsString(name)) << request.full_name();
    EXPECT_EQ(request.field_count(), 1) << request.full_name();
    EXPECT_TRUE(HasBehavior(*name, "REQUIRED")) << name->full_name();
    EXPECT_EQ(name->options().GetExtension(google::api::resource_reference).type(),
              ResourceTypeOf(*method->output_type()))
        << name->full_name();
    EXPECT_EQ(method->output_type()->name(), method->name().substr(3)) << method->full_name();
  }
}

// AIP-132 with AIP-158 (pages), AIP-160 (filter) and AIP-159 (the parent "-").
TEST_F(Aip, Aip132And158ListIsPaged) {
  for (const MethodDescriptor* method : Standard("List")) {
    const Descriptor& request = *method->input_type();
    const Descriptor& response = *method->output_type();
    const Descriptor& resource = *WithPlural(method->file()->package(), method->name().substr(4));
    EXPECT_TRUE(IsInt32(request.FindFieldByName("page_size"))) << request.full_name();
    for (const char* field : {"page_token", "filter", "order_by"}) {
      EXPECT_TRUE(IsString(request.FindFieldByName(field))) << request.full_name() << " " << field;
    }
    const FieldDescriptor* parent = request.FindFieldByName("parent");
    EXPECT_EQ(parent != nullptr, IsNested(resource)) << request.full_name();
    if (parent != nullptr) {
      EXPECT_TRUE(HasBehavior(*parent, "REQUIRED")) << parent->full_name();
      EXPECT_EQ(parent->options().GetExtension(google::api::resource_reference).child_type(),
                ResourceTypeOf(resource));
    }
    const FieldDescriptor* rows = response.FindFieldByNumber(1);
    ASSERT_NE(rows, nullptr) << response.full_name();
    EXPECT_TRUE(rows->is_repeated()) << response.full_name();
    EXPECT_EQ(rows->message_type(), &resource) << response.full_name();
    EXPECT_EQ(rows->name(), Snake(PluralOf(resource))) << response.full_name();
    EXPECT_TRUE(IsString(response.FindFieldByName("next_page_token"))) << response.full_name();
  }
}

TEST_F(Aip, Aip133CreateTakesParentIdAndResource) {
  for (const MethodDescriptor* method : Standard("Create")) {
    const Descriptor& request = *method->input_type();
    const Descriptor& resource = *method->output_type();
    const FieldDescriptor* field = request.FindFieldByName(Snake(resource.name()));
    EXPECT_TRUE(IsType(field, resource.full_name())) << request.full_name();
    if (field != nullptr) {
      EXPECT_TRUE(HasBehavior(*field, "REQUIRED")) << field->full_name();
    }
    EXPECT_TRUE(IsString(request.FindFieldByName(Snake(resource.name()) + "_id")))
        << request.full_name();
    EXPECT_EQ(request.FindFieldByName("parent") != nullptr, IsNested(resource))
        << request.full_name();
  }
}

// AIP-134 with AIP-161 (field masks) and AIP-154 (the etag lies in the resource).
TEST_F(Aip, Aip134UpdateTakesResourceAndMask) {
  for (const MethodDescriptor* method : Standard("Update")) {
    const Descriptor& request = *method->input_type();
    const Descriptor& resource = *method->output_type();
    const FieldDescriptor* field = request.FindFieldByName(Snake(resource.name()));
    EXPECT_TRUE(IsType(field, resource.full_name())) << request.full_name();
    EXPECT_TRUE(IsType(request.FindFieldByName("update_mask"), "google.protobuf.FieldMask"))
        << request.full_name();
    EXPECT_EQ(request.FindFieldByName("name"), nullptr) << request.full_name();
    EXPECT_EQ(request.FindFieldByName("etag"), nullptr) << request.full_name();
  }
}

// Nothing is deleted today: a log keeps what happened. Should there be one, it takes name and etag.
TEST_F(Aip, Aip135DeleteTakesNameAndEtag) {
  for (const MethodDescriptor* method : Standard("Delete")) {
    EXPECT_TRUE(IsString(method->input_type()->FindFieldByName("name"))) << method->full_name();
    EXPECT_TRUE(IsString(method->input_type()->FindFieldByName("etag"))) << method->full_name();
  }
}

TEST_F(Aip, Aip136CustomMethodsAreVerbAndNounWithoutPreposition) {
  Exceptions exceptions(std::map<std::string, std::string>{
      {"crm.customer.v1.Customer360Service.GetCustomer360", "what people call it"},
      {"crm.customer.v1.MergeCaseService.Unmerge", "the suite's word for it"},
      {"crm.customer.v1.PositionService.SetReportsTo", "what people say of an org chart"},
  });
  const std::regex verb_and_noun("[A-Z][a-z]+([A-Z][a-z]+)+");
  const std::regex preposition("[a-z](At|By|For|From|In|Of|On|Over|To|Under|With)([A-Z]|$)");
  for (const MethodDescriptor* method : protos_.Methods()) {
    if (exceptions.Allows(method->full_name())) continue;
    EXPECT_TRUE(std::regex_match(method->name(), verb_and_noun)) << method->full_name();
    EXPECT_FALSE(std::regex_search(method->name(), preposition)) << method->full_name();
  }
  EXPECT_THAT(exceptions.Unused(), IsEmpty());
}

TEST_F(Aip, Aip140FieldNamesHaveNoPrepositionAndNoIs) {
  Exceptions exceptions({
      {"crm.customer.v1.Position.reports_to", "what people say of an org chart"},
      {"crm.customer.v1.SetReportsToRequest.reports_to", "what people say of an org chart"},
      {"crm.customer.v1.TierChanged.from", "the pair from and to of a change"},
      {"crm.customer.v1.TierChanged.to", "the pair from and to of a change"},
      {"crm.eventlog.v1.RecordSkipped.by", "a fact of the log, never in an API"},
      {"crm.sales.v1.OpportunityStageMoved.from_stage", "beside the stage it came into"},
      {"crm.sales.v1.Order.cost_to_serve", "a term of controlling"},
      {"crm.sales.v1.OrderTotals.cost_to_serve", "a term of controlling"},
      {"crm.servicedesk.v1.SetPendingRequest.waiting_for", "as its enum is called"},
      {"crm.servicedesk.v1.TicketClosed.by_timer", "a fact of the log, never in an API"},
      {"crm.servicedesk.v1.TicketPaused.waiting_for", "as its enum is called"},
      {"crm.servicedesk.v1.TicketResumed.by_timer", "a fact of the log, never in an API"},
  });
  const std::regex preposition("(^|_)(at|by|for|from|in|of|on|over|to|under|with)(_|$)");
  for (const Descriptor* message : protos_.Messages()) {
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor& field = *message->field(i);
      EXPECT_TRUE(std::regex_match(field.name(), std::regex("[a-z][a-z0-9]*(_[a-z0-9]+)*")))
          << field.full_name();
      if (field.type() == FieldDescriptor::TYPE_BOOL) {
        EXPECT_FALSE(StartsWith(field.name(), "is_")) << field.full_name();
      }
      if (!std::regex_search(field.name(), preposition) || field.name() == "order_by") continue;
      if (IsMoment(field)) continue;
      EXPECT_TRUE(exceptions.Allows(field.full_name())) << field.full_name();
    }
  }
  EXPECT_THAT(exceptions.Unused(), IsEmpty());
}

TEST_F(Aip, Aip142TimesEndInTimeAndDatesInDate) {
  Exceptions exceptions({
      {"crm.common.v1.Period.end", "as google.type.Interval calls it"},
      {"crm.common.v1.Period.start", "as google.type.Interval calls it"},
      {"crm.servicedesk.v1.SetPendingRequest.until", "an end, not when something happened"},
      {"crm.servicedesk.v1.Ticket.pending_until", "an end, not when something happened"},
      {"crm.servicedesk.v1.Ticket.reopen_until", "an end, not when something happened"},
      {"crm.servicedesk.v1.TicketPaused.until", "an end, not when something happened"},
      {"crm.servicedesk.v1.TicketResolved.reopen_until", "an end, not when something happened"},
  });
  for (const Descriptor* message : protos_.Messages()) {
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor& field = *message->field(i);
      std::string ending;
      if (IsType(&field, "google.protobuf.Timestamp")) ending = "time";
      if (IsType(&field, "google.type.Date")) ending = "date";
      if (ending.empty() || field.name() == ending || field.name().ends_with("_" + ending))
        continue;
      if (IsMoment(field)) continue;
      EXPECT_TRUE(exceptions.Allows(field.full_name())) << field.full_name();
    }
  }
  EXPECT_THAT(exceptions.Unused(), IsEmpty());
}

TEST_F(Aip, Aip154EtagsAreStrings) {
  for (const Descriptor* message : protos_.Messages()) {
    const FieldDescriptor* etag = message->FindFieldByName("etag");
    EXPECT_TRUE(etag == nullptr || IsString(etag)) << message->full_name();
  }
}

// Whatever changes something can be said twice and tried first: every method that is no read.
TEST_F(Aip, Aip155And163CommandsHaveRequestIdAndValidateOnly) {
  const std::set<std::string> reads = {"CheckContactDuplicates",
                                       "CheckDuplicates",
                                       "ExportSubjectData",
                                       "ListIncompleteCustomers",
                                       "ListOverdueContacts",
                                       "ListStaleCustomers",
                                       "RunReport"};
  for (const MethodDescriptor* method : Methods()) {
    const std::string verb = StandardOf(*method);
    const bool read = verb == "Get" || verb == "List" || verb == "BatchGet" ||
                      StartsWith(method->name(), "Search") || StartsWith(method->name(), "Get") ||
                      method->server_streaming() || StartsWith(method->name(), "Lookup") ||
                      StartsWith(method->name(), "Download") || reads.count(method->name()) > 0;
    const Descriptor& request = *method->input_type();
    const FieldDescriptor* request_id = request.FindFieldByName("request_id");
    const FieldDescriptor* validate_only = request.FindFieldByName("validate_only");
    EXPECT_EQ(IsString(request_id), !read) << request.full_name();
    EXPECT_EQ(IsBool(validate_only), !read) << request.full_name();
  }
}

TEST_F(Aip, Aip203RequestsSayWhatIsRequired) {
  for (const MethodDescriptor* method : Methods()) {
    for (const char* name : {"name", "names", "parent", "request_id"}) {
      const FieldDescriptor* field = method->input_type()->FindFieldByName(name);
      EXPECT_TRUE(field == nullptr || HasBehavior(*field, "REQUIRED")) << field->full_name();
    }
  }
}

TEST_F(Aip, Aip231BatchGetTakesNames) {
  for (const MethodDescriptor* method : Standard("BatchGet")) {
    const FieldDescriptor* names = method->input_type()->FindFieldByName("names");
    ASSERT_NE(names, nullptr) << method->full_name();
    EXPECT_TRUE(names->is_repeated()) << method->full_name();
  }
}

// Of these there are one or two, or, of an owner's book, an answer that is made for each question.
TEST_F(Aip, Aip231CustomersResourcesComeInBatches) {
  const std::set<std::string> alone = {"CustomerPolicy",     "FollowUpPolicy", "LinkageModel",
                                       "NotificationPolicy", "OwnerBook",      "TierPlan"};
  const std::string package = "crm.customer.v1";
  std::set<std::string> batched;
  for (const MethodDescriptor* method : Standard("BatchGet")) {
    if (method->file()->package() == package) batched.insert(method->name());
  }
  for (const MethodDescriptor* method : Standard("Get")) {
    if (method->file()->package() != package) continue;
    const Descriptor& resource = *method->output_type();
    EXPECT_EQ(batched.count("BatchGet" + Capital(PluralOf(resource))),
              alone.count(resource.name()) == 0 ? 1u : 0u)
        << resource.full_name();
  }
}

}  // namespace
}  // namespace crm::contract
