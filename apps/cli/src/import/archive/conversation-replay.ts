import { isDeepStrictEqual } from 'node:util';
import { evolve } from '@baton/domain';
import { type Conversation, type Entry, type EntryOf, FollowUpId, type KnownEntry } from '@baton/schema';
import type { ArchivedConversation } from './read-archive.ts';
import type { FollowUpLeases } from '../../api/follow-up-leases.ts';
import { retryable } from '../import-plan.ts';
import { commandFromEntries, ReplayError } from './replay-command.ts';
import { type Api, sendCommand } from '../../api/api-command.ts';
import { timelineEntries } from '../../api/timeline.ts';

export type EntryGroup = readonly [KnownEntry, ...KnownEntry[]];

/** The entries of one command share its version. */
function groupByVersion(entries: readonly KnownEntry[]): EntryGroup[] {
  const groups: [KnownEntry, ...KnownEntry[]][] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    if (last !== undefined && last[0].version === entry.version) last.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

/** In a fixed order, so that the ids of two entries can be paired. */
function entryIds(entry: Entry): string[] {
  if (entry.kind === 'handoff') return [entry.conversationId, entry.handoff.id];
  if (entry.kind === 'objection') return [entry.conversationId, entry.objection.id];
  if (entry.kind === 'follow_up') return [entry.conversationId, entry.followUp.id];
  return [entry.conversationId];
}

export type Importer = { api: Api; leases: FollowUpLeases };

/** Replays one conversation of the archive. */
export class ConversationReplay {
  readonly place: string;
  readonly archiveId: string;
  readonly created: EntryOf<'created'>;
  readonly groups: EntryGroup[];
  readonly ids = new Map<string, string>();
  readonly redacted: ReadonlySet<number>;
  readonly deviations: string[] = [];
  /** The fold of the archived entries that have been replayed, with the archive's ids. */
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

  /** The entries of the next command; undefined when all have been replayed. */
  get nextGroup(): EntryGroup | undefined {
    return this.groups[this.conversation?.version ?? 0];
  }

  /** Continues a conversation of an earlier import. */
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

/** The value with every id of the archive replaced by the store's. */
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
