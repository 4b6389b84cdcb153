#include "services/sales-pipeline/service.h"

#include "services/sales-pipeline/domain/opportunity.h"
#include "services/sales-pipeline/domain/order.h"
#include "services/sales-pipeline/domain/orphan_order.h"
#include "services/sales-pipeline/domain/pipeline.h"
#include "services/sales-pipeline/domain/seed.h"
#include "services/sales-pipeline/react/reactions.h"
#include "services/sales-pipeline/read/customer_refs.h"
#include "services/sales-pipeline/read/import_orders.h"
#include "services/sales-pipeline/read/tables.h"

namespace crm::sales {
namespace {

// The customer that a create hangs on.
template <class Request>
auto CustomerOfParent() {
  return app::Requires<customer::v1::GetCustomerRequest, Request>(
      kCustomerRefs, +[](const Request& request) { return request.parent(); }, CustomerRefOf);
}

}  // namespace

void Describe(app::Service& service) {
  service.Aggregate<PipelineModel>(kPipelines)
      .Command<v1::CreatePipelineRequest>()
      .Command<v1::UpdatePipelineRequest>();
  service.Get<v1::GetPipelineRequest>(kPipelines);
  service.List<v1::ListPipelinesRequest, v1::ListPipelinesResponse>(kPipelines);
  service.Seed(SeedPipelines);

  service.Aggregate<OpportunityModel>(kOpportunities)
      .Command(CustomerOfParent<v1::OpenOpportunityRequest>())
      .Command<v1::MoveStageRequest>()
      .Command<v1::WinOpportunityRequest>()
      .Command<v1::LoseOpportunityRequest>()
      .Command<v1::ReopenOpportunityRequest>();
  service.Get<v1::GetOpportunityRequest>(kOpportunities);
  service.List<v1::ListOpportunitiesRequest, v1::ListOpportunitiesResponse>(kOpportunities);

  service.Aggregate<OrderModel>(kOrders)
      .Command(CustomerOfParent<v1::RecordOrderRequest>())
      .Command<v1::ConfirmOrderRequest>()
      .Command<v1::AmendOrderRequest>()
      .Command<v1::CancelOrderRequest>()
      .Command<v1::RecordDeliveryRequest>()
      .Command<v1::RecordReturnRequest>()
      .Internal<v1::RecordWonOrderRequest>()
      .Internal<v1::ImportOrderRequest>()
      .Internal<v1::ReimportOrderRequest>();
  service.Batch<v1::ImportOrdersResponse>(SplitImportOrders);
  service.Get<v1::GetOrderRequest>(kOrders);
  service.List<v1::ListOrdersRequest, v1::ListOrdersResponse>(kOrders);

  service.Aggregate<OrphanOrderModel>(kOrphanOrders)
      .Internal<v1::KeepOrphanOrderRequest>()
      .Internal<v1::ReimportOrphanOrderRequest>()
      .Internal<v1::AdoptOrphanOrderRequest>();
  service.Get<v1::GetOrphanOrderRequest>(kOrphanOrders);
  service.List<v1::ListOrphanOrdersRequest, v1::ListOrphanOrdersResponse>(kOrphanOrders);

  service.Table(kCustomerRefs);
  service.Foreign(ProjectCustomerRef);
  service.ParentsOfLists(ParentsOf);

  service.React("OnCustomer", OnCustomer);
  service.React("OnOrphanOrder", OnOrphanOrder);
  service.React("OnOpportunity", OnOpportunity);
}

}  // namespace crm::sales
