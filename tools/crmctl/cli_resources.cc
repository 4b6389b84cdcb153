#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/api/resource.pb.h"
#include "tools/crmctl/cli.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/fields.h"
#include "tools/crmctl/request.h"
#include "tools/crmctl/text_table.h"

namespace crm::crmctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

constexpr absl::Duration kCallTimeout = absl::Seconds(10);

// What a verb's flags fill.
struct VerbArguments {
  std::string data;
  std::vector<std::string> set;
  std::vector<std::string> words;
  bool all = false;
  std::vector<std::pair<std::string, std::vector<std::string>>> fields;  // By path.
};

// Flags of ours, which no field may take.
bool IsReserved(const std::string& flag) {
  static const std::set<std::string>* names = new std::set<std::string>{
      "--server",     "--actor",        "--timeout",  "--json", "--columns", "--data",
      "--read-after", "--read-barrier", "--position", "--set",  "--all",     "--help"};
  return names->count(flag) > 0;
}

// The text of "@path", or the text itself.
absl::StatusOr<std::string> ReadData(const std::string& data) {
  if (!data.starts_with("@")) return data;
  std::ifstream file(data.substr(1), std::ios::binary);
  if (!file) return Usage(absl::StrCat(data.substr(1), " cannot be read"));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

absl::Status CallMethod(const Plan& plan, const MethodDescriptor& method,
                        const Collection* collection, RequestArguments arguments, bool all) {
  absl::StatusOr<std::string> json = ReadData(arguments.json);
  if (!json.ok()) return json.status();
  arguments.json = *std::move(json);
  const MessagePtr request = NewMessage(*method.input_type());
  if (absl::Status s = BuildRequest(method, collection, arguments, *request); !s.ok()) return s;
  Connection connection(plan.OptionsWith(kCallTimeout));
  return Invoke(connection, method, *request, all, plan.globals.output, plan.terminal);
}

absl::Status RunVerb(const Plan& plan, const Collection& collection, const Verb& verb,
                     const VerbArguments& given) {
  RequestArguments arguments;
  arguments.json = given.data;
  for (const auto& [path, texts] : given.fields) {
    for (const std::string& text : texts) arguments.fields.emplace_back(path, text);
  }
  for (const std::string& assignment : given.set) {
    const size_t equals = assignment.find('=');
    if (equals == std::string::npos) {
      return Usage(absl::StrCat("--set ", assignment, ": write FIELD=VALUE"));
    }
    arguments.fields.emplace_back(assignment.substr(0, equals), assignment.substr(equals + 1));
  }
  arguments.words = given.words;
  return CallMethod(plan, *verb.method, &collection, std::move(arguments), given.all);
}

void AddFieldFlags(CLI::App& command, const MethodDescriptor& method, VerbArguments& given) {
  const std::vector<FieldFlag> flags = FlagsOf(method);
  given.fields.reserve(flags.size());  // The flags point into it.
  for (const FieldFlag& flag : flags) {
    if (IsReserved(flag.flag)) continue;
    given.fields.emplace_back(flag.path, std::vector<std::string>());
    std::vector<std::string>& texts = given.fields.back().second;
    std::string names = flag.flag;
    const std::string last = flag.path.substr(flag.path.rfind('.') + 1);
    if ("--" + last != flag.flag) absl::StrAppend(&names, ",--", last);
    const FieldDescriptor* field = FindField(*method.input_type(), flag.path);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL && !field->is_repeated()) {
      command.add_flag_function(
          names, [&texts](int64_t count) { texts = {count > 0 ? "true" : "false"}; }, flag.help);
    } else {
      command.add_option(names, texts, flag.help)->allow_extra_args(false)->type_name("");
    }
  }
}

