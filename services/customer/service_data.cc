#include "services/customer/domain/contact_merge.h"
#include "services/customer/domain/custom_field.h"
#include "services/customer/domain/custom_values.h"
#include "services/customer/domain/customer_merge.h"
#include "services/customer/domain/duplicate_scan.h"
#include "services/customer/domain/erasure.h"
#include "services/customer/domain/expense.h"
#include "services/customer/domain/export.h"
#include "services/customer/domain/export_chunk.h"
#include "services/customer/domain/import.h"
#include "services/customer/domain/linkage_model.h"
#include "services/customer/domain/merge_case.h"
#include "services/customer/domain/saved_report.h"
#include "services/customer/domain/target_list.h"
#include "services/customer/react/care_reactions.h"
#include "services/customer/react/duplicate_reactions.h"
#include "services/customer/react/exports.h"
#include "services/customer/react/imports.h"
#include "services/customer/react/merge_reactions.h"
#include "services/customer/react/self_contact.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/custom_field_tables.h"
#include "services/customer/read/download.h"
#include "services/customer/read/duplicates.h"
#include "services/customer/read/exchange_tables.h"
#include "services/customer/read/import_views.h"
#include "services/customer/read/linkage_keys.h"
#include "services/customer/read/linkage_tables.h"
#include "services/customer/read/merge_guard.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/operations.h"
#include "services/customer/read/ordered_products.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/report_tables.h"
#include "services/customer/read/reports.h"
#include "services/customer/read/staleness.h"
#include "services/customer/read/subject_data.h"
#include "services/customer/read/visits.h"
#include "services/customer/service_parts.h"

