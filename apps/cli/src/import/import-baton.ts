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
import type { Cli } from '../cli.ts';
import { entriesOf } from '../commands/export.ts';
import { explain, isFatal } from '../output/failure.ts';
import type { Fault } from './fault.ts';
import { FollowUpLeases } from './follow-up-leases.ts';
import { ensureAgent, type ImportResult, SIDE_BY_SIDE } from './importing.ts';
import { everyPage } from '../api/pages.ts';
import { guarded } from './plan.ts';
import { progressOf } from '../output/progress.ts';
import { replayedCommand, Unreplayable } from './replay.ts';
import { type Api, send } from '../api/send.ts';
import { requireReadable } from './source-file.ts';

type Group = readonly [Entry, ...Entry[]];

/** The entries of each command: they share its version. */
function groupsOf(entries: readonly Entry[]): Group[] {
  const groups: [Entry, ...Entry[]][] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    if (last !== undefined && last[0].version === entry.version) last.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

/** The ids that an entry's own thing has, in a fixed order. */
function idsIn(entry: Entry): string[] {
  if (entry.kind === 'handoff') return [entry.conversationId, entry.handoff.id];
  if (entry.kind === 'objection') return [entry.conversationId, entry.objection.id];
  if (entry.kind === 'follow_up') return [entry.conversationId, entry.followUp.id];
  return [entry.conversationId];
}

type Importer = { api: Api; leases: FollowUpLeases };

/** A conversation of the archive on its way into the store. */
class Track {
  readonly place: string;
  readonly archiveId: string;
  readonly created: EntryOf<'created'>;
  readonly groups: Group[];
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
    this.groups = groupsOf(entries);
    this.redacted = new Set(
      entries.flatMap((entry) => (entry.kind === 'redaction' ? [entry.targetSeq] : [])),
    );
  }

  /** The next command's entries; undefined when all are in. */
  get head(): Group | undefined {
    return this.groups[this.conversation?.version ?? 0];
  }

  /** Takes up a conversation that an earlier import has made, whole or in part. */
  async resume(api: Api, conversation: Conversation): Promise<void> {
    this.conversation = conversation;
    const archived = this.groups.flat();
    for await (const entry of entriesOf(api, conversation.id)) this.#pair(archived[entry.seq - 1], entry);
    for (const entry of archived) {
      if (entry.version <= conversation.version) this.#expected = evolve(this.#expected, entry);
    }
  }

  #pair(archived: Entry | undefined, kept: Entry): void {
    if (archived === undefined) return;
    const here = idsIn(kept);
    for (const [index, id] of idsIn(archived).entries()) {
      const known = here[index];
      if (known !== undefined) this.ids.set(id, known);
    }
  }

  async sendNext({ api, leases }: Importer, group: Group): Promise<void> {
    const { command, deviation } = replayedCommand(group, this.conversation, this.ids, this.redacted);
    if (command.type === 'followUps.complete' || command.type === 'followUps.fail') {
      const token = await leases.token(FollowUpId.parse(command.input.followUpId));
      if (token === null) throw new Unreplayable(`Follow-up ${command.input.followUpId} could not be leased`);
      command.input.leaseToken = token;
    }
    const key = `baton:${this.archiveId}`;
    const version = this.conversation?.version ?? 0;
    const { conversation, handoff, objection, followUp } = await send(api, guarded(command, key, version));
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
  differences(): string[] {
    const { conversation } = this;
    const expected = this.#expected;
    if (conversation === null || expected === null || conversation.version > expected.version) return [];
    const wanted = new Map(Object.entries(withIds(expected, this.ids)));
    return Object.entries(conversation).flatMap(([field, value]) =>
      isDeepStrictEqual(value, wanted.get(field)) ? [] : [field],
    );
  }
}

const ID_FIELDS: ReadonlySet<string> = new Set(['id', 'conversationId', 'followUpId']);

