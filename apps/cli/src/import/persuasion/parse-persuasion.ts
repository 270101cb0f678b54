import { MESSAGE_TEXT_LIMIT, text } from '@baton/schema';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { ImportFault } from '../import-fault.ts';
import { validationMessage } from '../validation-message.ts';

export const DIALOG_FILE = 'full_dialog.csv';

export const OUTCOME_FILE = 'outcomes.csv';

/** By their number in the file. */
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
  /** Its index among the dialogues of the file. */
  number: number;
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

/** Reads the two files; each broken row is a fault with its line. */
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
