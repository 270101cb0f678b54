import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Baton } from '@baton/client';
import type { Terminal } from '../output/terminal.ts';
import { createProgress } from '../output/progress.ts';
import { fileError } from '../local/source-file.ts';
import { ARCHIVE_HEADER, type ArchiveLine, formatLine } from './archive-format.ts';
import { archiveLinesOf, type ExportResult } from './archive-lines.ts';

/**
 * Writes the archive line by line; a slow disk or pipe slows the reading down.
 * @throws UserError where the file cannot be written
 */
export async function writeArchive(
  { terminal, connect }: { terminal: Terminal; connect: () => Promise<Baton> },
  file: string | undefined,
): Promise<ExportResult> {
  const { api } = await connect();
  const total = (await api.admin.stats.query()).conversations;
  using progress = createProgress(terminal, 'conversations', total);
  const reading = new Reading(archiveLinesOf(api, () => progress.advance()));
  if (file === undefined) {
    for await (const text of reading.texts()) await terminal.printBulk(text);
    return reading.result();
  }
  const texts = async function* () {
    for await (const text of reading.texts()) yield `${text}\n`;
  };
  try {
    await pipeline(texts, createWriteStream(file, { mode: 0o600 }));
  } catch (error) {
    throw reading.failed ? error : fileError('write', file, error);
  }
  return reading.result();
}

/** The lines as they are written, and what came out in the end. */
class Reading {
  readonly #lines: AsyncGenerator<ArchiveLine, ExportResult>;
  #result: ExportResult | null = null;
  /** Whether it was the reading that failed, and not the writing. */
  failed = false;

  constructor(lines: AsyncGenerator<ArchiveLine, ExportResult>) {
    this.#lines = lines;
  }

  async *texts(): AsyncGenerator<string, void> {
    yield JSON.stringify(ARCHIVE_HEADER);
    try {
      let next = await this.#lines.next();
      for (; next.done !== true; next = await this.#lines.next()) yield formatLine(next.value);
      this.#result = next.value;
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }

  result(): ExportResult {
    if (this.#result === null) throw new Error('The archive is not written yet');
    return this.#result;
  }
}
