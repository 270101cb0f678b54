import pMap from 'p-map';
import { ensureAgent } from '../../api/ensure-agent.ts';
import { errorMessage, isFatal } from '../../output/errors.ts';
import { createProgress } from '../../output/progress.ts';
import type { ImportFault } from '../import-fault.ts';
import { IMPORT_CONCURRENCY, type ImportContext } from '../import-plans.ts';
import { type Prepared, prepareTranscripts } from './prepare-transcripts.ts';
import { sendTranscript } from './send-transcript.ts';
import type { ReadTranscripts } from './transcript.ts';

/** What a source has that comes in. */
export type TranscriptCounts = {
  conversations: number;
  messages: number;
  /** Of the messages, those that the customer never saw. */
  internal: number;
  attachments: number;
  toolCalls: number;
  contacts: number;
  agents: number;
};

export type TranscriptsResult = {
  counts: TranscriptCounts;
  isDryRun: boolean;
  /** Conversations that were created or completed, and the commands that were sent for it. */
  changed: number;
  commands: number;
  leftOut: ImportFault[];
  faults: ImportFault[];
  notes: string[];
};

/**
 * Brings in what a source holds; with `isDryRun`, only says what would come.
 * @param source the system that it comes from, kept in each conversation's metadata
 * @throws what every other conversation would be refused for too, such as a key of another role
 */
export async function importTranscripts(
  source: string,
  read: ReadTranscripts,
  { isDryRun, ...context }: ImportContext & { isDryRun: boolean },
): Promise<TranscriptsResult> {
  const prepared = prepareTranscripts(read);
  const { leftOut, notes } = prepared;
  const faults = [...prepared.faults];
  const counts = countsOf(prepared);
  if (isDryRun) return { counts, isDryRun, changed: 0, commands: 0, leftOut, faults, notes };
  const { api } = await context.connect();
  for (const [id, name] of prepared.agents) await ensureAgent(api, { id, kind: 'human', name });
  using progress = createProgress(context.terminal, 'conversations', prepared.transcripts.length);
  let changed = 0;
  let commands = 0;
  // Of one contact a conversation is closed before the next one begins.
  const contacts = Map.groupBy(prepared.transcripts, ({ transcript }) => transcript.contact.id);
  await pMap(
    contacts.values(),
    async (transcripts) => {
      for (const transcript of transcripts) {
        try {
          const sent = await sendTranscript(api, source, transcript);
          changed += sent.commands > 0 ? 1 : 0;
          commands += sent.commands;
        } catch (error) {
          if (isFatal(error)) throw error;
          faults.push({ place: transcript.place, problem: errorMessage(error) });
        }
        progress.advance();
      }
    },
    { concurrency: IMPORT_CONCURRENCY },
  );
  return { counts, isDryRun, changed, commands, leftOut, faults, notes };
}

function countsOf({ transcripts, agents }: Prepared): TranscriptCounts {
  const messages = transcripts.flatMap((transcript) => transcript.messages.map(({ message }) => message));
  const parts = (type: string) =>
    messages.reduce(
      (sum, message) => sum + (message.parts ?? []).filter((part) => part.type === type).length,
      0,
    );
  return {
    conversations: transcripts.length,
    messages: messages.length,
    internal: messages.filter(({ visibility }) => visibility === 'internal').length,
    attachments: parts('attachment'),
    toolCalls: parts('tool_call'),
    contacts: new Set(transcripts.map(({ transcript }) => transcript.contact.id)).size,
    agents: agents.size,
  };
}
