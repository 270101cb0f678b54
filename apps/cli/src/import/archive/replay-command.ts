import {
  type Answers,
  type Conversation,
  type Deal,
  type DealPatch,
  type Entry,
  type EntryKind,
  type EntryOf,
  type FollowUp,
  type KnownEntry,
  type Timestamp,
  timestamp,
} from '@baton/schema';
import type { ApiCommand } from '../../api/api-command.ts';

/** From ids of the archive to ids of the store. */
export type IdMap = ReadonlyMap<string, string>;

/** The command that makes a group of entries again, and how its result deviates from them. */
export type ReplayedCommand = { command: ApiCommand; deviation: string | null };

/** Entries that no command can make. */
export class ReplayError extends Error {
  override readonly name = 'Unreplayable';
}

const exact = (command: ApiCommand): ReplayedCommand => ({ command, deviation: null });

/** To be replaced by a valid lease token before the command is sent. */
export const LEASE_TOKEN_PLACEHOLDER = 'unleased';

/** After every `finalAttemptAt`, so that no further attempt is made. */
const NEVER = timestamp(Date.parse('9999-12-31T23:59:59.999Z'));

/** Replaces a text that was erased, as a message cannot be empty. */
const ERASED_TEXT = '[erased]';

function find<Kind extends EntryKind>(group: readonly Entry[], kind: Kind): EntryOf<Kind> | undefined {
  return group.find((entry): entry is EntryOf<Kind> => entry.kind === kind);
}

function findLast<Kind extends EntryKind>(group: readonly Entry[], kind: Kind): EntryOf<Kind> | undefined {
  return group.findLast((entry): entry is EntryOf<Kind> => entry.kind === kind);
}

function newId(ids: IdMap, id: string): string {
  const known = ids.get(id);
  if (known === undefined) throw new ReplayError(`Nothing before it made ${id}`);
  return known;
}

/** Every field that a patch can set. */
function dealPatch({ closedAt: _closedAt, ...patch }: Deal): DealPatch {
  return patch;
}

function localTime(at: Timestamp, timeZone: string): string {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(
    new Date(at),
  );
  return shown.replace(' ', 'T');
}

/** A local time has no seconds, so a due time with seconds was given as an instant. */
function dueInput({ dueAt, timeZone }: FollowUp): Timestamp | { localTime: string; timeZone: string } {
  const isMinute = dueAt.endsWith(':00.000Z');
  return timeZone === null || !isMinute ? dueAt : { localTime: localTime(dueAt, timeZone), timeZone };
}

type CommandBase = { conversationId: string; at: Timestamp; by?: string };

function messageInput({
  clientMessageId,
  author,
  text,
  visibility,
  inReplyTo,
  usage,
  parts,
}: EntryOf<'message'>) {
  return {
    clientMessageId,
    author,
    text: text === '' ? ERASED_TEXT : text,
    visibility,
    inReplyTo,
    usage,
    parts,
  };
}

function replayMessages(
  group: readonly KnownEntry[],
  { conversationId, at }: CommandBase,
  redacted: ReadonlySet<number>,
): ReplayedCommand {
  const messageEntries = group.filter((entry) => entry.kind === 'message');
  const isErased = messageEntries.some(({ seq, text }) => text === '' && !redacted.has(seq));
  const messages = messageEntries.map(messageInput);
  return {
    command: { type: 'messages.appendTurn', input: { conversationId, messages, at } },
    deviation: isErased ? `an erased text came in as "${ERASED_TEXT}"` : null,
  };
}

function replayCreated(
  entry: EntryOf<'created'>,
  group: readonly KnownEntry[],
  { at, by }: CommandBase,
): ReplayedCommand {
  const { contactId, channel, agentId, tags, metadata } = entry;
  const first = find(group, 'message');
  const initialMessage = first && {
    text: first.text === '' ? ERASED_TEXT : first.text,
    author: first.author,
    clientMessageId: first.clientMessageId,
  };
  const input = { contactId, channel, agentId, tags, metadata, initialMessage, at, by };
  return exact({ type: 'conversations.create', input });
}

