import { type Baton, isRefused } from '@baton/client';
import { type Conversation, type FollowUp, timestamp } from '@baton/schema';
import pMap from 'p-map';
import { leaseFollowUp } from '../api/lease-follow-up.ts';
import { allItems } from '../api/pagination.ts';
import { type Api, sendCommand } from '../api/api-command.ts';
import { TEAM } from './team.ts';
import { ensureAgent } from '../api/ensure-agent.ts';
import { type PlannedConversation, type PlanOptions, planConversations } from './plan-conversations.ts';

/** Kept low so that an aborted run ends soon. */
const SIMULATE_CONCURRENCY = 16;

export type SimulateOptions = PlanOptions & {
  /** Called after each conversation. */
  onProgress?: (done: number) => void;
  /** Once aborted, no further conversation is started; those that were started are completed. */
  signal?: AbortSignal;
};

export type SimulationResult = {
  created: number;
  /** Conversations that an earlier run with this seed has created. */
  existing: number;
  commands: number;
};

async function existsAlready(api: Api, contactId: string, key: string): Promise<boolean> {
  for await (const { metadata } of allItems((page) =>
    api.conversations.history.query({ contactId, ...page }),
  )) {
    if (metadata['sample'] === key) return true;
  }
  return false;
}

/** Sends the commands of one conversation. Returns how many there were; 0 where it exists already. */
async function sendConversation(
  api: Api,
  { script, key, startMs }: PlannedConversation,
  nowMs: number,
): Promise<number> {
  const { prospect, opening } = script;
  if (opening === null) throw new Error('A story begins with a customer message');
  if (await existsAlready(api, prospect.contactId, key)) return 0;
  const { text, clientMessageId } = opening;
  const create = (contactId: string) =>
    sendCommand(api, {
      type: 'conversations.create',
      input: {
        contactId,
        channel: prospect.channel,
        contact: prospect.contact,
        initialMessage: { text, clientMessageId },
        metadata: {
          sample: key,
          company: prospect.company,
          vertical: prospect.industry.name,
          role: prospect.persona.role,
        },
        tags: ['sample'],
        at: timestamp(startMs),
      },
    });
  const created = await create(prospect.contactId).catch((error: unknown) => {
    // A person of another seed has the same name and an active conversation.
    if (isRefused(error, 'ALREADY_ACTIVE')) return create(`${key}.${prospect.contactId}`);
    throw error;
  });
  const lease = (followUpId: FollowUp['id']) => leaseFollowUp(api, followUpId);
  let conversation: Conversation = created.conversation;
  const seqs = new Map([[clientMessageId, conversation.lastSeq]]);
  for (const { atMs, command: createCommand } of script.commands) {
    const at = timestamp(startMs + atMs);
    const command = await createCommand({ conversation, at, nowMs, seqs, lease });
    conversation = (await sendCommand(api, command)).conversation;
    const { lastMessage } = conversation;
    if (command.type === 'messages.append' && lastMessage !== null) {
      seqs.set(command.input.clientMessageId, lastMessage.seq);
    }
  }
  return script.commands.length + 1;
}

/**
 * Fills the store with sample sales conversations, sent through the API with times in the past. A second run
 * with the same seed adds nothing that exists already.
 * @throws what the server refuses; the key needs the role `admin`
 */
export async function simulate(
  { api }: Pick<Baton, 'api'>,
  options: SimulateOptions,
): Promise<SimulationResult> {
  const { now, onProgress, signal } = options;
  for (const agent of TEAM) await ensureAgent(api, agent);
  const result: SimulationResult = { created: 0, existing: 0, commands: 0 };
  await pMap(
    planConversations(options),
    async (planned) => {
      if (signal?.aborted === true) return;
      const commands = await sendConversation(api, planned, now.getTime());
      result.commands += commands;
      if (commands > 0) result.created += 1;
      else result.existing += 1;
      onProgress?.(result.created + result.existing);
    },
    { concurrency: SIMULATE_CONCURRENCY },
  );
  return result;
}
