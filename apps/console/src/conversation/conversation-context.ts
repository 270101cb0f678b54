import type {
  ConversationView,
  Entry,
  Evidence,
  FollowUp,
  Objection,
  QualificationField,
  SalesStage,
} from '@baton/schema';
import { createContext, useContext } from 'react';
import type { NamedContact } from '../privacy/named-contact.ts';
import type { Commands } from './commands.ts';
import type { ComposerMode } from './drafts.ts';

export type OpenDialog =
  | { name: 'handOver' }
  /** @param onTaken is told the epoch of the ownership that began */
  | { name: 'takeOver'; onTaken?: (ownerEpoch: number) => void }
  | { name: 'stage'; to?: SalesStage }
  | { name: 'qualification'; field?: QualificationField; evidence?: Evidence }
  | { name: 'raise'; text?: string }
  | { name: 'resolve'; objection: Objection }
  | { name: 'defer'; objection: Objection }
  | { name: 'followUp' }
  | { name: 'snooze'; followUp: FollowUp }
  | { name: 'cancelFollowUp'; followUp: FollowUp }
  | { name: 'deal' }
  | { name: 'close' }
  | { name: 'pause' }
  | { name: 'tags' }
  | { name: 'redact'; seq: number }
  | { name: 'exportContact' | 'eraseContact'; contact: NamedContact };

export type ConversationContextValue = {
  conversation: ConversationView;
  entries: readonly Entry[];
  pending: readonly Entry[];
  hasEarlier: boolean;
  commands: Commands;
  /** Runs a command without a dialog; a refusal is shown above the composer. */
  runCommand: (action: string, command: () => Promise<unknown>) => Promise<boolean>;
  openDialog: (dialog: OpenDialog) => void;
  /** Scrolls to an entry, loading earlier ones if needed, and highlights the quote. */
  jumpTo: (seq: number, quote?: Pick<Evidence, 'start' | 'end'>) => void;
  focusComposer: (mode: ComposerMode) => void;
};

export const ConversationContext = createContext<ConversationContextValue | null>(null);

export function useConversation(): ConversationContextValue {
  const view = useContext(ConversationContext);
  if (view === null) throw new Error('No conversation is open here');
  return view;
}
