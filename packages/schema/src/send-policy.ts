import { z } from 'zod';
import { TimeOfDay } from './business-hours.ts';
import { Channel } from './channel.ts';
import { TimeZone } from './follow-up.ts';
import { AgentId, ConversationId } from './id.ts';
import { keyedCommandFields } from './command-fields.ts';
import { MessageTemplate, ReservationId } from './message.ts';
import { named, type NamedEnum, type NamedSchema } from './named.ts';
import { Milliseconds } from './page.ts';
import { text } from './text.ts';
import { isOnCalendar, Timestamp } from './timestamp.ts';

const sendPolicyCodes = [
  /** The contact withdrew consent to messages on this channel. */
  'CONTACT_OPTED_OUT',
  /** The customer wrote too long ago for a message that is no template. */
  'WINDOW_CLOSED',
  /** It is night where the contact is, and nothing waits for an answer. */
  'QUIET_HOURS',
  /** Agents have said too much since the customer said anything. */
  'RUN_LIMIT',
  /** The agent's tokens or money of the day are spent or set aside. */
  'BUDGET_SPENT',
] as const;
/** Why the send policy refuses what an agent would say in public, in the order in which it is looked at. */
export type SendPolicyCode = (typeof sendPolicyCodes)[number];
export const SendPolicyCode: NamedEnum<SendPolicyCode> = z.enum(sendPolicyCodes);

const sendReasonCodes = ['CONVERSATION_CLOSED', 'NOT_OWNER', ...sendPolicyCodes] as const;
export type SendReasonCode = (typeof sendReasonCodes)[number];
export const SendReasonCode: NamedEnum<SendReasonCode> = z.enum(sendReasonCodes);

/** One reason why a message would be refused. */
export interface SendReason {
  code: SendReasonCode;
  message: string;
  /** From when on it does not hold any more; absent where no time ends it. */
  until?: Timestamp | undefined;
}
export const SendReason: NamedSchema<SendReason> = named(
  z.strictObject({ code: SendReasonCode, message: text(500), until: Timestamp.optional() }),
);

/** Whether an agent could say something in public now, and if not, every reason. */
export interface SendPermission {
  allowed: boolean;
  reasons: SendReason[];
}
export const SendPermission: NamedSchema<SendPermission> = named(
  z.strictObject({ allowed: z.boolean(), reasons: z.array(SendReason) }),
);

export interface CanSend {
  conversationId: ConversationId;
  /** Who would say it; the conversation's owner without it. */
  agentId?: AgentId | undefined;
  /** The template that would be said; one passes a closed window. */
  template?: MessageTemplate | undefined;
}
export interface CanSendInput {
  conversationId: string;
  agentId?: string | undefined;
  template?: MessageTemplate | undefined;
}
export const CanSend: NamedSchema<CanSend, CanSendInput> = named(
  z.strictObject({
    conversationId: ConversationId,
    agentId: AgentId.optional(),
    template: MessageTemplate.optional(),
  }),
);

const MINUTE_MS = 60_000;

export interface ReserveBudget {
  conversationId: ConversationId;
  /** Whose budget; the conversation's owner's without it. */
  by?: AgentId | undefined;
  template?: MessageTemplate | undefined;
  /** The most that the answer may take; what it took is told by its `usage`. */
  tokens: number;
  costMicros: number;
  /** How long it is set aside where no answer comes, in milliseconds. */
  forMs: number;
  idempotencyKey?: string | undefined;
}
export interface ReserveBudgetInput {
  conversationId: string;
  by?: string | undefined;
  template?: MessageTemplate | undefined;
  tokens?: number | undefined;
  costMicros?: number | undefined;
  forMs?: number | undefined;
  idempotencyKey?: string | undefined;
}
export const ReserveBudget: NamedSchema<ReserveBudget, ReserveBudgetInput> = named(
  z.strictObject({
    conversationId: ConversationId,
    by: AgentId.optional(),
    template: MessageTemplate.optional(),
    tokens: z.int().min(0).max(1_000_000_000).default(0),
    costMicros: z.int().min(0).max(1_000_000_000_000).default(0),
    forMs: z
      .int()
      .min(1_000)
      .max(60 * MINUTE_MS)
      .default(5 * MINUTE_MS),
    idempotencyKey: keyedCommandFields.idempotencyKey,
  }),
);

/** What was set aside; nulls where the agent has no budget, so that it may go on. */
export interface BudgetReservation {
  /** To be given to the message that uses it. */
  reservationId: string | null;
  /** Until when it is set aside. */
  until: Timestamp | null;
}
export const BudgetReservation: NamedSchema<BudgetReservation> = named(
  z.strictObject({ reservationId: ReservationId.nullable(), until: Timestamp.nullable() }),
);

const isNotEmpty = ({ from, to }: { from: string; to: string }) => from !== to;
const EMPTY_HOURS = { message: 'from and to are the same', path: ['to'] };