namespace crm::customer {

void DescribeExchange(app::Service& service) {
  service.Aggregate<ImportModel>(kImports)
      .Command<v1::CreateImportRequest>()
      .Command<v1::UploadChunkRequest>()
      .Command<v1::CheckImportRequest>()
      .Command<v1::RunImportRequest>()
      .Command<v1::CancelImportRequest>()
      .Internal<v1::RecordImportCheckRequest>()
      .Internal<v1::FailImportRequest>()
      .Internal<v1::ContinueImportRequest>()
      .Internal<v1::FinishImportRequest>()
      .Internal<v1::ExpireImportRequest>();
  service.Get<v1::GetImportRequest>(kImports);
  service.BatchGet<v1::BatchGetImportsRequest, v1::BatchGetImportsResponse>(kImports);
  service.List<v1::ListImportsRequest, v1::ListImportsResponse>(kImports);
  service.Table(kImportErrors);
  service.Table(kImportChunks);
  service.Table(kImportStretches);
  service.Table(kImportRefusals);
  service.Project(ProjectImport);
  service.ProjectPassed(ProjectImportRefusal);
  service.List<v1::ListImportErrorsRequest, v1::ListImportErrorsResponse>(kImportErrors);
  service.React(kOnImport, OnImport);

  service.Aggregate<ExportModel>(kExports)
      .Command<v1::CreateExportRequest>()
      .Command<v1::CancelExportRequest>()
      .Internal<v1::ContinueExportRequest>()
      .Internal<v1::FinishExportRequest>()
      .Internal<v1::FailExportRequest>()
      .Internal<v1::ExpireExportRequest>();
  service.Aggregate<ExportChunkModel>(kExportChunks)
      .Internal<v1::WriteExportChunkRequest>()
      .Internal<v1::DropExportChunkRequest>();
  service.Get<v1::GetExportRequest>(kExports);
  service.BatchGet<v1::BatchGetExportsRequest, v1::BatchGetExportsResponse>(kExports);
  service.List<v1::ListExportsRequest, v1::ListExportsResponse>(kExports);
  service.Query(QueryDownload);
  service.React("OnExport", OnExport);

  service.Query(QueryOperation);
  service.Query(QueryWaitOperation);
  service.Query(QueryOperations);
  service.Alias<google::protobuf::Empty>(CancelOperation);
  service.Alias<google::protobuf::Empty>(DeleteOperation);
}

void DescribeCustomFields(app::Service& service) {
  service.Aggregate<CustomFieldModel>(kCustomFields)
      .Command<v1::DeclareCustomFieldRequest>()
      .Command<v1::UpdateCustomFieldRequest>()
      .Command<v1::RetireCustomFieldRequest>();
  service.Get<v1::GetCustomFieldRequest>(kCustomFields);
  service.BatchGet<v1::BatchGetCustomFieldsRequest, v1::BatchGetCustomFieldsResponse>(
      kCustomFields);
  service.List<v1::ListCustomFieldsRequest, v1::ListCustomFieldsResponse>(kCustomFields);
  service.KeyTypesOfLists(TypeOfCustomField);
}

void DescribeReports(app::Service& service) {
  service.Aggregate<SavedReportModel>(kSavedReports)
      .Command<v1::CreateSavedReportRequest>()
      .Command<v1::UpdateSavedReportRequest>();
  service.Get<v1::GetSavedReportRequest>(kSavedReports);
  service.BatchGet<v1::BatchGetSavedReportsRequest, v1::BatchGetSavedReportsResponse>(
      kSavedReports);
  service.List<v1::ListSavedReportsRequest, v1::ListSavedReportsResponse>(kSavedReports);
  service.Seed(SeedSavedReports);
  service.Query(QueryReport);
  service.Aggregate<TargetListModel>(kTargetLists)
      .Command<v1::CreateTargetListRequest>()
      .Command<v1::UpdateTargetListRequest>();
  service.Get<v1::GetTargetListRequest>(kTargetLists);
  service.BatchGet<v1::BatchGetTargetListsRequest, v1::BatchGetTargetListsResponse>(kTargetLists);
  service.List<v1::ListTargetListsRequest, v1::ListTargetListsResponse>(kTargetLists);
  service.Table(kCustomerVisits);
  service.Project(ProjectVisit);
  service.Table(kOrderedProducts);
  service.Table(kProductCounts);
  service.Foreign(ProjectOrderedProducts);
}

void DescribeCare(app::Service& service) {
  service.Table(kStaleCustomers);
  service.Project(ProjectStaleCustomers);
  service.List<v1::ListStaleCustomersRequest, v1::ListStaleCustomersResponse>(kStaleCustomers);
  service.Query(QueryCustomerVersion);
  service.Query(QueryConsents);
  service.React("OnCustomerPolicy", OnCustomerPolicy);
  service.React("OnStaleCustomer", OnStaleCustomer);
  service.React("OnNewOwner", OnNewOwner);
  service.React("OnOptOut", OnOptOut);
  service.React("OnPerson", OnPerson);
  service.React("OnSelfContact", OnSelfContact);

  service.Aggregate<ExpenseModel>(kExpenses)
      .Command<v1::RecordExpenseRequest>()
      .Command<v1::VoidExpenseRequest>();
  service.Get<v1::GetExpenseRequest>(kExpenses);
  service.BatchGet<v1::BatchGetExpensesRequest, v1::BatchGetExpensesResponse>(kExpenses);
  service.List<v1::ListExpensesRequest, v1::ListExpensesResponse>(kExpenses);

  service.Aggregate<ErasureModel>(kErasures)
      .Command<v1::RequestErasureRequest>()
      .Command<v1::HoldErasureRequest>()
      .Command<v1::ReleaseErasureHoldRequest>()
      .Command<v1::ApproveErasureRequest>()
      .Internal<v1::CheckErasureRequest>();
  service.Get<v1::GetErasureRequest>(kErasures);
  service.BatchGet<v1::BatchGetErasuresRequest, v1::BatchGetErasuresResponse>(kErasures);
  service.List<v1::ListErasuresRequest, v1::ListErasuresResponse>(kErasures);
  service.Query(QuerySubjectData);
}

void DescribeMerges(app::Service& service) {
  service.Aggregate<MergeCaseModel>(kMergeCases)
      .Command<v1::CreateMergeCaseRequest>()
      .Command<v1::ConfirmMergeRequest>()
      .Command<v1::RejectMergeRequest>()
      .Command<v1::UnmergeRequest>()
      .Internal<v1::SuggestMergeRequest>()
      .Internal<v1::FinishMergeRequest>()
      .Internal<v1::FailMergeRequest>()
      .Internal<v1::FinishUnmergeRequest>();
  service.Get<v1::GetMergeCaseRequest>(kMergeCases);
  service.BatchGet<v1::BatchGetMergeCasesRequest, v1::BatchGetMergeCasesResponse>(kMergeCases);
  service.List<v1::ListMergeCasesRequest, v1::ListMergeCasesResponse>(kMergeCases);
  service.Table(kRedirects);
  service.Table(kMergeUndos);
  service.Project(ProjectMerges);
  service.React("OnMergeCase", OnMergeCase);
  service.React("OnCustomerMerge", OnCustomerMerge);
  service.Table(kContactMergeUndos);
  service.Project(ProjectContactMerges);
  service.React("OnContactMerge", OnContactMerge);
  service.Guard(AdmitUnlessMerged);
  service.ParentsOfLists(ParentsOf);
}

void DescribeDuplicates(app::Service& service) {
  service.Aggregate<LinkageModelModel>(kLinkageModels)
      .Command<v1::CreateLinkageModelRequest>()
      .Command<v1::UpdateLinkageModelRequest>()
      .Command<v1::TrainLinkageModelRequest>();
  service.Get<v1::GetLinkageModelRequest>(kLinkageModels);
  service.Seed(SeedLinkageModels);
  service.Table(kLinkageKeys);
  service.Project(ProjectLinkageKeys);
  service.Table(kContactLinkageKeys);
  service.Table(kContactCounts);
  service.Project(ProjectContactLinkageKeys);
  service.Project(ProjectEmployerKeys);
  service.Query(QueryDuplicates);
  service.Query(QueryContactDuplicates);

  service.Aggregate<DuplicateScanModel>(kDuplicateScans)
      .Command<v1::FindDuplicatesRequest>()
      .Command<v1::CancelDuplicateScanRequest>()
      .Internal<v1::BeginDuplicateScanRequest>()
      .Internal<v1::ContinueDuplicateScanRequest>();
  service.Get<v1::GetDuplicateScanRequest>(kDuplicateScans);
  service.BatchGet<v1::BatchGetDuplicateScansRequest, v1::BatchGetDuplicateScansResponse>(
      kDuplicateScans);
  service.List<v1::ListDuplicateScansRequest, v1::ListDuplicateScansResponse>(kDuplicateScans);
  service.React("OnDuplicateScan", OnDuplicateScan);
}

}  // namespace crm::customer
