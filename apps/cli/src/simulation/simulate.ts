import { type Baton, isRefused } from '@baton/client';
import { Channel, type Conversation, timestamp } from '@baton/schema';
import pMap from 'p-map';
import { type Chance, chanceOf } from '../seeded-random.ts';
import { FollowUpLeases } from '../api/follow-up-leases.ts';
import { allItems } from '../api/pagination.ts';
import { type Api, sendCommand } from '../api/api-command.ts';
import { castOf } from './cast.ts';
import { DAY_MS, HOUR_MS, Script } from './script.ts';
import { STORIES, type Story } from './stories.ts';
import { TEAM } from './team.ts';
import { ensureAgent } from '../api/ensure-agent.ts';

/** So few that a run that is stopped has soon told those that it has begun. */
const TOLD_AT_ONCE = 16;

export type SimulateOptions = {
  conversations: number;
  /** The same seed tells the same stories of the same people. */
  seed: number;
  /** Where the stories end: some minutes before, some weeks. */
  now: Date;
  /** Called after each conversation. */
  onProgress?: (done: number) => void;
  /** Once it is aborted no further conversation is begun; those that are being told are told to their end. */
  signal?: AbortSignal;
};

export type Simulated = {
  /** Conversations that were told. */
  told: number;
  /** Conversations that an earlier run with this seed has told. */
  known: number;
  commands: number;
};

/** A conversation of a run, written down but not told yet. */
export type Sample = { story: Story; script: Script; key: string; startMs: number };

/** An office hour of the day for what ended days ago; the very moment for what goes on. */
function startOf({ ended: [from, to] }: Story, script: Script, chance: Chance, nowMs: number): number {
  const endMs = nowMs - chance.between(from / 1_000, to / 1_000) * 1_000;
  const startMs = endMs - script.lengthMs;
  if (nowMs - endMs < DAY_MS) return startMs;
  const midnight = Math.floor(startMs / DAY_MS) * DAY_MS;
  const atOffice = midnight + chance.between(8 * 60, 16 * 60) * 60_000;
  return atOffice + script.lengthMs < nowMs - HOUR_MS ? atOffice : startMs;
}

/** Writes a run's conversations down: the same for the same seed and now. */
export function samplesOf({
  conversations,
  seed,
  now,
}: Pick<SimulateOptions, 'conversations' | 'seed' | 'now'>): Sample[] {
  const chance = chanceOf(seed);
  const taken = new Set<string>();
  return Array.from({ length: conversations }, (_, index) => {
    const story = STORIES[index % STORIES.length] ?? STORIES[0];
    const channel =
      Channel.options[(index + Math.floor(index / Channel.options.length)) % Channel.options.length] ?? 'web';
    const script = new Script(castOf(chance, channel, taken), chance);
    story.tell(script);
    return {
      story,
      script,
      key: `${seed}-${index + 1}`,
      startMs: startOf(story, script, chance, now.getTime()),
    };
  });
}

async function isKnown(api: Api, contactId: string, key: string): Promise<boolean> {
  for await (const { metadata } of allItems((page) =>
    api.conversations.history.query({ contactId, ...page }),
  )) {
    if (metadata['sample'] === key) return true;
  }
  return false;
}

/** Tells one conversation, command by command. Returns how many it took; 0 where it was told before. */
async function tell(
  api: Api,
  leases: FollowUpLeases,
  { script, key, startMs }: Sample,
  nowMs: number,
): Promise<number> {
  const { cast, opening } = script;
  if (opening === null) throw new Error('A story begins with a customer message');
  if (await isKnown(api, cast.contactId, key)) return 0;
  const { text, clientMessageId } = opening;
  const create = (contactId: string) =>
    sendCommand(api, {
      type: 'conversations.create',
      input: {
        contactId,
        channel: cast.channel,
        contact: cast.contact,
        initialMessage: { text, clientMessageId },
        metadata: {
          sample: key,
          company: cast.company,
          vertical: cast.vertical.name,
          role: cast.persona.role,
        },
        tags: ['sample'],
        at: timestamp(startMs),
      },
    });
  const created = await create(cast.contactId).catch((error: unknown) => {
    // Another seed's person of the same name is in a conversation: this one gets a number.
    if (isRefused(error, 'ALREADY_ACTIVE')) return create(`${key}.${cast.contactId}`);
    throw error;
  });
  let conversation: Conversation = created.conversation;
  const seqs = new Map([[clientMessageId, conversation.lastSeq]]);
  for (const step of script.steps) {
    const at = timestamp(startMs + step.atMs);
    const command = await step.command({ conversation, at, nowMs, seqs, leases });
    conversation = (await sendCommand(api, command)).conversation;
    const { lastMessage } = conversation;
    if (command.type === 'messages.append' && lastMessage !== null) {
      seqs.set(command.input.clientMessageId, lastMessage.seq);
    }
  }
  return script.steps.length + 1;
}

/**
 * Fills the store with sample sales conversations, told through the API with instants in the past. A second run
 * with the same seed adds nothing that is there already.
 * @throws what the server refuses; the key needs the `import` and `manage` rights
 */
export async function simulate({ api }: Pick<Baton, 'api'>, options: SimulateOptions): Promise<Simulated> {
  const { now, onProgress, signal } = options;
  for (const agent of TEAM) await ensureAgent(api, agent);
  const leases = new FollowUpLeases(api);
  const result: Simulated = { told: 0, known: 0, commands: 0 };
  await pMap(
    samplesOf(options),
    async (sample) => {
      if (signal?.aborted === true) return;
      const commands = await tell(api, leases, sample, now.getTime());
      result.commands += commands;
      if (commands > 0) result.told += 1;
      else result.known += 1;
      onProgress?.(result.told + result.known);
    },
    { concurrency: TOLD_AT_ONCE },
  );
  return result;
}
