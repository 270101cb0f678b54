import { z } from 'zod';
import { keyedCommand } from './command-fields.ts';
import { ConversationId } from './id.ts';
import { ClientMessageId, MESSAGE_TEXT_LIMIT, requireSize } from './message.ts';
import { NewMessageParts, RawMessage } from './message-part.ts';
import { named, type NamedEnum, type NamedSchema } from './named.ts';
import { readableText, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

const deliveryStateValues = ['queued', 'sent', 'delivered', 'read', 'failed'] as const;
/** How far a message has come on its way to the customer. */
export type DeliveryState = (typeof deliveryStateValues)[number];
export interface DeliveryStateEnum extends NamedEnum<DeliveryState> {}
export const DeliveryState: DeliveryStateEnum = z.enum(deliveryStateValues);

const ratingVerdictValues = ['good', 'bad'] as const;
export type RatingVerdict = (typeof ratingVerdictValues)[number];
export interface RatingVerdictEnum extends NamedEnum<RatingVerdict> {}
export const RatingVerdict: RatingVerdictEnum = z.enum(ratingVerdictValues);

const Seq = z.int().min(1);
const Reason = text(500).nullable();

/** The latest edit of a message; what was said before stays in the timeline. */
export interface MessageRevision {
  /** Its entry. */
  seq: number;
  /** How many edits there are. */
  number: number;
  at: Timestamp;
  reason: string | null;
}
/** The latest that a provider has said of a message. */
export interface MessageDelivery {
  state: DeliveryState;
  seq: number;
  /** When it was reported. */
  at: Timestamp;
  /** The provider's own time, where it gave one. */
  sentAt?: Timestamp | undefined;
  error: string | null;
}
export interface MessageRating {
  verdict: RatingVerdict;
  seq: number;
  at: Timestamp;
  note: string | null;
}

/** What later entries say of a message, as it stands now; absent where none do. */
export interface MessageStanding {
  revision?: MessageRevision | undefined;
  delivery?: MessageDelivery | undefined;
  rating?: MessageRating | undefined;
}
export const standingFields: {
  [Field in keyof Required<MessageStanding>]: NamedSchema<MessageStanding[Field]>;
} = {
  revision: named(z.strictObject({ seq: Seq, number: Seq, at: Timestamp, reason: Reason }).optional()),
  delivery: named(
    z
      .strictObject({
        state: DeliveryState,
        seq: Seq,
        at: Timestamp,
        sentAt: Timestamp.optional(),
        error: Reason,
      })
      .optional(),
  ),
  rating: named(
    z
      .strictObject({ verdict: RatingVerdict, seq: Seq, at: Timestamp, note: text(2_000).nullable() })
      .optional(),
  ),
};

/** Which message is meant: by its seq, or by its sender's id. */
const target = {
  conversationId: ConversationId,
  seq: Seq.optional(),
  clientMessageId: ClientMessageId.optional(),
};
const isOne = (given: { seq?: unknown; clientMessageId?: unknown }) =>
  (given.seq === undefined) !== (given.clientMessageId === undefined);
const ONE = { message: 'Give either seq or clientMessageId', path: ['seq'] };

/** What is given replaces what stood there; the rest stays. */
const reviseMessageObject = keyedCommand({
  ...target,
  text: text(MESSAGE_TEXT_LIMIT, 0).optional(),
  parts: NewMessageParts.optional(),
  raw: RawMessage.optional(),
  reason: readableText(500).optional(),
});
export interface ReviseMessage extends z.infer<typeof reviseMessageObject> {}
export interface ReviseMessageInput extends z.input<typeof reviseMessageObject> {}
export const ReviseMessage: NamedSchema<ReviseMessage, ReviseMessageInput> = named(
  reviseMessageObject
    .refine(isOne, ONE)
    .refine(({ text: said, parts, raw }) => said !== undefined || parts !== undefined || raw !== undefined, {
      message: 'Give text, parts or raw',
      path: ['text'],
    })
    .superRefine(requireSize),
);

const reportMessageObject = keyedCommand({
  ...target,
  state: DeliveryState,
  error: readableText(500).optional(),
  /** The provider's own time, whenever it was: of two reports the later one holds, in whatever order they come. */
  sentAt: Timestamp.optional(),
});
export interface ReportMessage extends z.infer<typeof reportMessageObject> {}
export interface ReportMessageInput extends z.input<typeof reportMessageObject> {}
export const ReportMessage: NamedSchema<ReportMessage, ReportMessageInput> = named(
  reportMessageObject.refine(isOne, ONE),
);

const rateMessageObject = keyedCommand({
  conversationId: ConversationId,
  seq: Seq,
  verdict: RatingVerdict,
  note: readableText(2_000).optional(),
});
export interface RateMessage extends z.infer<typeof rateMessageObject> {}
export interface RateMessageInput extends z.input<typeof rateMessageObject> {}
export const RateMessage: NamedSchema<RateMessage, RateMessageInput> = named(rateMessageObject);