function replayHandoff(
  entry: EntryOf<'handoff'>,
  { conversationId, at, by }: CommandBase,
  ids: IdMap,
): ReplayedCommand {
  const { action, handoff } = entry;
  const { from, to, reason, trigger, confidence } = handoff;
  const request = {
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
  const resolution = handoff.resolution ?? undefined;
  switch (action) {
    case 'transferred':
      return exact({ type: 'handoffs.transfer', input: request });
    case 'requested':
      return exact({
        type: 'handoffs.request',
        input: { ...request, expiresAt: handoff.expiresAt ?? undefined },
      });
    case 'accepted':
      return exact({
        type: 'handoffs.accept',
        input: { handoffId: newId(ids, handoff.id), by: handoff.acceptedBy ?? to, at },
      });
    case 'rejected':
      return exact({
        type: 'handoffs.reject',
        input: { handoffId: newId(ids, handoff.id), reason: resolution, by: to, at },
      });
    case 'cancelled':
      return exact({
        type: 'handoffs.cancel',
        input: { handoffId: newId(ids, handoff.id), reason: resolution, by, at },
      });
    case 'expired':
      return {
        command: {
          type: 'handoffs.cancel',
          input: { handoffId: newId(ids, handoff.id), reason: 'Expired', by, at },
        },
        deviation: 'an expired handoff came in as cancelled',
      };
    case 'taken_over':
      return exact({ type: 'handoffs.takeover', input: { conversationId, reason, by: to, at } });
    case 'released':
      return exact({ type: 'handoffs.release', input: { conversationId, to, reason, by: from, at } });
  }
}

function answerInput<Answer extends { by: string; at: Timestamp }>(answer: Answer | undefined) {
  if (answer === undefined) return undefined;
  const { by: _by, at: _at, ...rest } = answer;
  return rest;
}

function recordedBy(answers: Answers): string {
  const by = (answers.budget ?? answers.authority ?? answers.need ?? answers.timeline)?.by;
  if (by === undefined) throw new ReplayError('A recording has no answer');
  return by;
}

function replayQualification(
  { answers }: EntryOf<'qualification'>,
  group: readonly KnownEntry[],
  common: CommandBase,
): ReplayedCommand {
  return exact({
    type: 'qualification.record',
    input: {
      conversationId: common.conversationId,
      budget: answerInput(answers.budget),
      authority: answerInput(answers.authority),
      need: answerInput(answers.need),
      timeline: answerInput(answers.timeline),
      by: recordedBy(answers),
      advance: find(group, 'stage') !== undefined,
      at: common.at,
    },
  });
}

function replayObjection(
  { action, objection }: EntryOf<'objection'>,
  group: readonly KnownEntry[],
  { conversationId, at, by }: CommandBase,
  ids: IdMap,
): ReplayedCommand {
  const { type, text, severity } = objection;
  switch (action) {
    case 'raised':
      return exact({
        type: 'objections.raise',
        input: { conversationId, type, text, severity, by: objection.raisedBy ?? undefined, at },
      });
    case 'resolved':
      return exact({
        type: 'objections.resolve',
        input: {
          objectionId: newId(ids, objection.id),
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
      return exact({
        type: 'objections.defer',
        input: {
          objectionId: newId(ids, objection.id),
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
  { conversationId, at, by }: CommandBase,
  ids: IdMap,
): ReplayedCommand {
  if (action === 'scheduled') {
    return exact({
      type: 'followUps.schedule',
      input: {
        conversationId,
        type: followUp.type,
        dueAt: dueInput(followUp),
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
  const followUpId = newId(ids, followUp.id);
  const outcome = followUp.outcome ?? undefined;
  if (action === 'snoozed') {
    return exact({ type: 'followUps.snooze', input: { followUpId, until: dueInput(followUp), by, at } });
  }
  if (action === 'cancelled') {
    return exact({ type: 'followUps.cancel', input: { followUpId, reason: outcome, by, at } });
  }
  const leaseToken = LEASE_TOKEN_PLACEHOLDER;
  if (action === 'completed') {
    return exact({ type: 'followUps.complete', input: { followUpId, leaseToken, outcome, by, at } });
  }
  const error = followUp.lastError ?? 'Failed';
  // A dead follow-up with attempts left had reached its final time.
  const retryAt = action === 'failed' ? followUp.dueAt : NEVER;
  return exact({ type: 'followUps.fail', input: { followUpId, leaseToken, error, retryAt, by, at } });
}

function replayStage(
  entry: EntryOf<'stage'>,
  group: readonly KnownEntry[],
  { conversationId, at, by }: CommandBase,
): ReplayedCommand {
  const deal = find(group, 'deal');
  const patch = deal && dealPatch(deal.deal);
  const lossReason = entry.lossReason ?? undefined;
  if (deal?.outcome != null && findLast(group, 'status')?.to === 'completed') {
    const input = { conversationId, outcome: deal.outcome, deal: patch, lossReason, by, at };
    return exact({ type: 'deals.close', input });
  }
  return exact({
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

function replayStatus(
  { from, to, reason }: EntryOf<'status'>,
  { conversationId, at, by }: CommandBase,
): ReplayedCommand {
  const input = { conversationId, reason: reason ?? undefined, by, at };
  if (to === 'completed') return exact({ type: 'conversations.close', input });
  if (to === 'abandoned') return exact({ type: 'conversations.abandon', input });
  if (to !== 'active') return exact({ type: 'conversations.pause', input });
  const isReopened = from === 'completed' || from === 'abandoned';
  return exact({ type: isReopened ? 'conversations.reopen' : 'conversations.resume', input });
}

/** Whether a command asked for the change, rather than a follow-up's change causing it. */
function isExplicitChange({ from, to }: EntryOf<'status'>): boolean {
  return from === 'active' || to === 'completed' || to === 'abandoned' || to === 'active';
}

/**
 * The command that made these entries. What the domain added (a cancelled follow-up, a closed handoff, a change of
 * owner) follows from the command again.
 * @param group the entries of one version, in order
 * @param conversation the store's conversation; null before it is created
 * @param redacted the seqs of messages that a later entry redacts
 */
export function commandFromEntries(
  group: readonly [KnownEntry, ...KnownEntry[]],
  conversation: Conversation | null,
  ids: IdMap,
  redacted: ReadonlySet<number>,
): ReplayedCommand {
  const [first] = group;
  const { actor, at } = first;
  const common: CommandBase = {
    conversationId: conversation?.id ?? '',
    at,
    by: actor.kind === 'agent' ? actor.agentId : undefined,
  };
  if (first.kind === 'created') return replayCreated(first, group, common);
  if (first.kind === 'message') return replayMessages(group, common, redacted);
  if (first.kind === 'details') {
    const { tags, metadata } = first;
    const { conversationId, by } = common;
    return exact({ type: 'conversations.update', input: { conversationId, tags, metadata, by, at } });
  }
  if (first.kind === 'redaction') {
    const { conversationId, by } = common;
    const input = { conversationId, seq: first.targetSeq, reason: first.reason ?? undefined, by, at };
    return exact({ type: 'messages.redact', input });
  }
  if (first.kind === 'qualification') return replayQualification(first, group, common);
  if (first.kind === 'objection') return replayObjection(first, group, common, ids);
  const owner = find(group, 'owner');
  const handoff = findLast(group, 'handoff');
  if (owner !== undefined && handoff !== undefined) return replayHandoff(handoff, common, ids);
  const stage = find(group, 'stage');
  if (stage !== undefined) return replayStage(stage, group, common);
  const status = findLast(group, 'status');
  if (status !== undefined && isExplicitChange(status)) return replayStatus(status, common);
  if (handoff !== undefined) return replayHandoff(handoff, common, ids);
  const followUp = find(group, 'follow_up');
  if (followUp !== undefined) return replayFollowUp(followUp, common, ids);
  const deal = find(group, 'deal');
  if (deal !== undefined) {
    const { conversationId, by } = common;
    return exact({ type: 'deals.update', input: { conversationId, deal: dealPatch(deal.deal), by, at } });
  }
  throw new ReplayError(`No command makes a ${first.kind} entry first`);
}