/** Begin and end on the clock of the contact's zone; where `to` is not after `from`, they end on the next day. */
export interface QuietHours {
  from: string;
  to: string;
}
export const QuietHours: NamedSchema<QuietHours, QuietHours> = named(
  z.strictObject({ from: TimeOfDay, to: TimeOfDay }).refine(isNotEmpty, EMPTY_HOURS),
);

/** Outside of them a recipient in the United States may be written to. */
export const DEFAULT_QUIET_HOURS: QuietHours = { from: '21:00', to: '08:00' };

const DAY_MS = 86_400_000;

const WindowMs = Milliseconds.min(1).max(30 * DAY_MS);
/** How long after the customer's latest words it is open. */
export interface SendWindow {
  durationMs: number;
}
const SendWindow: NamedSchema<SendWindow, SendWindow> = named(z.strictObject({ durationMs: WindowMs }));
const NewSendWindow: NamedSchema<SendWindow, Partial<SendWindow>> = named(
  z.strictObject({ durationMs: WindowMs.default(DAY_MS) }),
);

function byChannel<Window extends z.ZodType>(window: Window) {
  const each = window.optional();
  // Made of the very channels.
  return z.strictObject(
    Object.fromEntries(Channel.options.map((name) => [name, each])) as Record<Channel, typeof each>,
  );
}

const LARGEST_AMOUNT = 1_000_000_000_000;
const amount = z.int().min(0).max(LARGEST_AMOUNT);

/** What an agent may use up in a day of the tenant's zone, as the `usage` of its messages says. */
export interface AgentBudget {
  agentId: AgentId;
  /** Input and output tokens together. */
  tokensPerDay?: number | undefined;
  /** In millionths of a dollar. */
  costMicrosPerDay?: number | undefined;
}
export interface AgentBudgetInput extends Omit<AgentBudget, 'agentId'> {
  agentId: string;
}
export const AgentBudget: NamedSchema<AgentBudget, AgentBudgetInput> = named(
  z
    .strictObject({
      agentId: AgentId,
      tokensPerDay: amount.optional(),
      costMicrosPerDay: amount.optional(),
    })
    .refine(
      ({ tokensPerDay, costMicrosPerDay }) => tokensPerDay !== undefined || costMicrosPerDay !== undefined,
      { message: 'Expected tokensPerDay or costMicrosPerDay', path: ['tokensPerDay'] },
    ),
);

/** A day of the calendar. */
export const CalendarDate = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'Expected a date like 2026-12-25', abort: true })
  .refine((value) => isOnCalendar(`${value}T00:00:00.000Z`), 'No such day exists');

/** What holds of all that agents say in public, beside consent, which always holds. A part that is absent is off. */
export interface SendPolicy {
  /** Of the tenant: of contacts whose zone is unknown, of holidays, of the days of budgets. Of its business hours without it, else UTC. */
  timeZone?: string | undefined;
  quietHours?: QuietHours | undefined;
  windows?: { [Name in Channel]?: SendWindow | undefined } | undefined;
  /** Most public messages of agents in a row without a word of the customer. */
  runLimit?: number | undefined;
  budgets?: AgentBudget[] | undefined;
  /** Days on which no follow-up comes due. */
  holidays?: string[] | undefined;
}
/** As a caller gives it: `{}` switches quiet hours on from 21:00 to 8:00, and a window of a day. */
export interface SendPolicyInput extends Omit<SendPolicy, 'quietHours' | 'windows' | 'budgets'> {
  quietHours?: Partial<QuietHours> | undefined;
  windows?: { [Name in Channel]?: Partial<SendWindow> | undefined } | undefined;
  budgets?: AgentBudgetInput[] | undefined;
}

const sendPolicyObject = z.strictObject({
  timeZone: TimeZone.optional(),
  quietHours: QuietHours.optional(),
  windows: byChannel(SendWindow).optional(),
  runLimit: z.int().min(1).max(100).optional(),
  budgets: z
    .array(AgentBudget)
    .max(200)
    .refine((budgets) => new Set(budgets.map(({ agentId }) => agentId)).size === budgets.length, {
      message: 'An agent has two budgets',
    })
    .optional(),
  holidays: z.array(CalendarDate).max(400).optional(),
});
export const SendPolicy: NamedSchema<SendPolicy> = named(sendPolicyObject);

export const NewSendPolicy: NamedSchema<SendPolicy, SendPolicyInput> = named(
  sendPolicyObject.extend({
    quietHours: z
      .strictObject({
        from: TimeOfDay.default(DEFAULT_QUIET_HOURS.from),
        to: TimeOfDay.default(DEFAULT_QUIET_HOURS.to),
      })
      .refine(isNotEmpty, EMPTY_HOURS)
      .optional(),
    windows: byChannel(NewSendWindow).optional(),
  }),
);
