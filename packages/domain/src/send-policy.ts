import type {
  AgentId,
  Channel,
  Consent,
  Conversation,
  MessageTemplate,
  NewMessage,
  SendPolicy,
  SendPolicyCode,
  SendReason,
  Timestamp,
} from '@baton/schema';
import { addMs } from './instant.ts';
import { endOfQuietHours, nextDay } from './quiet-hours.ts';
import { Refusal } from './refusal.ts';

/** What an agent's budget has come to in a day of the tenant's zone. */
export type BudgetUse = { tokens: number; costMicros: number };

/** What a tenant's policy goes by beside the conversation, as it is before the command. */
export type Sending = {
  policy: SendPolicy;
  /** Of the contact, else of the tenant. */
  contactZone: string;
  tenantZone: string;
  /** The customer's latest words; null where there are none, or nothing asks for them. */
  lastCustomerAt: Timestamp | null;
  /** Public messages of agents since then. */
  agentRun: number;
  /** What is spent and set aside, of agents that have a budget. */
  budgetUse: ReadonlyMap<AgentId, BudgetUse>;
};

/** What the policy needs of a conversation, or of one that begins. */
export type CheckedConversation = Pick<Conversation, 'channel' | 'consent'> & {
  owner: Pick<Conversation['owner'], 'agentId'>;
  metrics: Pick<Conversation['metrics'], 'waitingSince'>;
};

/** Who would say something to whom, and when. */
type Attempt = {
  at: Timestamp;
  agentId: AgentId | undefined;
  channel: Channel;
  template: MessageTemplate | undefined;
  /** To messages on this channel; undefined where nothing was ever said about it. */
  consent: Consent | undefined;
  /** Whether words of the customer wait for an answer. */
  isAnswer: boolean;
};

/** Names the code, so that a reason of the policy is told from others. */
type PolicyReason = SendReason & { code: SendPolicyCode };

/** Holds for every tenant, also of templates and of answers. */
function withdrawn({ channel, consent }: Attempt): PolicyReason[] {
  if (consent?.state !== 'withdrawn') return [];
  const message = `The contact withdrew consent to messages on ${channel} at ${consent.at}`;
  return [{ code: 'CONTACT_OPTED_OUT', message }];
}

function windowClosed({ at, channel, template }: Attempt, sending: Sending): PolicyReason[] {
  const window = sending.policy.windows?.[channel];
  if (window === undefined || template !== undefined) return [];
  const { lastCustomerAt } = sending;
  if (lastCustomerAt !== null && at < addMs(lastCustomerAt, window.durationMs)) return [];
  const message =
    lastCustomerAt === null
      ? `The customer has not written on ${channel} yet: only a template may be sent`
      : `The customer wrote last at ${lastCustomerAt}, too long ago for ${channel}: only a template may be sent`;
  return [{ code: 'WINDOW_CLOSED', message }];
}

function inQuietHours({ at, isAnswer }: Attempt, { policy, contactZone }: Sending): PolicyReason[] {
  if (policy.quietHours === undefined || isAnswer) return [];
  const until = endOfQuietHours(at, policy.quietHours, contactZone);
  if (until === null) return [];
  const message = `Quiet hours in ${contactZone}, and no words of the customer wait for an answer`;
  return [{ code: 'QUIET_HOURS', message, until }];
}

function beyondRunLimit({ policy: { runLimit }, agentRun }: Sending): PolicyReason[] {
  if (runLimit === undefined || agentRun < runLimit) return [];
  const message = `Agents have said ${agentRun} messages since the customer's latest; at most ${runLimit} may follow each other`;
  return [{ code: 'RUN_LIMIT', message }];
}

function overBudget({ at, agentId }: Attempt, { policy, budgetUse, tenantZone }: Sending): PolicyReason[] {
  const budget = policy.budgets?.find((candidate) => candidate.agentId === agentId);
  const used = agentId === undefined ? undefined : budgetUse.get(agentId);
  if (budget === undefined || used === undefined) return [];
  const { tokensPerDay = Infinity, costMicrosPerDay = Infinity } = budget;
  if (used.tokens < tokensPerDay && used.costMicros < costMicrosPerDay) return [];
  const message = `The budget of ${budget.agentId} for today is spent or set aside`;
  return [{ code: 'BUDGET_SPENT', message, until: nextDay(at, tenantZone) }];
}

/** Why the policy is against what would be said, in the order of the codes; nothing where it is not. */
function policyReasons(attempt: Attempt, sending: Sending | undefined): PolicyReason[] {
  const optedOut = withdrawn(attempt);
  if (sending === undefined) return optedOut;
  return [
    ...optedOut,
    ...windowClosed(attempt, sending),
    ...inQuietHours(attempt, sending),
    ...beyondRunLimit(sending),
    ...overBudget(attempt, sending),
  ];
}

/** Every reason why the policy would refuse what an agent says in a conversation now. */
export function sendReasons(
  { channel, consent, metrics }: CheckedConversation,
  would: { at: Timestamp; agentId: AgentId; template?: MessageTemplate | undefined },
  sending: Sending | undefined,
): SendReason[] {
  const isAnswer = metrics.waitingSince !== null;
  const attempt = { ...would, template: would.template, channel, consent, isAnswer };
  return policyReasons(attempt, sending);
}

/**
 * Looks at the messages of one command, one after the other. What answers does so to the last: the words that waited when
 * the command began, or come in it, are answered by all that the command says.
 */
export class SendCheck {
  readonly #conversation: CheckedConversation;
  readonly #at: Timestamp;
  #isAnswer: boolean;
  #sending: Sending | undefined;

  constructor(conversation: CheckedConversation, at: Timestamp, sending: Sending | undefined) {
    this.#conversation = conversation;
    this.#at = at;
    this.#isAnswer = conversation.metrics.waitingSince !== null;
    this.#sending = sending;
  }

  /**
   * @param isOfAgent whether an agent says it in public, itself or through its tools
   * @throws Refusal with the first of the reasons, and all of them in its details
   */
  take({ author, template }: Pick<NewMessage, 'author' | 'template'>, isOfAgent: boolean): void {
    if (author.kind === 'customer') {
      this.#isAnswer = true;
      if (this.#sending) this.#sending = { ...this.#sending, lastCustomerAt: this.#at, agentRun: 0 };
    }
    if (!isOfAgent) return;
    const { channel, consent, owner } = this.#conversation;
    const attempt = {
      at: this.#at,
      agentId: author.agentId,
      channel,
      consent,
      template,
      isAnswer: this.#isAnswer,
    };
    const reasons = policyReasons(attempt, this.#sending);
    const [first] = reasons;
    if (first !== undefined) throw new Refusal(first.code, first.message, { owner, reasons });
    if (this.#sending) this.#sending = { ...this.#sending, agentRun: this.#sending.agentRun + 1 };
  }
}
