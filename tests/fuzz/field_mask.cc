// Updates: what a mask names, what of it changes, and what the fold makes of it. Input: which
// update command, the resource, the state, then a path of the mask on each line.
#include "libs/base/field_mask.h"

#include <google/protobuf/field_mask.pb.h>

#include <memory>
#include <vector>

#include "libs/base/check.h"
#include "libs/base/utf8.h"
#include "libs/engine/command.h"
#include "libs/engine/update.h"
#include "tests/contract/services.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/messages.h"

namespace crm::fuzz {
namespace {

using engine::CommandDef;
using engine::MessagePtr;
using google::protobuf::FieldMask;
using google::protobuf::Message;

const std::vector<const CommandDef*>& Updates() {
  static const std::vector<engine::ServiceDef> defs = [] {
    std::vector<engine::ServiceDef> all;
    for (const auto& service : contract::Services()) all.push_back(DefinitionOf(service));
    return all;
  }();
  static const std::vector<const CommandDef*> updates = [] {
    std::vector<const CommandDef*> found;
    for (const auto& def : defs) {
      for (const auto& [type, command] : def.commands) {
        if (command->shape.kind == engine::RequestShape::Kind::kUpdate) found.push_back(&*command);
      }
    }
    return found;
  }();
  return updates;
}

MessagePtr ParsedOr(const Message& prototype, std::string_view bytes) {
  MessagePtr message = engine::NewOf(prototype);
  if (!message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) message->Clear();
  return message;
}

void CheckChange(const CommandDef& def, const Message& request, const Message& state) {
  const auto& reflection = *request.GetReflection();
  const Message& resource = reflection.GetMessage(request, def.shape.resource);
  const auto& mask =
      static_cast<const FieldMask&>(reflection.GetMessage(request, def.shape.update_mask));
  const auto changed = engine::ChangedFields(resource, mask, state);
  if (!changed.ok()) {
    return base::Check(absl::IsInvalidArgument(changed.status()), changed.status().ToString());
  }
  const MessagePtr after = engine::NewOf(state);
  after->CopyFrom(state);
  base::ApplyMask(*changed, resource, *after);
  const std::string once = after->SerializeAsString();
  const auto again = engine::ChangedFields(resource, *changed, *after);
  base::Check(again.ok() && (changed->paths().empty() || again->paths().empty()),
              "what was changed is changed");
  base::ApplyMask(*changed, resource, *after);
  base::Check(once == after->SerializeAsString(), "folding it twice makes no difference");
  for (const std::string& path : changed->paths()) {
    base::Check(base::MaskTouches(*changed, path), "a mask has its own paths");
  }
}

}  // namespace

std::vector<Part> MessagesOf(std::string_view bytes) {
  Input input(bytes);
  const Message* state = Updates().at(input.Below(Updates().size()))->aggregate->state;
  std::vector<Part> parts;
  for (const std::string_view text : {input.Text(), input.Text()}) {
    const auto begin = static_cast<size_t>(text.data() - bytes.data());
    if (!text.empty()) parts.push_back({begin, text.size(), true, state});
  }
  return parts;
}

void Target(std::string_view bytes) {
  Input input(bytes);
  const CommandDef& def = *Updates().at(input.Below(Updates().size()));
  MessagePtr request = engine::NewOf(*def.request);
  const auto& reflection = *request->GetReflection();
  const MessagePtr resource = ParsedOr(*def.aggregate->state, input.Text());
  resource->GetReflection()->SetString(resource.get(), def.aggregate->shape.name,
                                       def.aggregate->pattern.Format("", "r1"));
  reflection.MutableMessage(request.get(), def.shape.resource)->CopyFrom(*resource);
  const MessagePtr state = ParsedOr(*def.aggregate->state, input.Text());
  auto& mask =
      static_cast<FieldMask&>(*reflection.MutableMessage(request.get(), def.shape.update_mask));
  while (!input.empty()) {
    const std::string_view path = input.Line();
    if (!base::IsUtf8(path)) return;  // No request holds it.
    mask.add_paths(std::string(path));
  }
  reflection.SetString(request.get(), def.shape.request_id, "fuzz");
  const auto command = engine::Prepare(def, std::move(request), {"user:ann", ""}, 12);
  if (!command.ok()) {
    return base::Check(absl::IsInvalidArgument(command.status()), command.status().ToString());
  }
  CheckChange(def, *command->request, *state);
}

}  // namespace crm::fuzz