/** The same value with every id of the archive replaced by the store's. */
function withIds(value: object, ids: ReadonlyMap<string, string>): object {
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
function takesPlace(group: Group): boolean {
  return group.some(
    (entry) => entry.kind === 'created' || (entry.kind === 'status' && entry.to === 'active'),
  );
}

/** By time; at the same instant what makes room goes before what takes it. */
function earlier(a: Group, b: Group): number {
  if (a[0].at !== b[0].at) return a[0].at < b[0].at ? -1 : 1;
  return Number(takesPlace(a)) - Number(takesPlace(b));
}

async function findDone(api: Api, tracks: readonly Track[], contactId: string): Promise<void> {
  const taken = new Set<Track>();
  for await (const conversation of everyPage((page) =>
    api.conversations.history.query({ contactId, ...page }),
  )) {
    const track = tracks.find((candidate) => {
      const { created } = candidate;
      return (
        !taken.has(candidate) &&
        created.at === conversation.createdAt &&
        created.channel === conversation.channel
      );
    });
    if (track === undefined) continue;
    taken.add(track);
    await track.resume(api, conversation);
  }
}

/** Brings in all conversations of one contact in the order of their commands: one may end where the next begins. */
async function importContact(
  importer: Importer,
  contactId: string,
  tracks: readonly Track[],
): Promise<Fault[]> {
  await findDone(importer.api, tracks, contactId);
  const faults: Fault[] = [];
  const open = new Set(tracks);
  for (;;) {
    const heads = [...open].flatMap((track) =>
      track.head === undefined ? [] : [{ track, head: track.head }],
    );
    const [next] = heads.toSorted((a, b) => earlier(a.head, b.head));
    if (next === undefined) break;
    const { track, head } = next;
    try {
      await track.sendNext(importer, head);
    } catch (error) {
      if (!(error instanceof Unreplayable) && isFatal(error)) throw error;
      open.delete(track);
      faults.push({ place: track.place, problem: `Entry ${head[0].seq}: ${explain(error)}` });
    }
  }
  for (const track of open) faults.push(...trackFaults(track));
  return faults;
}

function trackFaults(track: Track): Fault[] {
  const { place } = track;
  const fields = track.differences();
  const deviations = [...new Set(track.deviations)];
  const differs = fields.length === 0 ? [] : [`${fields.join(', ')} came in different`];
  return [...deviations, ...differs].map((problem) => ({ place, problem }));
}

/** Who accepted for a queue, at any time: members leave, their handoffs stay. */
function pastMembers(conversations: readonly ArchivedConversation[]): Map<string, Set<string>> {
  const members = new Map<string, Set<string>>();
  for (const entry of conversations.flatMap(({ entries }) => entries)) {
    if (entry.kind !== 'handoff' || entry.handoff.acceptedBy === null) continue;
    const { to, acceptedBy } = entry.handoff;
    members.set(to, (members.get(to) ?? new Set()).add(acceptedBy));
  }
  return members;
}

/** Agents as history needs them: present, without a limit, queues with everyone who ever accepted for them. */
async function openAgents(
  api: Api,
  agents: readonly Agent[],
  conversations: readonly ArchivedConversation[],
): Promise<void> {
  const past = pastMembers(conversations);
  for (const { id, kind, name, roles, members } of agents.toSorted((a) => (a.kind === 'queue' ? 1 : -1))) {
    const open = { capacity: null, availability: 'available' } as const;
    const everyone = kind === 'queue' ? [...new Set([...members, ...(past.get(id) ?? [])])] : [];
    await ensureAgent(api, { id, kind, name, roles, ...open, members: everyone });
    await api.agents.update.mutate({ id, ...open, ...(kind === 'queue' && { members: everyone }) });
  }
}

async function settleAgents(api: Api, agents: readonly Agent[]): Promise<void> {
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
async function outsideBusinessHours(
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
  { terminal, connect }: Pick<Cli, 'terminal' | 'connect'>,
): Promise<ImportResult> {
  await requireReadable(file);
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  const { businessHours, agents, conversations, faults } = await readArchive(file, lines);
  const { api } = await connect();
  const tracks = conversations.map((conversation) => new Track(conversation));
  const contacts = Map.groupBy(tracks, ({ created }) => created.contactId);
  const importer = { api, leases: new FollowUpLeases(api) };
  await outsideBusinessHours(api, businessHours, async () => {
    await openAgents(api, agents, conversations);
    try {
      using progress = progressOf(terminal, 'conversations', tracks.length);
      await pMap(
        contacts,
        async ([contactId, ofContact]) => {
          faults.push(...(await importContact(importer, contactId, ofContact)));
          for (const _ of ofContact) progress.advance();
        },
        { concurrency: SIDE_BY_SIDE },
      );
    } finally {
      await settleAgents(api, agents);
    }
  });
  return {
    conversations: tracks.filter(({ conversation }) => conversation !== null).length,
    changed: tracks.filter(({ sent }) => sent > 0).length,
    commands: tracks.reduce((sum, { sent }) => sum + sent, 0),
    faults,
  };
}
