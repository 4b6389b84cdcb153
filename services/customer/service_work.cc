#include "services/customer/domain/activity.h"
#include "services/customer/domain/contact_plan.h"
#include "services/customer/domain/follow_up_policy.h"
#include "services/customer/domain/insight_sheet.h"
#include "services/customer/domain/interview.h"
#include "services/customer/domain/interview_programme.h"
#include "services/customer/domain/interview_script.h"
#include "services/customer/domain/interview_seed.h"
#include "services/customer/domain/notification.h"
#include "services/customer/domain/notification_policy.h"
#include "services/customer/domain/reminder.h"
#include "services/customer/react/activity_reactions.h"
#include "services/customer/react/interview_reactions.h"
#include "services/customer/react/notifications.h"
#include "services/customer/read/acknowledge_batch.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/agenda.h"
#include "services/customer/read/birthdays.h"
#include "services/customer/read/contact_state.h"
#include "services/customer/read/customer360.h"
#include "services/customer/read/foreign_desk.h"
#include "services/customer/read/foreign_marketing.h"
#include "services/customer/read/foreign_sales.h"
#include "services/customer/read/group.h"
#include "services/customer/read/interview_effect.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/overdue_contacts.h"
#include "services/customer/read/programme_members.h"
#include "services/customer/read/timeline.h"
#include "services/customer/read/timeline_tables.h"
#include "services/customer/read/timeline_views.h"
#include "services/customer/service_parts.h"

