#include "libs/engine/ops.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/api/resource.pb.h"

namespace crm::engine {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

const FieldDescriptor* Find(const Descriptor& message, const std::string& name,
                            FieldDescriptor::CppType type) {
  const FieldDescriptor* field = message.FindFieldByName(name);
  return field != nullptr && field->cpp_type() == type && !field->is_repeated() ? field : nullptr;
}

absl::Status Missing(const Descriptor& message, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(message.full_name(), " lacks ", what));
}

}  // namespace

const AggregateDef* ServiceDef::AggregateOfEvent(std::string_view event_type) const {
  for (const auto& aggregate : aggregates) {
    if (aggregate->event->GetDescriptor()->full_name() == event_type) return aggregate.get();
  }
  return nullptr;
}

void LeaveOut(const std::string& topic, ServiceDef& service) {
  std::erase_if(service.foreigns, [&](const ForeignDef& def) { return def.topic == topic; });
  std::erase_if(service.reactions, [&](const ReactionDef& def) { return def.topic == topic; });
}

std::string TopicOfPackage(std::string_view package) {
  const size_t dot = package.rfind('.');
  return std::string(package.substr(0, dot)) + ".log" + std::string(package.substr(dot));
}

const google::protobuf::MethodDescriptor* MethodOf(const Descriptor& request) {
  for (int s = 0; s < request.file()->service_count(); ++s) {
    const auto* service = request.file()->service(s);
    for (int m = 0; m < service->method_count(); ++m) {
      if (service->method(m)->input_type() == &request) return service->method(m);
    }
  }
  return nullptr;
}

absl::StatusOr<RequestShape> ShapeOfRequest(const Descriptor& request, const Descriptor& state,
                                            const base::NamePattern& pattern, bool internal) {
  RequestShape shape;
  shape.name = Find(request, "name", FieldDescriptor::CPPTYPE_STRING);
  shape.parent = Find(request, "parent", FieldDescriptor::CPPTYPE_STRING);
  shape.id = Find(request, pattern.last_variable() + "_id", FieldDescriptor::CPPTYPE_STRING);
  shape.etag = Find(request, "etag", FieldDescriptor::CPPTYPE_STRING);
  shape.request_id = Find(request, "request_id", FieldDescriptor::CPPTYPE_STRING);
  shape.validate_only = Find(request, "validate_only", FieldDescriptor::CPPTYPE_BOOL);
  shape.update_mask = Find(request, "update_mask", FieldDescriptor::CPPTYPE_MESSAGE);
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor* field = request.field(i);
    if (!field->is_repeated() && field->message_type() == &state) shape.resource = field;
  }
  using Kind = RequestShape::Kind;
  shape.kind = shape.update_mask != nullptr ? Kind::kUpdate
               : shape.name != nullptr      ? Kind::kOnName
                                            : Kind::kCreate;
  if (shape.request_id == nullptr) return Missing(request, "string request_id");
  if (shape.validate_only == nullptr && !internal) return Missing(request, "bool validate_only");
  if (shape.kind == Kind::kUpdate && shape.resource == nullptr) {
    return Missing(request, "the resource to update");
  }
  const bool nested = pattern.variables().size() > 1;
  if (shape.kind == Kind::kCreate && nested && shape.parent == nullptr) {
    return Missing(request, "string parent");
  }
  return shape;
}

absl::StatusOr<StateShape> ShapeOfState(const Descriptor& state) {
  StateShape shape{Find(state, "name", FieldDescriptor::CPPTYPE_STRING),
                   Find(state, "etag", FieldDescriptor::CPPTYPE_STRING),
                   Find(state, "create_time", FieldDescriptor::CPPTYPE_MESSAGE),
                   Find(state, "update_time", FieldDescriptor::CPPTYPE_MESSAGE)};
  if (shape.name == nullptr) return Missing(state, "string name");
  if (shape.etag == nullptr) return Missing(state, "string etag");
  if (shape.create_time == nullptr) return Missing(state, "Timestamp create_time");
  if (shape.update_time == nullptr) return Missing(state, "Timestamp update_time");
  return shape;
}

absl::StatusOr<WatchDef> ShapeOfWatch(const google::protobuf::MethodDescriptor& method,
                                      const Descriptor& row) {
  if (!method.server_streaming() || method.client_streaming())
    return absl::InvalidArgumentError(method.full_name() + " does not stream its responses");
  const Descriptor& request = *method.input_type();
  const Descriptor& response = *method.output_type();
  WatchDef watch{&method,
                 "",
                 Find(request, "parent", FieldDescriptor::CPPTYPE_STRING),
                 Find(request, "resume_token", FieldDescriptor::CPPTYPE_STRING),
                 nullptr,
                 Find(response, "resume_token", FieldDescriptor::CPPTYPE_STRING)};
  if (watch.parent == nullptr) return Missing(request, "string parent");
  if (watch.resume_token == nullptr) return Missing(request, "string resume_token");
  if (watch.next_token == nullptr) return Missing(response, "string resume_token");
  for (int i = 0; i < response.field_count(); ++i) {
    const FieldDescriptor* field = response.field(i);
    if (field->message_type() == &row && !field->is_repeated()) watch.row = field;
  }
  if (watch.row == nullptr) return Missing(response, "a field of " + row.full_name());
  return watch;
}

absl::StatusOr<base::NamePattern> PatternOf(const Descriptor& state) {
  const auto& option = state.options().GetExtension(google::api::resource);
  if (option.pattern_size() != 1) return Missing(state, "one pattern in its google.api.resource");
  auto pattern = base::NamePattern::Parse(option.pattern(0));
  if (!pattern.has_value()) return Missing(state, "a pattern of collections and variables");
  return *std::move(pattern);
}

}  // namespace crm::engine
