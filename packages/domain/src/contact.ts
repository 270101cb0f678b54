import type { Consent } from '@baton/schema';
import type { Decide, Draft } from './decide.ts';
import { cancelAllFollowUps } from './follow-up.ts';

/** What a conversation has to take over of a consent that it may know already. */
export function consentDrafts(known: Consent | undefined, consent: Consent | null | undefined): Draft[] {
  if (consent === null || consent === undefined) return [];
  const isKnown =
    known?.state === consent.state && known.at === consent.at && known.source === consent.source;
  return isKnown ? [] : [{ kind: 'contact', consent }];
}

/** A withdrawal ends every open follow-up at once. */
export const noteConsent: Decide<'contacts.noteConsent'> = (conversation, { consent }, context) => [
  { kind: 'contact', consent },
  ...(consent.state === 'withdrawn'
    ? cancelAllFollowUps(conversation, context, 'The contact withdrew consent')
    : []),
];
