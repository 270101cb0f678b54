import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import { evolve } from '@baton/domain';
import {
  type Agent,
  type BusinessHours,
  type Conversation,
  type Entry,
  type EntryOf,
  FollowUpId,
} from '@baton/schema';
import pMap from 'p-map';
import { type ArchivedConversation, readArchive } from '../export/archive.ts';
import type { CommandContext } from '../cli.ts';
import { timelineEntries } from '../commands/export.ts';
import { errorMessage, isFatal } from '../output/failure.ts';
import type { ImportFault } from './fault.ts';
import { FollowUpLeases } from './follow-up-leases.ts';
import { ensureAgent, type ImportResult, IMPORT_CONCURRENCY } from './importing.ts';
import { allItems } from '../api/pages.ts';
import { retryable } from './plan.ts';
import { createProgress } from '../output/progress.ts';
import { commandFromEntries, ReplayError } from './replay.ts';
import { type Api, sendCommand } from '../api/send.ts';
import { requireReadable } from './source-file.ts';

type EntryGroup = readonly [Entry, ...Entry[]];

/** The entries of each command: they share its version. */
function groupByVersion(entries: readonly Entry[]): EntryGroup[] {
  const groups: [Entry, ...Entry[]][] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    if (last !== undefined && last[0].version === entry.version) last.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

/** The ids that an entry's own thing has, in a fixed order. */
function entryIds(entry: Entry): string[] {
  if (entry.kind === 'handoff') return [entry.conversationId, entry.handoff.id];
  if (entry.kind === 'objection') return [entry.conversationId, entry.objection.id];
  if (entry.kind === 'follow_up') return [entry.conversationId, entry.followUp.id];
  return [entry.conversationId];
}

type Importer = { api: Api; leases: FollowUpLeases };

/** A conversation of the archive on its way into the store. */
class ConversationReplay {
  readonly place: string;
  readonly archiveId: string;
  readonly created: EntryOf<'created'>;
  readonly groups: EntryGroup[];
  readonly ids = new Map<string, string>();
  readonly redacted: ReadonlySet<number>;
  readonly deviations: string[] = [];
  /** What stands in the archive of this, as far as it is brought in: with the archive's ids. */
  #expected: Conversation | null = null;
  conversation: Conversation | null = null;
  sent = 0;

  constructor({ place, entries }: ArchivedConversation) {
    this.place = place;
    const [created] = entries;
    this.created = created;
    this.archiveId = created.conversationId;
    this.groups = groupByVersion(entries);
    this.redacted = new Set(
      entries.flatMap((entry) => (entry.kind === 'redaction' ? [entry.targetSeq] : [])),
    );
  }

  /** The next command's entries; undefined when all are in. */
  get nextGroup(): EntryGroup | undefined {
    return this.groups[this.conversation?.version ?? 0];
  }

  /** Takes up a conversation that an earlier import has made, whole or in part. */
  async resume(api: Api, conversation: Conversation): Promise<void> {
    this.conversation = conversation;
    const archived = this.groups.flat();
    for await (const entry of timelineEntries(api, conversation.id))
      this.#mapIds(archived[entry.seq - 1], entry);
    for (const entry of archived) {
      if (entry.version <= conversation.version) this.#expected = evolve(this.#expected, entry);
    }
  }

  #mapIds(archived: Entry | undefined, kept: Entry): void {
    if (archived === undefined) return;
    const here = entryIds(kept);
    for (const [index, id] of entryIds(archived).entries()) {
      const known = here[index];
      if (known !== undefined) this.ids.set(id, known);
    }
  }

  async sendNext({ api, leases }: Importer, group: EntryGroup): Promise<void> {
    const { command, deviation } = commandFromEntries(group, this.conversation, this.ids, this.redacted);
    if (command.type === 'followUps.complete' || command.type === 'followUps.fail') {
      const token = await leases.acquire(FollowUpId.parse(command.input.followUpId));
      if (token === null) throw new ReplayError(`Follow-up ${command.input.followUpId} could not be leased`);
      command.input.leaseToken = token;
    }
    const key = `baton:${this.archiveId}`;
    const version = this.conversation?.version ?? 0;
    const { conversation, handoff, objection, followUp } = await sendCommand(
      api,
      retryable(command, key, version),
    );
    this.conversation = conversation;
    this.sent += 1;
    if (deviation !== null) this.deviations.push(deviation);
    this.ids.set(this.archiveId, conversation.id);
    const ended = group.find((entry) => entry.kind === 'follow_up');
    if (followUp !== undefined && ended?.followUp.status !== followUp.status) {
      this.deviations.push(`a follow-up is ${followUp.status}, not ${ended?.followUp.status}`);
    }
    for (const entry of group) {
      this.#expected = evolve(this.#expected, entry);
      if (entry.kind === 'handoff' && handoff !== undefined && entry.handoff.status !== 'cancelled')
        this.ids.set(entry.handoff.id, handoff.id);
      if (entry.kind === 'objection' && objection !== undefined)
        this.ids.set(entry.objection.id, objection.id);
      const made = followUp?.id ?? objection?.followUpId;
      if (entry.kind === 'follow_up' && entry.action === 'scheduled' && made != null)
        this.ids.set(entry.followUp.id, made);
    }
  }

  /** The parts of the conversation that did not come in as they were. */
  differingFields(): string[] {
    const { conversation } = this;
    const expected = this.#expected;
    if (conversation === null || expected === null || conversation.version > expected.version) return [];
    const wanted = new Map(Object.entries(replaceIds(expected, this.ids)));
    return Object.entries(conversation).flatMap(([field, value]) =>
      isDeepStrictEqual(value, wanted.get(field)) ? [] : [field],
    );
  }
}

