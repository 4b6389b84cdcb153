// What a service declares in its service.cc against what its protos promise.
#include <rocksdb/env.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "crm/common/v1/options.pb.h"
#include "gtest/gtest.h"
#include "libs/engine/memory.h"
#include "libs/table/database.h"
#include "libs/table/limits.h"
#include "libs/table/plan.h"
#include "tests/contract/protos.h"
#include "tests/contract/services.h"

namespace crm::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

// How often each method is served, by full name.
std::map<std::string, int> Served(const engine::ServiceDef& service) {
  std::map<std::string, int> served;
  for (const auto& [type, command] : service.commands) {
    if (command->method != nullptr) ++served[command->method->full_name()];
  }
  for (const auto& def : service.gets) ++served[def.method->full_name()];
  for (const auto& def : service.batch_gets) ++served[def.method->full_name()];
  for (const auto& def : service.lists) ++served[def.method->full_name()];
  for (const auto& def : service.queries) ++served[def.method->full_name()];
  for (const auto& def : service.batches) ++served[def.method->full_name()];
  for (const auto& def : service.watches) ++served[def.method->full_name()];
  return served;
}

// The sources of a service that ship, in one text.
std::string Sources(const ContractService& service) {
  std::ostringstream text;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(SourcePath(service.directory))) {
    const std::string path = entry.path().string();
    const bool source = path.ends_with(".cc") || path.ends_with(".h");
    if (source && !path.ends_with("_test.cc")) text << std::ifstream(path).rdbuf() << '\n';
  }
  return text.str();
}

// True when the word stands in the text as a whole, not as part of a longer one.
bool HasWord(const std::string& text, const std::string& word) {
  const auto part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !part(text[at - 1])) && (end == text.size() || !part(text[end]))) return true;
  }
  return false;
}

// A value that a filter may compare the field with.
std::string LiteralOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return field.enum_type()->value(0)->name();
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true";
    case FieldDescriptor::CPPTYPE_STRING:
      return "\"x\"";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return field.message_type()->name() == "Date" ? "\"2026-01-02\"" : "\"2026-01-02T03:04:05Z\"";
    default:
      return "1";
  }
}

// Whether a list that asks for one value of each of its fields walks this index.
bool PlannerChooses(const table::TableDef& table, const table::IndexDef& index) {
  table::Conditions conditions;
  for (const table::KeyPart& part : index.fields) {
    const bool variable = part.path.variable_segment >= 0;
    const char* const op = part.path.repeated_step >= 0 ? ":" : " = ";
    auto filter = variable ? table::AnyOf(table.row(), part.path.text, {std::string("x")})
                           : table::ParseFilter(part.path.text + op + LiteralOf(part.path.leaf()),
                                                table.row());
    if (!filter.ok()) return false;
    conditions.conjuncts.push_back(*std::move(filter));
  }
  const auto plan = table::MakePlan(table, conditions, {});
  return plan.ok() && plan->index == &index;
}

class Definitions : public ::testing::Test {
 protected:
  Protos protos_;
};

TEST_F(Definitions, EveryFileOfTheProjectIsLookedAt) {
  std::set<std::string> looked_at;
  for (const auto* file : protos_.files()) looked_at.insert(file->name());
  const std::filesystem::path root = SourcePath("proto");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".proto") continue;
    const std::string name = std::filesystem::relative(entry.path(), root).string();
    EXPECT_EQ(looked_at.count(name), 1u) << name << " belongs to no crm_proto of proto/";
  }
}

TEST_F(Definitions, EveryServicePackageIsInTheList) {
  std::set<std::string> listed = {"crm.engine.v1"};  // Every process serves it; no service.
  for (const ContractService& service : Services()) listed.insert(service.entry.package);
  for (const auto* method : protos_.Methods()) {
    EXPECT_EQ(listed.count(method->file()->package()), 1u)
        << method->full_name() << " is of no service in tests/contract/services.cc";
  }
}

