#include "tools/crmctl/file_import.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "crm/customer/v1/import.pb.h"
#include "libs/base/hash.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/fields.h"
#include "tools/crmctl/import_command.h"
#include "tools/crmctl/text_table.h"

namespace crm::crmctl {
namespace {

namespace v1 = ::crm::customer::v1;

constexpr size_t kChunkBytes = 256 << 10;
constexpr size_t kErrorWidth = 400;
constexpr char kClearLine[] = "\r\x1b[K";

// One import, from the file to the last row.
class FileImport {
 public:
  FileImport(Connection& connection, const Catalogue& catalogue,
             const FileImportArguments& arguments, const Terminal& terminal, bool tty)
      : connection_(connection),
        catalogue_(catalogue),
        arguments_(arguments),
        terminal_(terminal),
        tty_(tty) {}

  absl::Status Run();

 private:
  template <class Response, class Request>
  absl::StatusOr<Response> Call(const char* name, const Request& request);
  absl::StatusOr<v1::Import> Described() const;
  absl::Status Announce(v1::Import import);
  absl::Status Upload();
  absl::Status Wait();
  absl::Status PrintErrors();
  void ShowProgress();
  absl::Status Outcome() const;

  Connection& connection_;
  const Catalogue& catalogue_;
  const FileImportArguments& arguments_;
  const Terminal& terminal_;
  const bool tty_;
  std::string file_;
  v1::Import import_;  // As the server said last.
  absl::Time begin_;
};

template <class Response, class Request>
absl::StatusOr<Response> FileImport::Call(const char* name, const Request& request) {
  const auto method = catalogue_.FindMethod(absl::StrCat("ImportService/", name));
  if (!method.ok()) return method.status();
  Request asked = request;
  FillRequestId(asked);
  absl::StatusOr<MessagePtr> reply = connection_.Call(**method, asked);
  if (!reply.ok()) return reply.status();
  return static_cast<const Response&>(**reply);
}

absl::StatusOr<v1::Import> FileImport::Described() const {
  v1::Import import;
  const bool cards = arguments_.path.ends_with(".vcf");
  import.set_format(cards ? v1::IMPORT_FORMAT_VCARD : v1::IMPORT_FORMAT_CSV);
  import.set_kind(arguments_.kind == "contacts" ? v1::IMPORT_KIND_CONTACTS
                                                : v1::IMPORT_KIND_CUSTOMERS);
  if (!arguments_.encoding.empty()) {
    if (absl::Status s = SetField(import, "encoding", arguments_.encoding); !s.ok())
      return Usage(absl::StrCat("--encoding: ", s.message()));
  }
  import.set_delimiter(arguments_.delimiter);
  import.set_phone_country_code(arguments_.country);
  import.set_file_name(arguments_.path.substr(arguments_.path.rfind('/') + 1).substr(0, 255));
  import.set_file_bytes(static_cast<int64_t>(file_.size()));
  import.set_file_sha256(base::Sha256Hex(file_));
  for (const std::string& given : arguments_.mappings) {
    // A column may have "=" in its name, a field has not.
    const size_t equals = given.rfind('=');
    if (equals == std::string::npos) return Usage("--map: column=field");
    v1::ImportMapping& mapping = *import.add_mappings();
    mapping.set_column(given.substr(0, equals));
    mapping.set_field(given.substr(equals + 1));
  }
  for (const std::string& given : arguments_.constants) {
    const size_t equals = given.find('=');
    if (equals == std::string::npos) return Usage("--constant: field=value");
    v1::ImportMapping& mapping = *import.add_mappings();
    mapping.set_field(given.substr(0, equals));
    mapping.set_constant(given.substr(equals + 1));
  }
  return import;
}

absl::Status FileImport::Announce(v1::Import import) {
  v1::CreateImportRequest create;
  create.set_import_id(arguments_.id);
  if (create.import_id().empty())
    create.set_import_id("file-" + base::DeriveId({import.SerializeAsString()}));
  const std::string name = "imports/" + create.import_id();
  *create.mutable_import() = std::move(import);
  const auto created = Call<v1::Import>("CreateImport", create);
  if (!created.ok() && !absl::IsAlreadyExists(created.status())) return created.status();
  v1::GetImportRequest get;
  get.set_name(name);
  const auto found = Call<v1::Import>("GetImport", get);
  if (!found.ok()) return found.status();
  import_ = *found;
  if (import_.file_sha256() != create.import().file_sha256())
    return Usage(absl::StrCat(name, " is of another file"));
  return absl::OkStatus();
}

absl::Status FileImport::Upload() {
  while (import_.state() == v1::IMPORT_STATE_UPLOADING) {
    v1::UploadChunkRequest upload;
    upload.set_name(import_.name());
    upload.set_offset(import_.uploaded_bytes());
    upload.set_content(file_.substr(static_cast<size_t>(import_.uploaded_bytes()), kChunkBytes));
    const auto uploaded = Call<v1::Import>("UploadChunk", upload);
    if (!uploaded.ok()) return uploaded.status();
    import_ = *uploaded;
    ShowProgress();
  }
  return absl::OkStatus();
}

void FileImport::ShowProgress() {
  if (!tty_) return;
  const auto position = static_cast<double>(import_.state() == v1::IMPORT_STATE_UPLOADING
                                                ? import_.uploaded_bytes()
                                                : import_.position().offset());
  double fraction = position / static_cast<double>(std::max<size_t>(file_.size(), 1));
  int64_t rows = import_.checked().rows();
  if (import_.state() == v1::IMPORT_STATE_RUNNING) {
    rows = import_.ran().rows();
    fraction = static_cast<double>(rows) /
               static_cast<double>(std::max<int64_t>(import_.checked().good_rows(), 1));
  }
  terminal_.err << kClearLine << ProgressText(fraction, rows, absl::Now() - begin_) << std::flush;
}

// Until the server does not go on by itself.
absl::Status FileImport::Wait() {
  begin_ = absl::Now();
  v1::GetImportRequest get;
  get.set_name(import_.name());
  while (import_.state() == v1::IMPORT_STATE_CHECKING ||
         import_.state() == v1::IMPORT_STATE_RUNNING) {
    absl::SleepFor(arguments_.poll);
    const auto found = Call<v1::Import>("GetImport", get);
    if (absl::IsUnavailable(found.status())) continue;
    if (!found.ok()) return found.status();
    import_ = *found;
    ShowProgress();
  }
  if (tty_) terminal_.err << kClearLine;
  return absl::OkStatus();
}

absl::Status FileImport::PrintErrors() {
  v1::ListImportErrorsRequest list;
  list.set_parent(import_.name());
  list.set_page_size(1'000);
  do {
    const auto page = Call<v1::ListImportErrorsResponse>("ListImportErrors", list);
    if (!page.ok()) return page.status();
    for (const v1::ImportError& error : page->import_errors()) {
      const v1::ImportFault& fault = error.fault();
      const bool warning = fault.severity() == v1::IMPORT_SEVERITY_WARNING;
      std::string text =
          absl::StrCat(fault.column().empty() ? "" : fault.column() + ": ", fault.text().en());
      if (!fault.detail().empty()) absl::StrAppend(&text, " (", fault.detail(), ")");
      if (!error.value().empty()) absl::StrAppend(&text, " '", error.value(), "'");
      terminal_.err << arguments_.path << ":" << fault.line() << ": "
                    << (warning ? "warning: " : "") << Printable(text, kErrorWidth) << "\n";
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  return absl::OkStatus();
}

absl::Status FileImport::Outcome() const {
  const int64_t out = import_.checked().bad_rows() + import_.ran().refused_rows();
  if (import_.state() == v1::IMPORT_STATE_FAILED || import_.state() == v1::IMPORT_STATE_CANCELLED) {
    return absl::FailedPreconditionError(
        absl::StrCat(import_.name(), " ", v1::ImportState_Name(import_.state()).substr(13), ": ",
                     import_.failure().detail(), import_.cancel_reason()));
  }
  if (out == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(out, " rows stay out"));
}

absl::Status FileImport::Run() {
  std::ifstream in(arguments_.path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return Usage(absl::StrCat(arguments_.path, " cannot be read"));
  file_ = text.str();
  begin_ = absl::Now();
  const absl::Time start = begin_;
  auto described = Described();
  if (!described.ok()) return described.status();
  if (absl::Status s = Announce(*std::move(described)); !s.ok()) return s;
  if (absl::Status s = Upload(); !s.ok()) return s;
  if (absl::Status s = Wait(); !s.ok()) return s;
  if (import_.state() == v1::IMPORT_STATE_READY && !arguments_.check_only) {
    v1::RunImportRequest run;
    run.set_name(import_.name());
    const auto running = Call<v1::Import>("RunImport", run);
    if (!running.ok()) return running.status();
    import_ = *running;
    if (absl::Status s = Wait(); !s.ok()) return s;
  }
  if (absl::Status s = PrintErrors(); !s.ok()) return s;
  const double seconds = std::max(absl::ToDoubleSeconds(absl::Now() - start), 1e-3);
  terminal_.err << import_.name() << ": " << WithSeparators(import_.checked().good_rows())
                << " rows good, " << WithSeparators(import_.checked().bad_rows()) << " bad, "
                << WithSeparators(import_.ran().rows() - import_.ran().refused_rows())
                << " taken in, " << absl::StrFormat("%.1f s", seconds) << " ("
                << WithSeparators(static_cast<int64_t>(
                       static_cast<double>(import_.checked().rows()) / seconds))
                << " rows/s)\n";
  return Outcome();
}

}  // namespace

absl::Status ImportFile(Connection& connection, const Catalogue& catalogue,
                        const FileImportArguments& arguments, const Terminal& terminal, bool tty) {
  return FileImport(connection, catalogue, arguments, terminal, tty).Run();
}

}  // namespace crm::crmctl