const ID_FIELDS: ReadonlySet<string> = new Set(['id', 'conversationId', 'followUpId']);

/** The same value with every id of the archive replaced by the store's. */
function replaceIds(value: object, ids: ReadonlyMap<string, string>): object {
  const replace = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(replace);
    if (part === null || typeof part !== 'object') return part;
    return Object.fromEntries(
      Object.entries(part).map(([field, inner]) => {
        const known = ID_FIELDS.has(field) && typeof inner === 'string' ? ids.get(inner) : undefined;
        return [field, known ?? replace(inner)];
      }),
    );
  };
  return Object(replace(value));
}

/** True where a command makes its conversation the active one of its contact and channel. */
function becomesActive(group: EntryGroup): boolean {
  return group.some(
    (entry) => entry.kind === 'created' || (entry.kind === 'status' && entry.to === 'active'),
  );
}

/** By time; at the same instant what makes room goes before what takes it. */
function compareGroups(a: EntryGroup, b: EntryGroup): number {
  if (a[0].at !== b[0].at) return a[0].at < b[0].at ? -1 : 1;
  return Number(becomesActive(a)) - Number(becomesActive(b));
}

async function resumeImported(
  api: Api,
  tracks: readonly ConversationReplay[],
  contactId: string,
): Promise<void> {
  const matched = new Set<ConversationReplay>();
  for await (const conversation of allItems((page) =>
    api.conversations.history.query({ contactId, ...page }),
  )) {
    const track = tracks.find((candidate) => {
      const { created } = candidate;
      return (
        !matched.has(candidate) &&
        created.at === conversation.createdAt &&
        created.channel === conversation.channel
      );
    });
    if (track === undefined) continue;
    matched.add(track);
    await track.resume(api, conversation);
  }
}