TEST_F(Definitions, EveryRpcIsServedOnce) {
  for (const ContractService& service : Services()) {
    std::map<std::string, int> served = Served(DefinitionOf(service));
    // Somebody else's API, over resources of ours.
    std::erase_if(served, [](const auto& method) {
      return method.first.rfind("google.longrunning.", 0) == 0;
    });
    for (const auto* method : protos_.MethodsOf(service.entry.package)) {
      EXPECT_EQ(served[method->full_name()], 1) << method->full_name();
    }
    EXPECT_EQ(served.size(), protos_.MethodsOf(service.entry.package).size())
        << service.entry.name << " serves methods of another package";
  }
}

TEST_F(Definitions, EveryRequestIsUsedByOneRpcOrAnInternalCommand) {
  std::map<std::string, std::vector<std::string>> users;
  for (const auto* method : protos_.Methods()) {
    users[method->input_type()->full_name()].push_back(method->full_name());
  }
  for (const ContractService& service : Services()) {
    const engine::ServiceDef def = DefinitionOf(service);
    for (const auto& [type, command] : def.commands) {
      if (command->method == nullptr) users[type].push_back("internal in " + def.name);
    }
  }
  for (const Descriptor* message : protos_.Messages()) {
    if (!message->name().ends_with("Request") || message->name() == "StoredRequest") continue;
    EXPECT_EQ(users[message->full_name()].size(), 1u)
        << message->full_name() << " is used by "
        << ::testing::PrintToString(users[message->full_name()]);
  }
}

TEST_F(Definitions, EveryInternalCommandSaysThatItIsNoRpc) {
  for (const ContractService& service : Services()) {
    const engine::ServiceDef def = DefinitionOf(service);
    for (const Descriptor* message : protos_.Messages()) {
      const auto command = def.commands.find(message->full_name());
      if (command == def.commands.end() || command->second->method != nullptr) continue;
      EXPECT_NE(CommentOf(*message).find("Not an RPC"), std::string::npos) << message->full_name();
    }
  }
}

TEST_F(Definitions, EveryRpcHasItsOwnPermissionOfItsService) {
  std::map<std::string, std::string> users;
  for (const auto* method : protos_.Methods()) {
    const std::string name = method->options().GetExtension(common::v1::permission).name();
    EXPECT_FALSE(name.empty()) << method->full_name() << " has no permission";
    EXPECT_LE(name.size(), 100u) << method->full_name();
    EXPECT_EQ(std::count(name.begin(), name.end(), '.'), 2) << method->full_name() << ": " << name;
    const std::string package = method->file()->package();
    const std::string service = package.substr(4, package.size() - 7);  // crm.<service>.v1
    EXPECT_EQ(name.rfind(service + ".", 0), 0u) << method->full_name() << ": " << name;
    const auto [user, fresh] = users.emplace(name, method->full_name());
    EXPECT_TRUE(fresh) << method->full_name() << " and " << user->second << " share " << name;
  }
}

// A command can be said twice, tried first, and bound to what was read.
TEST_F(Definitions, EveryCommandOfACallerHasRequestIdValidateOnlyAndEtag) {
  for (const ContractService& service : Services()) {
    const engine::ServiceDef def = DefinitionOf(service);
    for (const auto& [type, command] : def.commands) {
      if (command->method == nullptr) continue;
      EXPECT_NE(command->shape.request_id, nullptr) << type;
      EXPECT_NE(command->shape.validate_only, nullptr) << type;
      const bool needs_etag = command->shape.kind == engine::RequestShape::Kind::kOnName;
      EXPECT_EQ(command->shape.etag != nullptr, needs_etag) << type;
    }
    for (const engine::BatchDef& batch : def.batches) {
      const Descriptor& request = *batch.method->input_type();
      EXPECT_NE(request.FindFieldByName("request_id"), nullptr) << request.full_name();
      EXPECT_NE(request.FindFieldByName("validate_only"), nullptr) << request.full_name();
    }
  }
}

