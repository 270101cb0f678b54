import {
  AgentId,
  type Conversation,
  MESSAGE_TEXT_LIMIT,
  type MessageInput,
  text,
  timestamp,
  TURN_LIMIT,
} from '@baton/schema';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { type Chance, chanceOf } from '../simulation/seeded-random.ts';
import type { ImportFault } from './fault.ts';
import type { SourcedPlan } from './importing.ts';
import type { PlanStep } from './plan.ts';

export const DIALOG_FILE = 'full_dialog.csv';
export const OUTCOME_FILE = 'outcomes.csv';

export const PERSUADER = AgentId.parse('persuader');
const SOURCE = 'persuasion';

/** Speakers as the file counts them. */
const SPEAKERS = { '0': 'persuader', '1': 'persuadee' } as const;

const DialogRow = z.object({
  Unit: z.string().regex(/\S/, 'The text is empty').pipe(text(MESSAGE_TEXT_LIMIT)),
  Turn: z.string().regex(/^\d+$/, 'Turn is no whole number'),
  B4: z.enum(['0', '1'], 'B4 is neither 0 (persuader) nor 1 (persuadee)'),
  B2: text(150),
});

const Donation = z
  .string()
  .trim()
  .regex(/^(\d+(\.\d+)?)?$/, 'A donation is no amount of dollars')
  .transform((amount) => Math.round(Number(amount) * 100));

const OutcomeRow = z.object({
  dialogue_id: text(150),
  persuader_donation_usd: Donation,
  persuadee_donation_usd: Donation,
});

type Outcome = { persuaderCents: number; persuadeeCents: number };

export type DialogueLine = { row: string; speaker: 'persuader' | 'persuadee'; turn: number; text: string };

export type Dialogue = {
  id: string;
  /** Its place among the dialogues of the file, from 0. */
  number: number;
  /** Where it begins. */
  place: string;
  lines: DialogueLine[];
  /** Null where none is recorded. */
  outcome: Outcome | null;
};

type Record = { line: number; values: { [column: string]: string } };

function readCsv(file: string, content: string, columns: readonly string[], faults: ImportFault[]): Record[] {
  const records: Record[] = [];
  parse(content, {
    bom: true,
    columns: true,
    info: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    relax_column_count_more: false,
    on_skip: (error) => {
      const line: unknown = error?.['lines'];
      const place = `${file}:${typeof line === 'number' ? line : '?'}`;
      faults.push({ place, problem: `Not readable as CSV: ${error?.message ?? 'unknown'}` });
      return undefined;
    },
    on_record: (parsed: { record: { [column: string]: string }; info: { lines: number } }) => {
      records.push({ line: parsed.info.lines, values: parsed.record });
      return null;
    },
  });
  const missing = columns.filter((column) => records[0] !== undefined && !(column in records[0].values));
  if (records.length === 0 || missing.length > 0) {
    throw new Error(`${file} has no ${missing.length > 0 ? `column ${missing.join(', ')}` : 'records'}`);
  }
  return records;
}

function validationMessage(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

function readOutcomes(content: string, faults: ImportFault[]): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const { line, values } of readCsv(OUTCOME_FILE, content, Object.keys(OutcomeRow.shape), faults)) {
    const row = OutcomeRow.safeParse(values);
    const place = `${OUTCOME_FILE}:${line}`;
    if (!row.success) {
      faults.push({ place, problem: validationMessage(row.error) });
    } else if (outcomes.has(row.data.dialogue_id)) {
      faults.push({ place, problem: `A second outcome of dialogue ${row.data.dialogue_id}` });
    } else {
      const { dialogue_id, persuader_donation_usd, persuadee_donation_usd } = row.data;
      outcomes.set(dialogue_id, {
        persuaderCents: persuader_donation_usd,
        persuadeeCents: persuadee_donation_usd,
      });
    }
  }
  return outcomes;
}