/** Brings in all conversations of one contact in the order of their commands: one may end where the next begins. */
async function importContact(
  importer: Importer,
  contactId: string,
  tracks: readonly ConversationReplay[],
): Promise<ImportFault[]> {
  await resumeImported(importer.api, tracks, contactId);
  const faults: ImportFault[] = [];
  const open = new Set(tracks);
  for (;;) {
    const heads = [...open].flatMap((track) =>
      track.nextGroup === undefined ? [] : [{ track, head: track.nextGroup }],
    );
    const [next] = heads.toSorted((a, b) => compareGroups(a.head, b.head));
    if (next === undefined) break;
    const { track, head } = next;
    try {
      await track.sendNext(importer, head);
    } catch (error) {
      if (!(error instanceof ReplayError) && isFatal(error)) throw error;
      open.delete(track);
      faults.push({ place: track.place, problem: `Entry ${head[0].seq}: ${errorMessage(error)}` });
    }
  }
  for (const track of open) faults.push(...replayFaults(track));
  return faults;
}

function replayFaults(track: ConversationReplay): ImportFault[] {
  const { place } = track;
  const fields = track.differingFields();
  const deviations = [...new Set(track.deviations)];
  const differs = fields.length === 0 ? [] : [`${fields.join(', ')} came in different`];
  return [...deviations, ...differs].map((problem) => ({ place, problem }));
}

/** Who accepted for a queue, at any time: members leave, their handoffs stay. */
function acceptedMembers(conversations: readonly ArchivedConversation[]): Map<string, Set<string>> {
  const members = new Map<string, Set<string>>();
  for (const entry of conversations.flatMap(({ entries }) => entries)) {
    if (entry.kind !== 'handoff' || entry.handoff.acceptedBy === null) continue;
    const { to, acceptedBy } = entry.handoff;
    members.set(to, (members.get(to) ?? new Set()).add(acceptedBy));
  }
  return members;
}

/** Agents as history needs them: present, without a limit, queues with everyone who ever accepted for them. */
async function prepareAgents(
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

async function restoreAgents(api: Api, agents: readonly Agent[]): Promise<void> {
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

/**
 * Runs an import without business hours, which would move what was due then a second time. Afterwards the store
 * has its own again, or those of the archive where it has none.
 */
async function withoutBusinessHours(
  api: Api,
  archived: BusinessHours | null,
  run: () => Promise<void>,
): Promise<void> {
  const { businessHours: own } = await api.tenant.get.query();
  if (own !== null) await api.tenant.update.mutate({ businessHours: null });
  try {
    await run();
  } finally {
    const businessHours = own ?? archived;
    if (businessHours !== null) await api.tenant.update.mutate({ businessHours });
  }
}

/**
 * Replays an archive into the store: every command again, at its instant, by its agent. Conversations come out
 * equal but for ids; where one cannot, the result's faults say how.
 */
export async function importArchive(
  file: string,
  { terminal, connect }: Pick<CommandContext, 'terminal' | 'connect'>,
): Promise<ImportResult> {
  await requireReadable(file);
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  const { businessHours, agents, conversations, faults } = await readArchive(file, lines);
  const { api } = await connect();
  const replays = conversations.map((conversation) => new ConversationReplay(conversation));
  const contacts = Map.groupBy(replays, ({ created }) => created.contactId);
  const importer = { api, leases: new FollowUpLeases(api) };
  await withoutBusinessHours(api, businessHours, async () => {
    await prepareAgents(api, agents, conversations);
    try {
      using progress = createProgress(terminal, 'conversations', replays.length);
      await pMap(
        contacts,
        async ([contactId, contactReplays]) => {
          faults.push(...(await importContact(importer, contactId, contactReplays)));
          for (const _ of contactReplays) progress.advance();
        },
        { concurrency: IMPORT_CONCURRENCY },
      );
    } finally {
      await restoreAgents(api, agents);
    }
  });
  return {
    conversations: replays.filter(({ conversation }) => conversation !== null).length,
    changed: replays.filter(({ sent }) => sent > 0).length,
    commands: replays.reduce((sum, { sent }) => sum + sent, 0),
    faults,
  };
}
