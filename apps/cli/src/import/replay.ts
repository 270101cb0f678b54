import {
  type Answers,
  type Conversation,
  type Deal,
  type DealPatch,
  type Entry,
  type EntryKind,
  type EntryOf,
  type FollowUp,
  type Timestamp,
  timestamp,
} from '@baton/schema';
import type { SentCommand } from '../api/send.ts';

/** Ids of the archive → ids of the store, for conversations, handoffs, objections and follow-ups. */
export type IdMap = ReadonlyMap<string, string>;

/** A command that makes the entries of a group again, and in which way it cannot make them exactly. */
export type Replayed = { command: SentCommand; deviation: string | null };

/** Entries that no command can make. */
export class Unreplayable extends Error {
  override readonly name = 'Unreplayable';
}

const exactly = (command: SentCommand): Replayed => ({ command, deviation: null });

/** Stands where a live lease's token must be put in before the command is sent. */
export const UNLEASED = 'unleased';

/** After every last instant: an attempt that is due then is never made. */
const NEVER = timestamp(Date.parse('9999-12-31T23:59:59.999Z'));

/** What stands in for a text that was erased: a message cannot be empty. */
const ERASED = '[erased]';

function find<Kind extends EntryKind>(group: readonly Entry[], kind: Kind): EntryOf<Kind> | undefined {
  return group.find((entry): entry is EntryOf<Kind> => entry.kind === kind);
}

function findLast<Kind extends EntryKind>(group: readonly Entry[], kind: Kind): EntryOf<Kind> | undefined {
  return group.findLast((entry): entry is EntryOf<Kind> => entry.kind === kind);
}

function mapped(ids: IdMap, id: string): string {
  const known = ids.get(id);
  if (known === undefined) throw new Unreplayable(`Nothing before it made ${id}`);
  return known;
}

/** All of a deal that a patch may set: laid over any deal, it gives this one. */
function patchOf({ closedAt: _closedAt, ...patch }: Deal): DealPatch {
  return patch;
}

/** A wall clock's time of an instant, to the minute. */
function localTime(at: Timestamp, timeZone: string): string {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(
    new Date(at),
  );
  return shown.replace(' ', 'T');
}

/** A local time has no seconds: an instant that has them was given as one. */
function dueOf({ dueAt, timeZone }: FollowUp): Timestamp | { localTime: string; timeZone: string } {
  const isMinute = dueAt.endsWith(':00.000Z');
  return timeZone === null || !isMinute ? dueAt : { localTime: localTime(dueAt, timeZone), timeZone };
}

type Common = { conversationId: string; at: Timestamp; by?: string };

function messageOf({
  clientMessageId,
  author,
  text,
  visibility,
  inReplyTo,
  usage,
  parts,
}: EntryOf<'message'>) {
  return { clientMessageId, author, text: text === '' ? ERASED : text, visibility, inReplyTo, usage, parts };
}

function replayMessages(
  group: readonly Entry[],
  { conversationId, at }: Common,
  redacted: ReadonlySet<number>,
): Replayed {
  const said = group.filter((entry) => entry.kind === 'message');
  const isErased = said.some(({ seq, text }) => text === '' && !redacted.has(seq));
  const messages = said.map(messageOf);
  return {
    command: { type: 'messages.appendTurn', input: { conversationId, messages, at } },
    deviation: isErased ? `an erased text came in as "${ERASED}"` : null,
  };
}

function replayCreated(entry: EntryOf<'created'>, group: readonly Entry[], { at, by }: Common): Replayed {
  const { contactId, channel, agentId, tags, metadata } = entry;
  const first = find(group, 'message');
  const initialMessage = first && {
    text: first.text === '' ? ERASED : first.text,
    author: first.author,
    clientMessageId: first.clientMessageId,
  };
  const input = { contactId, channel, agentId, tags, metadata, initialMessage, at, by };
  return exactly({ type: 'conversations.create', input });
}

