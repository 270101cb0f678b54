import type {
  AgentMetrics,
  Conversation,
  Entry,
  EntryKind,
  EntryOf,
  MessageEntry,
  Objection,
} from '@baton/schema';
import { EMPTY_QUALIFICATION, assess } from './answers.ts';
import { withoutWords } from './erased-words.ts';
import { previewOfMessage } from './message-words.ts';
import { isPublicAgentMessage } from './public-agent-message.ts';
import { isClosed, isPaused } from './status.ts';

function fromCreated(entry: EntryOf<'created'>): Conversation {
  return {
    id: entry.conversationId,
    contactId: entry.contactId,
    channel: entry.channel,
    status: 'active',
    stage: 'lead',
    stageEnteredAt: entry.at,
    owner: { agentId: entry.agentId, epoch: 1, since: entry.at, previous: null },
    handoffChain: [entry.agentId],
    qualification: EMPTY_QUALIFICATION,
    isQualified: null,
    deal: null,
    metrics: {
      messages: 0,
      customerMessages: 0,
      interactionCount: 0,
      byAgent: {},
      firstResponseMs: null,
      waitingSince: null,
    },
    handoffCount: 0,
    pendingHandoff: null,
    activeObjections: 0,
    objections: [],
    deferredObjections: [],
    nextFollowUpAt: null,
    followUps: [],
    lastMessage: null,
    tags: entry.tags,
    metadata: entry.metadata,
    lastSeq: entry.seq,
    version: entry.version,
    createdAt: entry.at,
    updatedAt: entry.at,
    closedAt: null,
  };
}

function applyDetails(conversation: Conversation, entry: EntryOf<'details'>): Conversation {
  return {
    ...conversation,
    tags: entry.tags ?? conversation.tags,
    metadata: entry.metadata ?? conversation.metadata,
  };
}

function applyStatus(conversation: Conversation, entry: EntryOf<'status'>): Conversation {
  const { pausedUntil, ...rest } = conversation;
  const { from, to } = entry;
  // A follow-up that is scheduled or ends in a pause does not change when the pause ends.
  const goesOn = from !== to && isPaused({ status: from }) && isPaused({ status: to });
  const until = entry.until ?? (goesOn ? pausedUntil : undefined);
  const moved = { ...rest, status: to, closedAt: null, ...(until !== undefined && { pausedUntil: until }) };
  if (!isClosed(moved)) return moved;
  return { ...moved, closedAt: entry.at, metrics: { ...moved.metrics, waitingSince: null } };
}

/** A sum that stays an exact integer: past the largest one it grows no further. */
const addSafely = (sum = 0, amount = 0): number => Math.min(sum + amount, Number.MAX_SAFE_INTEGER);

function countAgent(before: AgentMetrics | undefined, entry: MessageEntry): AgentMetrics {
  return {
    messages: (before?.messages ?? 0) + 1,
    firstAt: before?.firstAt ?? entry.at,
    lastAt: entry.at,
    inputTokens: addSafely(before?.inputTokens, entry.usage?.inputTokens),
    outputTokens: addSafely(before?.outputTokens, entry.usage?.outputTokens),
    costMicros: addSafely(before?.costMicros, entry.usage?.costMicros),
  };
}

function applyMessage(conversation: Conversation, entry: MessageEntry): Conversation {
  const { metrics } = conversation;
  const { agentId } = entry.author;
  const isCustomer = entry.author.kind === 'customer';
  const answers = isPublicAgentMessage(entry);
  const messages = metrics.messages + 1;
  let { byAgent } = metrics;
  if (entry.author.kind === 'agent' && agentId !== undefined) {
    const before = Object.hasOwn(byAgent, agentId) ? byAgent[agentId] : undefined;
    byAgent = { ...byAgent, [agentId]: countAgent(before, entry) };
  }
  return {
    ...conversation,
    handoffChain: isCustomer ? [conversation.owner.agentId] : conversation.handoffChain,
    metrics: {
      messages,
      customerMessages: metrics.customerMessages + (isCustomer ? 1 : 0),
      interactionCount: messages,
      byAgent,
      firstResponseMs: metrics.firstResponseMs ?? entry.responseMs ?? null,
      waitingSince: answers ? null : (metrics.waitingSince ?? (isCustomer ? entry.at : null)),
    },
    lastMessage: { seq: entry.seq, author: entry.author, preview: previewOfMessage(entry), at: entry.at },
  };
}

