// The project's .proto files with their comments, from the descriptor set that the build writes.
#pragma once

#include <google/protobuf/descriptor.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace crm::contract {

class Protos {
 public:
  // Ends the test program when the set cannot be read.
  Protos();

  // Files of the project (packages crm.*), sorted by name.
  const std::vector<const google::protobuf::FileDescriptor*>& files() const { return files_; }
  std::vector<const google::protobuf::FileDescriptor*> FilesOf(const std::string& package) const;
  // Messages of the project, nested ones included, map entries not.
  std::vector<const google::protobuf::Descriptor*> Messages() const;
  std::vector<const google::protobuf::EnumDescriptor*> Enums() const;
  std::vector<const google::protobuf::MethodDescriptor*> Methods() const;
  std::vector<const google::protobuf::MethodDescriptor*> MethodsOf(
      const std::string& package) const;

 private:
  google::protobuf::DescriptorPool pool_;
  std::vector<const google::protobuf::FileDescriptor*> files_;
};

// The comment before a declaration, in one line; empty when there is none.
template <class Declared>
std::string CommentOf(const Declared& declared) {
  google::protobuf::SourceLocation location;
  if (!declared.GetSourceLocation(&location)) return "";
  std::string text;
  for (const char c : location.leading_comments) text += c == '\n' ? ' ' : c;
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

bool HasBehavior(const google::protobuf::FieldDescriptor& field, const std::string& behavior);
// Of the google.api.resource option; empty without one.
std::string PatternOf(const google::protobuf::Descriptor& message);
std::string ResourceTypeOf(const google::protobuf::Descriptor& message);

// What a rule does not hold for, each with its reason. One that was never needed is a failure too,
// so that the list does not outlive its reasons.
class Exceptions {
 public:
  explicit Exceptions(std::map<std::string, std::string> reasons) : reasons_(std::move(reasons)) {}
  // True when the rule does not hold for this name.
  bool Allows(const std::string& name) {
    used_.insert(name);
    return reasons_.count(name) > 0;
  }
  // Exceptions that were never asked for.
  std::vector<std::string> Unused() const;

 private:
  std::map<std::string, std::string> reasons_;
  std::set<std::string> used_;
};

}  // namespace crm::contract
