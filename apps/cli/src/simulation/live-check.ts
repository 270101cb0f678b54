import { setTimeout as sleep } from 'node:timers/promises';
import type { Baton } from '@baton/client';
import { fold } from '@baton/domain';
import type { ConversationId, Entry } from '@baton/schema';
import { timelineEntries } from '../api/timeline.ts';

/** Public messages of agents who did not own the conversation when they spoke. */
export function messagesByNonOwners(entries: readonly Entry[]): Entry[] {
  let owner: string | null = null;
  return entries.filter((entry) => {
    if (entry.kind === 'created') owner = entry.agentId;
    if (entry.kind === 'owner') owner = entry.to;
    if (entry.kind !== 'message' || entry.author.kind !== 'agent' || entry.visibility !== 'public')
      return false;
    return entry.author.agentId !== owner;
  });
}

/** Checks a conversation after the run. */
export async function checkConversation({ api }: Baton, conversationId: ConversationId): Promise<string[]> {
  const { contact: _contact, ...conversation } = await api.conversations.get.query({ conversationId });
  const entries: Entry[] = [];
  for await (const entry of timelineEntries(api, conversationId)) entries.push(entry);
  const findings: string[] = [];
  const wrongMessages = messagesByNonOwners(entries);
  if (wrongMessages.length > 0)
    findings.push(
      `${conversationId}: spoken out of turn at #${wrongMessages.map(({ seq }) => seq).join(' #')}`,
    );
  if (entries.some(({ seq }, index) => seq !== index + 1))
    findings.push(`${conversationId}: the timeline has a gap`);
  if (JSON.stringify(fold(entries)) !== JSON.stringify(conversation))
    findings.push(`${conversationId}: differs from its timeline`);
  if (conversation.pendingHandoff !== null) findings.push(`${conversationId}: a handoff is still pending`);
  if (conversation.followUps.length > 0)
    findings.push(`${conversationId}: ${conversation.followUps.length} follow-ups are still open`);
  return findings;
}

/** Waits at most half a minute. */
export async function waitForFollowUps(
  { api }: Baton,
  conversations: readonly ConversationId[],
): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (const conversationId of conversations) {
    while (Date.now() < deadline) {
      const { followUps } = await api.conversations.get.query({ conversationId });
      if (followUps.length === 0) break;
      await sleep(100);
    }
  }
}