function applyRedaction(conversation: Conversation, entry: EntryOf<'redaction'>): Conversation {
  const { lastMessage } = conversation;
  if (lastMessage?.seq !== entry.targetSeq) return conversation;
  return { ...conversation, lastMessage: { ...lastMessage, preview: '' } };
}

function applyRevision(conversation: Conversation, entry: EntryOf<'revision'>): Conversation {
  const { lastMessage } = conversation;
  if (lastMessage?.seq !== entry.targetSeq) return conversation;
  return { ...conversation, lastMessage: { ...lastMessage, preview: previewOfMessage(entry) } };
}

function applyErasure(conversation: Conversation, entry: EntryOf<'erasure'>): Conversation {
  const { contactId, at } = entry;
  return { ...withoutWords(conversation), contactId, erasedAt: at };
}

function applyContact(conversation: Conversation, { consent }: EntryOf<'contact'>): Conversation {
  return { ...conversation, consent };
}

type HandoffAction = EntryOf<'handoff'>['action'];

/** What is the first of a handoff; what follows answers it. */
export const BEGINS_A_HANDOFF: ReadonlySet<HandoffAction> = new Set([
  'transferred',
  'requested',
  'taken_over',
  'released',
]);

const CHANGES_OWNER: ReadonlySet<HandoffAction> = new Set([
  'transferred',
  'accepted',
  'taken_over',
  'released',
]);

function applyHandoff(conversation: Conversation, entry: EntryOf<'handoff'>): Conversation {
  const { handoff } = entry;
  const isOpen = conversation.pendingHandoff?.id === handoff.id;
  return {
    ...conversation,
    handoffCount: conversation.handoffCount + (CHANGES_OWNER.has(entry.action) ? 1 : 0),
    pendingHandoff: handoff.status === 'pending' ? handoff : isOpen ? null : conversation.pendingHandoff,
  };
}

function applyOwner(conversation: Conversation, entry: EntryOf<'owner'>): Conversation {
  return {
    ...conversation,
    owner: { agentId: entry.to, epoch: entry.epoch, since: entry.at, previous: entry.from },
    handoffChain: [...conversation.handoffChain, entry.to].slice(-4),
  };
}

function applyStage(conversation: Conversation, entry: EntryOf<'stage'>): Conversation {
  const moved = { ...conversation, stage: entry.to, stageEnteredAt: entry.at };
  if (entry.to !== 'qualified' || conversation.isQualified === true) return moved;
  return {
    ...moved,
    isQualified: true,
    qualification: {
      ...conversation.qualification,
      qualifiedAt: entry.at,
      qualifiedBy: entry.actor.agentId ?? null,
    },
  };
}

function applyQualification(conversation: Conversation, entry: EntryOf<'qualification'>): Conversation {
  const before = conversation.qualification;
  const answers = { ...before, ...entry.answers };
  const assessment = assess(answers);
  const isQualified = assessment.complete ? assessment.met : conversation.isQualified;
  const became = isQualified === true && conversation.isQualified !== true;
  return {
    ...conversation,
    handoffChain: [conversation.owner.agentId],
    isQualified,
    qualification: {
      ...answers,
      ...assessment,
      qualifiedAt: became ? entry.at : isQualified === true ? before.qualifiedAt : null,
      qualifiedBy: became ? (entry.actor.agentId ?? null) : isQualified === true ? before.qualifiedBy : null,
    },
  };
}

