#include "tests/contract/exchange_steps.h"

#include "absl/strings/str_cat.h"

namespace crm::contract {
namespace {

const std::string kCustomer = "crm.customer.v1.";

// A good row and a bad one.
const char kFile[] =
    "external_system,external_id,kind,display_name\\nerp,900,company,Imported\\n"
    "erp,901,firm,Bad\\n";
const char kFileHash[] = "1485bfcf23b51e6851111191dadd97330133543957ebe3bae1a49df525a3af07";
const char kBadFile[] = "colour\\nred\\n";
const char kBadFileHash[] = "882c172860c6fa46a071bd32c7625fccf8d63910c35dbbdd44653f936a82473b";

Step Announce(const std::string& id, int bytes, const std::string& hash) {
  return {kCustomer + "CreateImportRequest",
          absl::StrCat("import_id: '", id,
                       "' import { kind: IMPORT_KIND_CUSTOMERS format: IMPORT_FORMAT_CSV "
                       "file_name: 'erp.csv' file_bytes: ",
                       bytes, " file_sha256: '", hash, "' }")};
}

Step Upload(const std::string& id, const std::string& content) {
  return {kCustomer + "UploadChunkRequest",
          absl::StrCat("name: 'imports/", id, "' content: '", content, "'")};
}

Step Export(const std::string& id, bool only_golden) {
  return {kCustomer + "CreateExportRequest",
          absl::StrCat("export_id: '", id,
                       "' export { fields: ['display_name', 'personal.phones'] "
                       "filter: 'region = \"coast\"' reason: 'fair' }"),
          only_golden};
}

Step RowsMax(int rows) {
  return {kCustomer + "UpdateCustomerPolicyRequest",
          absl::StrCat("customer_policy { name: 'customerPolicies/standard' data_exchange { "
                       "export_rows_max: ",
                       rows, " } } update_mask { paths: 'data_exchange' }"),
          true};
}

}  // namespace

std::vector<Step> ExchangeSteps() {
  return {
      Announce("book", 88, kFileHash),
      Upload("book", kFile),
      {kCustomer + "CheckImportRequest", "name: 'imports/book'", true},
      {kCustomer + "RunImportRequest", "name: 'imports/book'", true},
      Announce("waiting", 88, kFileHash),
      Upload("waiting", kFile),
      Announce("colours", 11, kBadFileHash),
      Upload("colours", kBadFile),
      Announce("dropped", 88, kFileHash),
      {kCustomer + "CancelImportRequest", "name: 'imports/dropped' reason: 'wrong file'"},
      Export("fair", false),
      {kCustomer + "CancelExportRequest", "name: 'exports/fair' reason: 'not needed'"},
      // A part is there of an earlier reading, as when a server stopped in between.
      {kCustomer + "WriteExportChunkRequest",
       "parent: 'exports/again' export_chunk_id: '1-00000' export_chunk {} "
       "written { reading: 1 personal { content: 'x' } }",
       true},
      Export("again", true),
      {kCustomer + "ExpireExportRequest", "name: 'exports/again'", true, 1},
      {kCustomer + "ExpireExportRequest", "name: 'exports/again'", true, 8},
      RowsMax(1),
      {kCustomer + "CreateExportRequest",
       "export_id: 'all' export { fields: 'display_name' reason: 'fair' }", true},
      RowsMax(0),
  };
}

std::vector<Step> StretchSteps() {
  return {
      {kCustomer + "UpdateCustomerPolicyRequest",
       "customer_policy { name: 'customerPolicies/standard' data_exchange { "
       "export_stretch_customers: 20 } } update_mask { paths: 'data_exchange' }",
       true},
      {kCustomer + "CreateExportRequest",
       "export_id: 'stretches' export { fields: 'display_name' reason: 'fair' }", true},
      // The newest change is of the same moment: reading begins behind it.
      {kCustomer + "ExpireExportRequest", "name: 'exports/stretches'", true, 1},
      RowsMax(0),
  };
}

std::vector<ExchangeRefusal> ExchangeRefusals() {
  const std::string p = kCustomer;
  const auto file = [](int bytes) {
    return absl::StrCat("kind: IMPORT_KIND_CUSTOMERS format: IMPORT_FORMAT_CSV file_bytes: ", bytes,
                        " file_sha256: '", kFileHash, "' ");
  };
  return {
      {p + "CreateImportRequest", "import {}", "!field:import.kind"},
      {p + "CreateImportRequest", "import { " + file(0) + "}", "!field:import.file_bytes"},
      {p + "CreateImportRequest",
       "import { " + file(88) + "mappings { column: 'Colour' field: 'colour' } }",
       "!field:import.mappings[0].field"},
      {p + "UploadChunkRequest", "name: 'imports/dropped' offset: 7 content: 'x'", "!field:offset"},
      {p + "UploadChunkRequest", "name: 'imports/dropped' content: 'x'", "!field:content"},
      {p + "UploadChunkRequest", absl::StrCat("name: 'imports/dropped' content: '", kFile, "'"),
       "!IMPORT_NOT_UPLOADING"},
      {p + "CheckImportRequest", "name: 'imports/dropped'", "!IMPORT_NOT_READY"},
      {p + "RunImportRequest", "name: 'imports/dropped'", "!IMPORT_NOT_READY"},
      {p + "CancelImportRequest", "name: 'imports/colours'", "!IMPORT_CLOSED"},
      {p + "CreateExportRequest", "export { fields: 'display_name' }", "!field:export.reason"},
      {p + "CreateExportRequest", "export { fields: 'colour' reason: 'fair' }",
       "!field:export.fields[0]"},
      {p + "CreateExportRequest", "export { fields: 'kind' reason: 'fair' filter: 'colour = 1' }",
       "!field:export.filter"},
      {p + "UpdateCustomerPolicyRequest",
       "customer_policy { name: 'customerPolicies/standard' data_exchange { export_keep_days: 400 "
       "} } update_mask { paths: 'data_exchange' }",
       "!field:customer_policy.data_exchange.export_keep_days"},
      {p + "UpdateCustomerPolicyRequest",
       "customer_policy { name: 'customerPolicies/standard' data_exchange { "
       "export_stretch_customers: 200000 } } update_mask { paths: 'data_exchange' }",
       "!field:customer_policy.data_exchange.export_stretch_customers"},
  };
}

}  // namespace crm::contract
