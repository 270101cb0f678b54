import { standingMessages } from '@baton/domain';
import type { MessageView } from '@baton/schema';
import type { ReplicaState } from './watch.ts';

/** The messages that a replica shows, each as it stands now, as `messages.list` gives it: edited, delivered and rated. */
export function messagesOf({ entries }: Pick<ReplicaState, 'entries'>): MessageView[] {
  return [...standingMessages(entries).values()];
}