void AddVerb(CLI::App& parent, Plan& plan, const Collection& collection, const Verb& verb) {
  CLI::App& command = *parent.add_subcommand(
      verb.name, absl::StrCat(verb.method->service()->full_name(), "/", verb.method->name()));
  VerbArguments& given = Store<VerbArguments>(plan);
  const std::string positional = PositionalOf(*verb.method);
  if (!positional.empty()) {
    std::string word = positional.substr(positional.rfind('.') + 1);
    std::transform(word.begin(), word.end(), word.begin(), ::toupper);
    command.add_option(word, given.words, absl::StrCat("of ", collection.pattern))->type_name("");
  }
  command.add_option("-d,--data", given.data, "the request as JSON, or @FILE; also --json '{...}'");
  command.add_option("--set", given.set, "FIELD=VALUE of the request: customer.tags=vip")
      ->allow_extra_args(false);
  if (RowsOf(*verb.method) != nullptr) {
    command.add_flag("--all", given.all, "follow to the last page");
  }
  AddFieldFlags(command, *verb.method, given);
  command.callback([&plan, &collection, &verb, &given] {
    plan.run = [&] { return RunVerb(plan, collection, verb, given); };
  });
}

void AddCall(CLI::App& app, Plan& plan) {
  struct Arguments {
    std::string method;
    std::string json;
    bool all = false;
  };
  Arguments& given = Store<Arguments>(plan);
  CLI::App& command = *app.add_subcommand("call", "call any RPC with a request in JSON");
  command.add_option("METHOD", given.method, "CustomerService/GetCustomer, short or full")
      ->required();
  command.add_option("JSON,-d,--data", given.json, "the request, or @FILE");
  command.add_flag("--all", given.all, "follow a list to its last page");
  command.callback([&plan, &given] {
    plan.run = [&plan, &given]() -> absl::Status {
      const auto method = plan.catalogue.FindMethod(given.method);
      if (!method.ok()) return Usage(method.status().message());
      // What a caller of an RPC sees is JSON.
      Plan as_json = plan;
      as_json.globals.output.json = true;
      return CallMethod(as_json, **method, nullptr, {.json = given.json}, given.all);
    };
  });
}

void AddMethods(CLI::App& app, Plan& plan) {
  app.add_subcommand("methods", "list the RPCs and the verbs they are called by")
      ->callback([&plan] {
        plan.run = [&plan] {
          std::vector<std::vector<std::string>> rows;
          for (const auto* service : plan.catalogue.services()) {
            for (int i = 0; i < service->method_count(); ++i) {
              std::string verb;
              for (const Collection& collection : plan.catalogue.collections()) {
                for (const Verb& candidate : collection.verbs) {
                  if (candidate.method != service->method(i)) continue;
                  verb = absl::StrCat(collection.name, " ", candidate.name);
                }
              }
              rows.push_back(
                  {absl::StrCat(service->full_name(), "/", service->method(i)->name()), verb});
            }
          }
          constexpr size_t kNameWidthMax = 100;
          plan.terminal.out << FormatTable({{"method"}, {"verb"}}, rows, kNameWidthMax);
          return absl::OkStatus();
        };
      });
}

void AddDescribe(CLI::App& app, Plan& plan) {
  std::string& name = Store<std::string>(plan);
  CLI::App& command = *app.add_subcommand("describe", "show the request and the answer of an RPC");
  command.add_option("METHOD", name, "CustomerService/GetCustomer, short or full")->required();
  command.callback([&plan, &name] {
    plan.run = [&plan, &name]() -> absl::Status {
      const auto method = plan.catalogue.FindMethod(name);
      if (!method.ok()) return Usage(method.status().message());
      plan.terminal.out << "// " << (*method)->full_name() << "\n"
                        << (*method)->input_type()->DebugString()
                        << (*method)->output_type()->DebugString();
      return absl::OkStatus();
    };
  });
}

}  // namespace

void AddResourceCommands(CLI::App& app, Plan& plan) {
  AddCall(app, plan);
  AddMethods(app, plan);
  AddDescribe(app, plan);
  for (const Collection& collection : plan.catalogue.collections()) {
    CLI::App& parent = *app.add_subcommand(
        collection.name, absl::StrCat(collection.resource->full_name(), ", ", collection.pattern));
    parent.group("Resources");
    parent.fallthrough();
    parent.require_subcommand(1);
    for (const Verb& verb : collection.verbs) AddVerb(parent, plan, collection, verb);
  }
}

}  // namespace crm::crmctl