/** Reads the two files; what cannot be read is named with its line, and the rest stands. */
export function parsePersuasion(
  dialog: string,
  outcome: string,
): { dialogues: Dialogue[]; faults: ImportFault[] } {
  const faults: ImportFault[] = [];
  const outcomes = readOutcomes(outcome, faults);
  const dialogues = new Map<string, Dialogue>();
  const columns = Object.keys(DialogRow.shape);
  for (const { line, values } of readCsv(DIALOG_FILE, dialog, columns, faults)) {
    const row = DialogRow.safeParse(values);
    if (!row.success) {
      faults.push({ place: `${DIALOG_FILE}:${line}`, problem: validationMessage(row.error) });
      continue;
    }
    const { Unit, Turn, B4, B2 } = row.data;
    const place = `${DIALOG_FILE}:${line}`;
    const known = dialogues.get(B2) ?? {
      id: B2,
      number: dialogues.size,
      place,
      lines: [],
      outcome: outcomes.get(B2) ?? null,
    };
    dialogues.set(B2, known);
    known.lines.push({
      row: values[''] ?? String(known.lines.length),
      speaker: SPEAKERS[B4],
      turn: Number(Turn),
      text: Unit,
    });
  }
  for (const { id, place, outcome: recorded } of dialogues.values()) {
    if (recorded === null) faults.push({ place, problem: `No outcome of dialogue ${id}: it stays open` });
  }
  return { dialogues: [...dialogues.values()], faults };
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** No times are recorded: dialogues begin twelve a day from here on. */
const FIRST_DIALOGUE_AT = Date.UTC(2024, 0, 8, 8);
const DIALOGUES_PER_DAY = 12;
const DIALOGUE_INTERVAL_MS = 45 * MINUTE_MS;

function startMs(number: number, chance: Chance): number {
  const day = Math.floor(number / DIALOGUES_PER_DAY);
  return (
    FIRST_DIALOGUE_AT +
    day * DAY_MS +
    (number % DIALOGUES_PER_DAY) * DIALOGUE_INTERVAL_MS +
    chance.between(0, 20) * MINUTE_MS
  );
}

/** How long a person takes to read what was said and to write an answer, in milliseconds. */
function replyDelayMs(read: string, written: string, chance: Chance): number {
  return 2_000 + read.length * 35 + written.length * 110 + chance.between(0, 25_000);
}

type Turn = { speaker: DialogueLine['speaker']; lines: DialogueLine[] };

/** Consecutive lines of one speaker. */
function groupTurns(lines: readonly DialogueLine[]): Turn[] {
  const turns: Turn[] = [];
  for (const line of lines) {
    const last = turns.at(-1);
    if (last?.speaker === line.speaker && last.lines.length < TURN_LIMIT) last.lines.push(line);
    else turns.push({ speaker: line.speaker, lines: [line] });
  }
  return turns;
}

function messageInput({ row, speaker, text: words }: DialogueLine): z.input<typeof MessageInput> {
  const author =
    speaker === 'persuader'
      ? ({ kind: 'agent', agentId: PERSUADER } as const)
      : ({ kind: 'customer' } as const);
  return { clientMessageId: `row-${row}`, author, text: words };
}

const OUTCOME_REASON = 'Recorded outcome: the source has no qualification';

/** The commands by which a recorded outcome becomes the end of the sale. */
function closingSteps({ outcome }: Dialogue, at: string): PlanStep[] {
  if (outcome === null) return [];
  const by = PERSUADER;
  if (outcome.persuadeeCents === 0) {
    return [
      ({ id: conversationId }) => ({
        type: 'deals.close',
        input: { conversationId, outcome: 'lost', lossReason: 'Gave nothing', by, at },
      }),
    ];
  }
  const deal = { monthlyValueCents: outcome.persuadeeCents, paymentMethod: 'credit_card' } as const;
  return [
    ({ id: conversationId }) => ({
      type: 'stages.transition',
      input: { conversationId, to: 'closing', force: true, reason: OUTCOME_REASON, by, at },
    }),
    ({ id: conversationId }) => ({
      type: 'deals.close',
      input: { conversationId, outcome: 'won', deal, by, at },
    }),
  ];
}

/**
 * The commands of one dialogue: the same, to the millisecond, at every run. The persuader is the agent who owns
 * it, the persuadee the customer; each turn of a speaker is one command.
 */
export function planDialogue(dialogue: Dialogue): SourcedPlan {
  const { id, number, place, lines, outcome } = dialogue;
  const chance = chanceOf(number + 1);
  let nowMs = startMs(number, chance);
  const createdAt = timestamp(nowMs);
  const steps: PlanStep[] = [];
  let previousText = '';
  let hasAnswered = false;
  for (const { speaker, lines: turnLines } of groupTurns(lines)) {
    const turnText = turnLines.map((line) => line.text).join('\n');
    nowMs += replyDelayMs(previousText, turnText, chance);
    previousText = turnText;
    const at = timestamp(nowMs);
    steps.push(({ id: conversationId }) => ({
      type: 'messages.appendTurn',
      input: { conversationId, messages: turnLines.map(messageInput), at },
    }));
    if (speaker === 'persuader' || hasAnswered) continue;
    hasAnswered = true;
    steps.push(({ id: conversationId }) => ({
      type: 'stages.transition',
      input: { conversationId, to: 'qualification', reason: 'The persuadee answered', by: PERSUADER, at },
    }));
  }
  steps.push(...closingSteps(dialogue, timestamp(nowMs + 30_000)));
  const matches = ({ metadata }: Conversation) =>
    metadata['source'] === SOURCE && metadata['dialogueId'] === id;
  return {
    place,
    plan: {
      key: `${SOURCE}:${id}`,
      create: {
        contactId: `${SOURCE}-${id}`,
        channel: 'web',
        agentId: PERSUADER,
        tags: [SOURCE],
        metadata: {
          source: SOURCE,
          dialogueId: id,
          ...(outcome !== null && {
            persuaderDonationCents: outcome.persuaderCents,
            persuadeeDonationCents: outcome.persuadeeCents,
          }),
        },
        at: createdAt,
      },
      steps,
      matches: matches,
    },
  };
}
