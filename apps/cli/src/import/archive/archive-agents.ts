import type { Agent } from '@baton/schema';
import type { ArchivedConversation } from './read-archive.ts';
import type { Api } from '../../api/api-command.ts';
import { ensureAgent } from '../../api/ensure-agent.ts';

/** Everyone who ever accepted for a queue: members leave, their handoffs stay. */
function acceptedMembers(conversations: readonly ArchivedConversation[]): Map<string, Set<string>> {
  const members = new Map<string, Set<string>>();
  for (const entry of conversations.flatMap(({ entries }) => entries)) {
    if (entry.kind !== 'handoff' || entry.handoff.acceptedBy === null) continue;
    const { to, acceptedBy } = entry.handoff;
    members.set(to, (members.get(to) ?? new Set()).add(acceptedBy));
  }
  return members;
}

/** Agents as the replay needs them: available, without a capacity, queues with all past members. */
export async function prepareAgents(
  api: Api,
  agents: readonly Agent[],
  conversations: readonly ArchivedConversation[],
): Promise<void> {
  const past = acceptedMembers(conversations);
  for (const { id, kind, name, roles, members } of agents.toSorted((a) => (a.kind === 'queue' ? 1 : -1))) {
    const unlimited = { capacity: null, availability: 'available' } as const;
    const everyone = kind === 'queue' ? [...new Set([...members, ...(past.get(id) ?? [])])] : [];
    await ensureAgent(api, { id, kind, name, roles, ...unlimited, members: everyone });
    await api.agents.update.mutate({ id, ...unlimited, ...(kind === 'queue' && { members: everyone }) });
  }
}

export async function restoreAgents(api: Api, agents: readonly Agent[]): Promise<void> {
  for (const { id, kind, name, roles, capacity, availability, members } of agents) {
    await api.agents.update.mutate({
      id,
      name,
      roles,
      capacity,
      availability,
      ...(kind === 'queue' && { members }),
    });
  }
}