namespace crm::customer {

void DescribeTimeline(app::Service& service) {
  service.Table(kTimeline);
  service.Project(ProjectCustomerTimeline);
  service.Project(ProjectTouchpointTimeline);
  service.Project(ProjectPositionTimeline);
  service.Project(ProjectExpenseTimeline);
  service.Project(ProjectInterviewTimeline);
  service.Table(kFollowedOpportunities);
  service.Table(kFollowedOrders);
  service.Table(kFollowedTickets);
  service.Table(kFollowedCampaigns);
  service.Foreign(FollowOpportunity);
  service.Foreign(FollowOrder);
  service.Foreign(FollowTicket);
  service.Foreign(FollowCampaign);
  service.Query(QueryTimeline);
  service.Query(QueryCustomer360);
  service.Query(QueryGroup);
}

void DescribeNotifications(app::Service& service) {
  service.Aggregate<NotificationModel>(kNotifications)
      .Command<v1::AcknowledgeNotificationRequest>()
      .Internal<v1::NotifyRequest>()
      .Internal<v1::EscalateNotificationRequest>();
  service.Get<v1::GetNotificationRequest>(kNotifications);
  service.BatchGet<v1::BatchGetNotificationsRequest, v1::BatchGetNotificationsResponse>(
      kNotifications);
  service.List<v1::ListNotificationsRequest, v1::ListNotificationsResponse>(kNotifications);
  service.Watch<v1::WatchNotificationsRequest, v1::WatchNotificationsResponse>(kNotifications,
                                                                               IsUnread);
  service.Batch<v1::BatchAcknowledgeNotificationsResponse>(SplitAcknowledgeNotifications);
  service.Aggregate<NotificationPolicyModel>(kNotificationPolicies)
      .Command<v1::CreateNotificationPolicyRequest>()
      .Command<v1::UpdateNotificationPolicyRequest>();
  service.Get<v1::GetNotificationPolicyRequest>(kNotificationPolicies);
  service.Seed(SeedNotificationPolicies);
  service.Aggregate<ReminderModel>(kReminders)
      .Command<v1::SetReminderRequest>()
      .Command<v1::UpdateReminderRequest>()
      .Command<v1::CancelReminderRequest>()
      .Internal<v1::FireReminderRequest>();
  service.Get<v1::GetReminderRequest>(kReminders);
  service.BatchGet<v1::BatchGetRemindersRequest, v1::BatchGetRemindersResponse>(kReminders);
  service.List<v1::ListRemindersRequest, v1::ListRemindersResponse>(kReminders);
  service.React("NotifyOfCustomer", NotifyOfCustomer);
  service.React("NotifyOfTouchpoint", NotifyOfTouchpoint);
  service.React("NotifyOfStaff", NotifyOfStaff);
  service.React("NotifyOfTicket", NotifyOfTicket);
  service.React("NotifyOfErasure", NotifyOfErasure);
  service.React("NotifyOfMergeCase", NotifyOfMergeCase);
  service.React("NotifyOfReminder", NotifyOfReminder);
  service.React("NotifyOfNotification", NotifyOfNotification);
}

void DescribeActivities(app::Service& service) {
  service.Aggregate<ActivityModel>(kActivities)
      .Command<v1::PlanActivityRequest>()
      .Command<v1::UpdateActivityRequest>()
      .Command<v1::StartActivityRequest>()
      .Command<v1::CompleteActivityRequest>()
      .Command<v1::CancelActivityRequest>()
      .Internal<v1::PlanNextActivityRequest>()
      .Internal<v1::HandActivityRequest>()
      .Internal<v1::TakeBackActivityRequest>()
      .Internal<v1::ActivityDueRequest>();
  service.Get<v1::GetActivityRequest>(kActivities);
  service.BatchGet<v1::BatchGetActivitiesRequest, v1::BatchGetActivitiesResponse>(kActivities);
  service.List<v1::ListActivitiesRequest, v1::ListActivitiesResponse>(kActivities);
  service.React("OnActivity", OnActivity);

  service.Aggregate<ContactPlanModel>(kContactPlans)
      .Command<v1::CreateContactPlanRequest>()
      .Command<v1::UpdateContactPlanRequest>()
      .Internal<v1::ContactPlanDueRequest>()
      .Internal<v1::ContinueContactCheckRequest>();
  service.Get<v1::GetContactPlanRequest>(kContactPlans);
  service.BatchGet<v1::BatchGetContactPlansRequest, v1::BatchGetContactPlansResponse>(
      kContactPlans);
  service.List<v1::ListContactPlansRequest, v1::ListContactPlansResponse>(kContactPlans);
  service.Seed(SeedContactPlans);
  service.Table(kContactStates);
  service.Project(ProjectContactOfCustomer);
  service.Project(ProjectContactOfTouchpoint);
  service.Query(QueryOverdueContacts);
  service.React("OnContactPlan", OnContactPlan);

  service.Table(kBirthdays);
  service.Project(ProjectBirthdayOfContact);
  service.Project(ProjectBirthdayOfCustomer);
  service.Query(QueryAgenda);
}

void DescribeInterviews(app::Service& service) {
  service.Aggregate<InterviewQuestionModel>(kInterviewQuestions)
      .Command<v1::CreateInterviewQuestionRequest>()
      .Command<v1::UpdateInterviewQuestionRequest>();
  service.Get<v1::GetInterviewQuestionRequest>(kInterviewQuestions);
  service.BatchGet<v1::BatchGetInterviewQuestionsRequest, v1::BatchGetInterviewQuestionsResponse>(
      kInterviewQuestions);
  service.List<v1::ListInterviewQuestionsRequest, v1::ListInterviewQuestionsResponse>(
      kInterviewQuestions);
  service.Aggregate<InterviewScriptModel>(kInterviewScripts)
      .Command<v1::CreateInterviewScriptRequest>()
      .Command<v1::UpdateInterviewScriptRequest>();
  service.Get<v1::GetInterviewScriptRequest>(kInterviewScripts);
  service.BatchGet<v1::BatchGetInterviewScriptsRequest, v1::BatchGetInterviewScriptsResponse>(
      kInterviewScripts);
  service.List<v1::ListInterviewScriptsRequest, v1::ListInterviewScriptsResponse>(
      kInterviewScripts);
  service.Aggregate<FollowUpPolicyModel>(kFollowUpPolicies)
      .Command<v1::CreateFollowUpPolicyRequest>()
      .Command<v1::UpdateFollowUpPolicyRequest>();
  service.Get<v1::GetFollowUpPolicyRequest>(kFollowUpPolicies);
  service.Seed(SeedInterviews);

  service.Aggregate<InterviewModel>(kInterviews)
      .Command<v1::PlanInterviewRequest>()
      .Command<v1::UpdateInterviewRequest>()
      .Command<v1::HoldInterviewRequest>()
      .Command<v1::DeclineInterviewRequest>()
      .Command<v1::MissInterviewRequest>()
      .Command<v1::FollowUpSignalRequest>()
      .Internal<v1::PlanProgrammeInterviewRequest>()
      .Internal<v1::HandleSignalRequest>()
      .Internal<v1::HandInterviewRequest>()
      .Internal<v1::CheckInterviewRequest>();
  service.Get<v1::GetInterviewRequest>(kInterviews);
  service.BatchGet<v1::BatchGetInterviewsRequest, v1::BatchGetInterviewsResponse>(kInterviews);
  service.List<v1::ListInterviewsRequest, v1::ListInterviewsResponse>(kInterviews);
  service.React("OnInterview", OnInterview);
  service.React("OnSignalActivity", OnSignalActivity);

  service.Aggregate<InterviewProgrammeModel>(kInterviewProgrammes)
      .Command<v1::CreateInterviewProgrammeRequest>()
      .Command<v1::UpdateInterviewProgrammeRequest>()
      .Command<v1::PlanInterviewsRequest>()
      .Command<v1::CancelInterviewProgrammeRequest>()
      .Internal<v1::DrawBookRequest>();
  service.Get<v1::GetInterviewProgrammeRequest>(kInterviewProgrammes);
  service.BatchGet<v1::BatchGetInterviewProgrammesRequest, v1::BatchGetInterviewProgrammesResponse>(
      kInterviewProgrammes);
  service.List<v1::ListInterviewProgrammesRequest, v1::ListInterviewProgrammesResponse>(
      kInterviewProgrammes);
  service.Table(kProgrammeMembers);
  service.Project(ProjectProgrammeMembers);
  service.Get<v1::GetProgrammeMemberRequest>(kProgrammeMembers);
  service.BatchGet<v1::BatchGetProgrammeMembersRequest, v1::BatchGetProgrammeMembersResponse>(
      kProgrammeMembers);
  service.List<v1::ListProgrammeMembersRequest, v1::ListProgrammeMembersResponse>(
      kProgrammeMembers);
  service.React("OnInterviewProgramme", OnInterviewProgramme);
  service.Query(QueryInterviewEffect);

  service.Aggregate<InsightSheetModel>(kInsightSheets)
      .Command<v1::CreateInsightSheetRequest>()
      .Command<v1::UpdateInsightSheetRequest>();
  service.Get<v1::GetInsightSheetRequest>(kInsightSheets);
  service.BatchGet<v1::BatchGetInsightSheetsRequest, v1::BatchGetInsightSheetsResponse>(
      kInsightSheets);
  service.List<v1::ListInsightSheetsRequest, v1::ListInsightSheetsResponse>(kInsightSheets);
}

}  // namespace crm::customer