function replayHandoff(entry: EntryOf<'handoff'>, { conversationId, at, by }: Common, ids: IdMap): Replayed {
  const { action, handoff } = entry;
  const { from, to, reason, trigger, confidence } = handoff;
  const handing = {
    conversationId,
    from,
    to,
    reason,
    trigger,
    confidence,
    brief: handoff.brief ?? undefined,
    stage: handoff.stage ?? undefined,
    at,
  };
  const why = handoff.resolution ?? undefined;
  switch (action) {
    case 'transferred':
      return exactly({ type: 'handoffs.transfer', input: handing });
    case 'requested':
      return exactly({
        type: 'handoffs.request',
        input: { ...handing, expiresAt: handoff.expiresAt ?? undefined },
      });
    case 'accepted':
      return exactly({
        type: 'handoffs.accept',
        input: { handoffId: mapped(ids, handoff.id), by: handoff.acceptedBy ?? to, at },
      });
    case 'rejected':
      return exactly({
        type: 'handoffs.reject',
        input: { handoffId: mapped(ids, handoff.id), reason: why, by: to, at },
      });
    case 'cancelled':
      return exactly({
        type: 'handoffs.cancel',
        input: { handoffId: mapped(ids, handoff.id), reason: why, by, at },
      });
    case 'expired':
      return {
        command: {
          type: 'handoffs.cancel',
          input: { handoffId: mapped(ids, handoff.id), reason: 'Expired', by, at },
        },
        deviation: 'an expired handoff came in as cancelled',
      };
    case 'taken_over':
      return exactly({ type: 'handoffs.takeover', input: { conversationId, reason, by: to, at } });
    case 'released':
      return exactly({ type: 'handoffs.release', input: { conversationId, to, reason, by: from, at } });
  }
}

/** Everything that an answer holds and a recording gives: not who gave it and when. */
function given<Answer extends { by: string; at: Timestamp }>(answer: Answer | undefined) {
  if (answer === undefined) return undefined;
  const { by: _by, at: _at, ...rest } = answer;
  return rest;
}

function recorder(answers: Answers): string {
  const by = (answers.budget ?? answers.authority ?? answers.need ?? answers.timeline)?.by;
  if (by === undefined) throw new Unreplayable('A recording has no answer');
  return by;
}

function replayQualification(
  { answers }: EntryOf<'qualification'>,
  group: readonly Entry[],
  common: Common,
): Replayed {
  return exactly({
    type: 'qualification.record',
    input: {
      conversationId: common.conversationId,
      budget: given(answers.budget),
      authority: given(answers.authority),
      need: given(answers.need),
      timeline: given(answers.timeline),
      by: recorder(answers),
      advance: find(group, 'stage') !== undefined,
      at: common.at,
    },
  });
}

function replayObjection(
  { action, objection }: EntryOf<'objection'>,
  group: readonly Entry[],
  { conversationId, at, by }: Common,
  ids: IdMap,
): Replayed {
  const { type, text, severity } = objection;
  switch (action) {
    case 'raised':
      return exactly({
        type: 'objections.raise',
        input: { conversationId, type, text, severity, by: objection.raisedBy ?? undefined, at },
      });
    case 'resolved':
      return exactly({
        type: 'objections.resolve',
        input: {
          objectionId: mapped(ids, objection.id),
          method: objection.method ?? '',
          notes: objection.notes ?? undefined,
          handledBy: objection.handledBy ?? '',
          confidence: objection.confidence ?? 0,
          advanceTo: find(group, 'stage')?.to,
          at,
        },
      });
    case 'deferred': {
      const followUp = find(group, 'follow_up')?.followUp;
      return exactly({
        type: 'objections.defer',
        input: {
          objectionId: mapped(ids, objection.id),
          reason: objection.deferReason ?? '',
          followUpAt: followUp?.dueAt,
          by: followUp === undefined ? by : (followUp.assignee ?? undefined),
          at,
        },
      });
    }
  }
}

function replayFollowUp(
  { action, followUp }: EntryOf<'follow_up'>,
  { conversationId, at, by }: Common,
  ids: IdMap,
): Replayed {
  if (action === 'scheduled') {
    return exactly({
      type: 'followUps.schedule',
      input: {
        conversationId,
        type: followUp.type,
        dueAt: dueOf(followUp),
        finalAttemptAt: followUp.finalAttemptAt,
        priority: followUp.priority,
        assignee: followUp.assignee ?? undefined,
        context: followUp.context ?? undefined,
        maxAttempts: followUp.maxAttempts,
        cancelOn: followUp.cancelOn,
        by,
        at,
      },
    });
  }
  const followUpId = mapped(ids, followUp.id);
  const outcome = followUp.outcome ?? undefined;
  if (action === 'snoozed') {
    return exactly({ type: 'followUps.snooze', input: { followUpId, until: dueOf(followUp), by, at } });
  }
  if (action === 'cancelled') {
    return exactly({ type: 'followUps.cancel', input: { followUpId, reason: outcome, by, at } });
  }
  const leaseToken = UNLEASED;
  if (action === 'completed') {
    return exactly({ type: 'followUps.complete', input: { followUpId, leaseToken, outcome, by, at } });
  }
  const error = followUp.lastError ?? 'Failed';
  // One that died with attempts left had no time left for them.
  const retryAt = action === 'failed' ? followUp.dueAt : NEVER;
  return exactly({ type: 'followUps.fail', input: { followUpId, leaseToken, error, retryAt, by, at } });
}

