import type {
  Channel,
  ConsentState,
  ConversationStatus,
  FollowUpPriority,
  FollowUpType,
  HandoffTrigger,
  ObjectionSeverity,
  ObjectionType,
  PaymentMethod,
  QualificationField,
  SalesStage,
} from '@baton/schema';

/** Labels of the schema's enums. */
export const stageLabels: Record<SalesStage, string> = {
  lead: 'Lead',
  qualification: 'Qualification',
  qualified: 'Qualified',
  objection_handling: 'Objections',
  closing: 'Closing',
  closed_won: 'Won',
  closed_lost: 'Lost',
  follow_up: 'Follow-up',
};

export const consentWords: Record<ConsentState, string> = {
  granted: 'Agreed to messages here',
  withdrawn: 'Wants no more messages here',
  unknown: 'Consent is not known',
};

export const statusLabels: Record<ConversationStatus, string> = {
  active: 'Active',
  paused: 'Paused',
  scheduled: 'Scheduled',
  completed: 'Completed',
  abandoned: 'Abandoned',
};

export const channelLabels: Record<Channel, string> = {
  instagram_dm: 'Instagram',
  facebook_messenger: 'Messenger',
  whatsapp: 'WhatsApp',
  sms: 'SMS',
  web: 'Web',
  email: 'Email',
  api: 'API',
};

export const objectionLabels: Record<ObjectionType, string> = {
  price: 'Price',
  timing: 'Timing',
  trust: 'Trust',
  feature: 'Feature',
  competitor: 'Competitor',
  authority: 'Authority',
};

export const severityLabels: Record<ObjectionSeverity, string> = {
  low: 'Low',
  medium: 'Medium',
  high: 'High',
};

export const followUpLabels: Record<FollowUpType, string> = {
  re_engagement: 'Re-engage',
  objection_follow_up: 'Come back to an objection',
  close_attempt: 'Try to close',
  nurture: 'Nurture',
  onboarding_check: 'Check onboarding',
};

export const priorityLabels: Record<FollowUpPriority, string> = {
  low: 'Low',
  medium: 'Medium',
  high: 'High',
};

export const triggerLabels: Record<HandoffTrigger, string> = {
  stage_complete: 'Stage complete',
  user_intent: 'The customer wants it',
  objection: 'Objection',
  low_confidence: 'Low confidence',
  timeout: 'Timeout',
  policy: 'Policy',
  manual: 'By hand',
};

export const fieldLabels: Record<QualificationField, string> = {
  budget: 'Budget',
  authority: 'Authority',
  need: 'Need',
  timeline: 'Timeline',
};

export const paymentLabels: Record<PaymentMethod, string> = {
  credit_card: 'Credit card',
  ach: 'ACH',
  wire: 'Wire transfer',
  check: 'Check',
};

/** Labels of what a stage needs, by the domain's names. */
const requirementLabels: Record<string, string> = {
  ...fieldLabels,
  monthlyValueCents: 'monthly value',
  paymentMethod: 'payment method',
  lossReason: 'a reason',
};

export function requirementLabel(name: string): string {
  return (requirementLabels[name] ?? name).toLowerCase();
}

/** `3 messages`, `1 message` */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
