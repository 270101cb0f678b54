import type { z } from 'zod';
import type { ImportFault } from './import-fault.ts';
import { validationMessage } from './validation-message.ts';

/** Reads JSON Lines: each record with its place; a broken line is a fault, and an empty one is passed over. */
export function parseJsonLines<Record>(
  file: string,
  content: string,
  schema: z.ZodType<Record>,
  faults: ImportFault[],
): { place: string; line: number; record: Record }[] {
  const records: { place: string; line: number; record: Record }[] = [];
  for (const [index, text] of content
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (text.trim() === '') continue;
    const place = `${file}:${index + 1}`;
    try {
      const parsed = schema.safeParse(JSON.parse(text));
      if (parsed.success) records.push({ place, line: index + 1, record: parsed.data });
      else faults.push({ place, problem: validationMessage(parsed.error) });
    } catch {
      faults.push({ place, problem: 'Not readable as JSON' });
    }
  }
  return records;
}
