import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { fileError } from '../local/source-file.ts';
import type { Terminal } from '../output/terminal.ts';

/**
 * Writes line by line; a slow disk or pipe slows the reading down.
 * @param file the standard output without it
 * @returns what the lines came to
 * @throws UserError where the file cannot be written
 */
export async function writeLines<Result>(
  terminal: Terminal,
  file: string | undefined,
  lines: AsyncGenerator<string, Result>,
): Promise<Result> {
  const reading = new Reading(lines);
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
class Reading<Result> {
  readonly #lines: AsyncGenerator<string, Result>;
  #ended: { result: Result } | null = null;
  /** Whether it was the reading that failed, and not the writing. */
  failed = false;

  constructor(lines: AsyncGenerator<string, Result>) {
    this.#lines = lines;
  }

  async *texts(): AsyncGenerator<string, void> {
    try {
      let next = await this.#lines.next();
      for (; next.done !== true; next = await this.#lines.next()) yield next.value;
      this.#ended = { result: next.value };
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }

  result(): Result {
    if (this.#ended === null) throw new Error('Not all lines are written yet');
    return this.#ended.result;
  }
}