TEST_F(Definitions, EveryReasonIsUsedAndReadsInBothLanguages) {
  for (const ContractService& service : Services()) {
    const std::string sources = Sources(service);
    int reasons = 0;
    for (const auto* list : protos_.Enums()) {
      if (list->file()->package() != service.entry.package || list->name() != "Reason") continue;
      for (int i = 0; i < list->value_count(); ++i) {
        const auto& value = *list->value(i);
        if (value.number() == 0) continue;
        ++reasons;
        const auto& text = value.options().GetExtension(common::v1::text);
        EXPECT_TRUE(HasWord(sources, value.name()))
            << value.full_name() << " is not used in " << service.directory;
        EXPECT_FALSE(text.en().empty()) << value.full_name();
        EXPECT_FALSE(text.zh_cn().empty()) << value.full_name();
        EXPECT_LE(text.en().size(), 200u) << value.full_name();
        EXPECT_LE(text.zh_cn().size(), 300u) << value.full_name();  // 100 characters of 3 bytes.
      }
    }
    EXPECT_GT(reasons, 0) << service.entry.name << " has no Reason enum";
  }
}

// The compiled definitions exist, so that each field of a key or index does too.
TEST_F(Definitions, EveryIndexIsReachableAndNoneIsTheBeginningOfAnother) {
  for (const ContractService& service : Services()) {
    const engine::ServiceDef def = DefinitionOf(service);
    const std::string sources = Sources(service);
    EXPECT_LE(def.tables.size(), static_cast<size_t>(table::kTablesMax));
    // Only the tables of a database have keys, which plans are made of.
    const std::unique_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    table::DatabaseOptions options;
    options.path = "/tables";
    options.env = env.get();
    const auto database = table::Database::Open(options, def.tables, engine::kRawSpaces);
    ASSERT_TRUE(database.ok()) << database.status();
    for (const table::TableDef& table : (*database)->tables()) {
      const bool listed = std::any_of(def.lists.begin(), def.lists.end(),
                                      [&](const auto& list) { return list.table == table.name(); });
      for (const table::IndexDef& index : table.indexes()) {
        if (index.id == 0) continue;
        const std::string where = def.name + "/" + table.name() + "/" + index.name;
        EXPECT_LE(index.fields.size(), static_cast<size_t>(table::kIndexFieldsMax)) << where;
        // Named where it is declared, and, when no list chooses it, where it is scanned.
        size_t named = 0;
        for (size_t at = sources.find('"' + index.name + '"'); at != std::string::npos;
             at = sources.find('"' + index.name + '"', at + 1)) {
          ++named;
        }
        const bool chosen = listed && PlannerChooses(table, index);
        EXPECT_GE(named, chosen ? 1u : 2u) << where << " is used by nobody";
        for (const table::IndexDef& other : table.indexes()) {
          if (other.id == index.id || other.fields.size() < index.fields.size()) continue;
          const bool prefix =
              std::equal(index.fields.begin(), index.fields.end(), other.fields.begin(),
                         [](const auto& a, const auto& b) {
                           return a.path.text == b.path.text && a.descending == b.descending;
                         });
          EXPECT_FALSE(prefix) << where << " is the beginning of " << other.name;
        }
      }
    }
  }
}

TEST_F(Definitions, EveryTopicReadIsThatOfAService) {
  std::set<std::string> topics;
  for (const ContractService& service : Services()) topics.insert(DefinitionOf(service).topic);
  for (const ContractService& service : Services()) {
    const engine::ServiceDef def = DefinitionOf(service);
    for (const auto& foreign : def.foreigns) {
      EXPECT_EQ(topics.count(foreign.topic), 1u) << foreign.topic;
      EXPECT_NE(foreign.topic, def.topic) << "a foreign table of the own log";
    }
    for (const auto& reaction : def.reactions) EXPECT_EQ(topics.count(reaction.topic), 1u);
  }
}

}  // namespace
}  // namespace crm::contract
