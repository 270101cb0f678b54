import { z } from 'zod';
import { Channel } from './channel.ts';
import { named, type NamedSchema, type NamedEnum } from './named.ts';
import { readableText, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

const consentStateValues = ['granted', 'withdrawn', 'unknown'] as const;
export type ConsentState = (typeof consentStateValues)[number];
export interface ConsentStateEnum extends NamedEnum<ConsentState> {}
export const ConsentState: ConsentStateEnum = z.enum(consentStateValues);

const SOURCE_LENGTH = 200;

/** How a consent is known, as in `web form` or `replied STOP`. */
export const ConsentSource = readableText(SOURCE_LENGTH);

/** Whether a person agreed to messages on one channel. */
export interface Consent {
  state: ConsentState;
  at: Timestamp;
  source: string;
}
const consentFields = { state: ConsentState, at: Timestamp, source: text(SOURCE_LENGTH) };
export const Consent: NamedSchema<Consent, Consent> = named(z.strictObject(consentFields));

/** What was said about messages on one channel. */
export interface ChannelConsent extends Consent {
  channel: Channel;
}
export const ChannelConsent: NamedSchema<ChannelConsent> = named(
  z.strictObject({ channel: Channel, ...consentFields }),
);

/** By channel; a channel is missing where nothing was ever said about it. */
export type ContactConsent = { [Name in Channel]?: Consent | undefined };
export const ContactConsent: NamedSchema<ContactConsent, ContactConsent> = named(
  z.strictObject(
    // Made of the very channels.
    Object.fromEntries(Channel.options.map((name) => [name, Consent.optional()])) as Record<
      Channel,
      z.ZodOptional<typeof Consent>
    >,
  ),
);
