// CSV files, record by record.
#pragma once

#include "libs/files/csv.h"

namespace crm::crmctl {

using files::CsvReader;
using files::CsvRecord;
using files::kCsvLineBytesMax;
using files::kCsvRecordBytesMax;

}  // namespace crm::crmctl