function replayStage(
  entry: EntryOf<'stage'>,
  group: readonly Entry[],
  { conversationId, at, by }: Common,
): Replayed {
  const deal = find(group, 'deal');
  const patch = deal && patchOf(deal.deal);
  const lossReason = entry.lossReason ?? undefined;
  if (deal?.outcome != null && findLast(group, 'status')?.to === 'completed') {
    const input = { conversationId, outcome: deal.outcome, deal: patch, lossReason, by, at };
    return exactly({ type: 'deals.close', input });
  }
  return exactly({
    type: 'stages.transition',
    input: {
      conversationId,
      to: entry.to,
      reason: entry.reason ?? undefined,
      notes: entry.notes ?? undefined,
      lossReason,
      deal: patch,
      force: entry.forced,
      by,
      at,
    },
  });
}

function replayStatus({ from, to, reason }: EntryOf<'status'>, { conversationId, at, by }: Common): Replayed {
  const input = { conversationId, reason: reason ?? undefined, by, at };
  if (to === 'completed') return exactly({ type: 'conversations.close', input });
  if (to === 'abandoned') return exactly({ type: 'conversations.abandon', input });
  if (to !== 'active') return exactly({ type: 'conversations.pause', input });
  const isReopened = from === 'completed' || from === 'abandoned';
  return exactly({ type: isReopened ? 'conversations.reopen' : 'conversations.resume', input });
}

/** A change of status that a command was given for, not one that followed from a follow-up's. */
function isAsked({ from, to }: EntryOf<'status'>): boolean {
  return from === 'active' || to === 'completed' || to === 'abandoned' || to === 'active';
}

/**
 * The command whose entries these are: entries of one command share their version. What the domain adds by
 * itself (a cancelled follow-up, a closed handoff, a change of owner) follows from the command again.
 * @param group the entries of one version, in order
 * @param conversation the store's conversation; null before it is created
 * @param redacted the seqs of messages that a later entry redacts
 */
export function replayedCommand(
  group: readonly [Entry, ...Entry[]],
  conversation: Conversation | null,
  ids: IdMap,
  redacted: ReadonlySet<number>,
): Replayed {
  const [first] = group;
  const { actor, at } = first;
  const common: Common = {
    conversationId: conversation?.id ?? '',
    at,
    by: actor.kind === 'agent' ? actor.agentId : undefined,
  };
  if (first.kind === 'created') return replayCreated(first, group, common);
  if (first.kind === 'message') return replayMessages(group, common, redacted);
  if (first.kind === 'details') {
    const { tags, metadata } = first;
    const { conversationId, by } = common;
    return exactly({ type: 'conversations.update', input: { conversationId, tags, metadata, by, at } });
  }
  if (first.kind === 'redaction') {
    const { conversationId, by } = common;
    const input = { conversationId, seq: first.targetSeq, reason: first.reason ?? undefined, by, at };
    return exactly({ type: 'messages.redact', input });
  }
  if (first.kind === 'qualification') return replayQualification(first, group, common);
  if (first.kind === 'objection') return replayObjection(first, group, common, ids);
  const owner = find(group, 'owner');
  const handoff = findLast(group, 'handoff');
  if (owner !== undefined && handoff !== undefined) return replayHandoff(handoff, common, ids);
  const stage = find(group, 'stage');
  if (stage !== undefined) return replayStage(stage, group, common);
  const status = findLast(group, 'status');
  if (status !== undefined && isAsked(status)) return replayStatus(status, common);
  if (handoff !== undefined) return replayHandoff(handoff, common, ids);
  const followUp = find(group, 'follow_up');
  if (followUp !== undefined) return replayFollowUp(followUp, common, ids);
  const deal = find(group, 'deal');
  if (deal !== undefined) {
    const { conversationId, by } = common;
    return exactly({ type: 'deals.update', input: { conversationId, deal: patchOf(deal.deal), by, at } });
  }
  throw new Unreplayable(`No command makes a ${first.kind} entry first`);
}
