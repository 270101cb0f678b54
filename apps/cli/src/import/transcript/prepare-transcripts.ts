import type { AgentId, Timestamp } from '@baton/schema';
import { NewMessage } from '@baton/schema';
import type { ImportFault } from '../import-fault.ts';
import { validationMessage } from '../validation-message.ts';
import { agentOfName } from './agent-of-name.ts';
import type { PlacedTranscript, ReadTranscripts, SourceMessage, SourceTranscript } from './transcript.ts';

/** A message as it is sent, with its time where the source has one. */
export type PreparedMessage = { place: string; at: Timestamp | null; message: NewMessage };

/** A transcript whose messages Baton takes, in their order. */
export type PreparedTranscript = {
  place: string;
  transcript: SourceTranscript;
  owner: AgentId | undefined;
  messages: PreparedMessage[];
};

export type Prepared = {
  transcripts: PreparedTranscript[];
  /** The names of agents by their ids. */
  agents: Map<AgentId, string>;
  leftOut: ImportFault[];
  faults: ImportFault[];
  notes: string[];
};

/** Makes of what a source holds what Baton takes, and says what it does not. Nothing is sent. */
export function prepareTranscripts({ transcripts: read, leftOut, faults, notes }: ReadTranscripts): Prepared {
  const prepared: Prepared = {
    transcripts: [],
    agents: new Map(),
    leftOut: [...leftOut],
    faults: [...faults],
    notes: [...notes],
  };
  const seen = new Set<string>();
  for (const placed of read) {
    const { place, transcript } = placed;
    if (seen.has(transcript.id)) {
      prepared.faults.push({ place, problem: `A second conversation with the id ${transcript.id}` });
      continue;
    }
    seen.add(transcript.id);
    prepared.transcripts.push(prepareTranscript(placed, prepared));
  }
  closeAllButTheLast(prepared);
  return prepared;
}

function prepareTranscript({ place, transcript }: PlacedTranscript, prepared: Prepared): PreparedTranscript {
  const agentNamed = (name: string) => {
    const id = agentOfName(name);
    if (!prepared.agents.has(id)) prepared.agents.set(id, name);
    return id;
  };
  const messages: PreparedMessage[] = [];
  const ids = new Set<string>();
  for (const { message, index } of inOrder(transcript.messages)) {
    const at = message.place ?? `${place}/message ${index + 1}`;
    if (message.text.trim() === '' && (message.parts ?? []).length === 0) {
      prepared.leftOut.push({ place: at, problem: 'Blank: nothing was said' });
      continue;
    }
    const clientMessageId = message.id ?? `message-${index + 1}`;
    const parsed = NewMessage.safeParse({
      clientMessageId,
      author: authorOf(message, agentNamed),
      text: message.text,
      visibility: message.internal ? 'internal' : 'public',
      ...(message.parts && { parts: message.parts }),
    });
    if (!parsed.success) prepared.faults.push({ place: at, problem: validationMessage(parsed.error) });
    else if (ids.has(clientMessageId))
      prepared.faults.push({ place: at, problem: `A second message with the id ${clientMessageId}` });
    else messages.push({ place: at, at: message.at ?? null, message: parsed.data });
    ids.add(clientMessageId);
  }
  const named = transcript.owner === undefined ? undefined : agentNamed(transcript.owner);
  return { place, transcript, owner: named ?? firstAgentOf(messages), messages };
}

/** By their times; one without a time stays behind the one before it. */
function inOrder(messages: readonly SourceMessage[]): { message: SourceMessage; index: number }[] {
  let at = messages.find((message) => message.at !== undefined)?.at ?? '';
  const timed = messages.map((message, index) => {
    at = message.at ?? at;
    return { message: at === '' ? message : { ...message, at }, index };
  });
  return timed.toSorted(
    (a, b) => (a.message.at ?? '').localeCompare(b.message.at ?? '') || a.index - b.index,
  );
}

function authorOf({ author }: SourceMessage, agentNamed: (name: string) => AgentId) {
  return author.kind === 'agent'
    ? { kind: author.kind, agentId: agentNamed(author.name) }
    : { kind: author.kind };
}

function firstAgentOf(messages: readonly PreparedMessage[]): AgentId | undefined {
  const isPublic = ({ message: { author, visibility } }: PreparedMessage) =>
    author.kind === 'agent' && visibility === 'public';
  return messages.find(isPublic)?.message.author.agentId;
}

/** A contact has one active conversation on a channel at most, so only the last one stays open. */
function closeAllButTheLast(prepared: Prepared): void {
  const begins = ({ messages: [first] }: PreparedTranscript) => first?.at ?? '';
  prepared.transcripts.sort((a, b) => begins(a).localeCompare(begins(b)));
  const byContact = Map.groupBy(
    prepared.transcripts,
    ({ transcript: { contact, channel } }) => `${channel} ${contact.id}`,
  );
  for (const conversations of byContact.values()) {
    for (const { place, transcript } of conversations.slice(0, -1)) {
      if (transcript.closed) continue;
      transcript.closed = true;
      prepared.notes.push(
        `${place} comes in completed: its contact has a later conversation on ${transcript.channel}`,
      );
    }
  }
}