function applyObjection(conversation: Conversation, entry: EntryOf<'objection'>): Conversation {
  const { objection } = entry;
  const without = (list: Objection[]) => list.filter((other) => other.id !== objection.id);
  const objections = without(conversation.objections);
  const deferredObjections = without(conversation.deferredObjections);
  if (objection.status === 'active') objections.push(objection);
  if (objection.status === 'deferred') deferredObjections.push(objection);
  return { ...conversation, objections, deferredObjections, activeObjections: objections.length };
}

function applyFollowUp(conversation: Conversation, entry: EntryOf<'follow_up'>): Conversation {
  const { followUp } = entry;
  const followUps = conversation.followUps.filter((other) => other.id !== followUp.id);
  if (followUp.status === 'open') followUps.push(followUp);
  const due = followUps.map((open) => open.dueAt).toSorted();
  return { ...conversation, followUps, nextFollowUpAt: due[0] ?? null };
}

function applyDeal(conversation: Conversation, entry: EntryOf<'deal'>): Conversation {
  return { ...conversation, deal: entry.deal };
}

/** What was reported of a message, or is not known of an entry, changes no more than the conversation's place. */
function changesNothing(conversation: Conversation): Conversation {
  return conversation;
}

type Apply<Kind extends EntryKind> = (conversation: Conversation, entry: EntryOf<Kind>) => Conversation;

const applyKind: { [Kind in Exclude<EntryKind, 'created'>]: Apply<Kind> } = {
  message: applyMessage,
  owner: applyOwner,
  handoff: applyHandoff,
  stage: applyStage,
  qualification: applyQualification,
  objection: applyObjection,
  follow_up: applyFollowUp,
  deal: applyDeal,
  status: applyStatus,
  details: applyDetails,
  redaction: applyRedaction,
  erasure: applyErasure,
  revision: applyRevision,
  delivery: changesNothing,
  rating: changesNothing,
  contact: applyContact,
  unknown: changesNothing,
};

/** Raise it with each change of what a timeline's fold gives: states that were kept of the fold before are passed over. */
export const FOLD_VERSION = 3;

/**
 * The conversation after one more entry, on the server and in a client's replica alike. Changes no argument. After an
 * `unknown` entry it may lack what that entry changed.
 * @throws Error unless the entry is the conversation's next one and of a kind that this version has
 */
export function evolve(conversation: Conversation | null, entry: Entry): Conversation {
  if (entry.kind === 'created') {
    if (conversation !== null) throw new Error(`Conversation ${entry.conversationId} is created twice`);
    if (entry.seq !== 1) throw new Error(`Conversation ${entry.conversationId} begins at entry ${entry.seq}`);
    return fromCreated(entry);
  }
  if (conversation === null || entry.seq !== conversation.lastSeq + 1) {
    const expected = conversation === null ? 1 : conversation.lastSeq + 1;
    throw new Error(`Entry ${entry.seq} of ${entry.conversationId} is not the next one, ${expected}`);
  }
  if (entry.conversationId !== conversation.id) {
    throw new Error(`Entry ${entry.seq} is of ${entry.conversationId}, not of ${conversation.id}`);
  }
  if (!Object.hasOwn(applyKind, entry.kind)) {
    throw new Error(
      `Entry ${entry.seq} of ${entry.conversationId} is of a kind that this version does not know`,
    );
  }
  // The compiler does not see that the key is the entry's own kind.
  const apply = applyKind[entry.kind] as Apply<typeof entry.kind>;
  const next = apply(conversation, entry);
  // What cannot be read of an unknown entry's place is given too low.
  const version = Math.max(conversation.version, entry.version);
  const updatedAt = entry.at > conversation.updatedAt ? entry.at : conversation.updatedAt;
  return { ...next, lastSeq: entry.seq, version, updatedAt };
}

/** The conversation that the entries make; null where there are none. */
export function fold(entries: Iterable<Entry>, from: Conversation | null = null): Conversation | null {
  let conversation = from;
  for (const entry of entries) conversation = evolve(conversation, entry);
  return conversation;
}
