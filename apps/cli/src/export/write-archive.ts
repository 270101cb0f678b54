import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Baton } from '@baton/client';
import type { Terminal } from '../output/terminal.ts';
import { createProgress } from '../output/progress.ts';
import { fileError } from '../local/source-file.ts';
import { ARCHIVE_HEADER, type ArchiveLine } from './archive-format.ts';
import { type ExportResult, archiveLines } from './archive-lines.ts';

/** @throws UserError where the file cannot be written */
async function openForWriting(file: string): Promise<WriteStream> {
  const stream = createWriteStream(file, { mode: 0o600 });
  try {
    await once(stream, 'open');
    return stream;
  } catch (error) {
    throw fileError('write', file, error);
  }
}

/** Writes the archive line by line; a slow disk or pipe slows the reading down. */
export async function writeArchive(
  { terminal, connect }: { terminal: Terminal; connect: () => Promise<Baton> },
  file: string | undefined,
): Promise<ExportResult> {
  const { api } = await connect();
  const total = (await api.admin.stats.query()).conversations;
  using progress = createProgress(terminal, 'conversations', total);
  const lines = archiveLines(api, () => progress.advance());
  if (file === undefined) {
    terminal.print(JSON.stringify(ARCHIVE_HEADER));
    return writeLines(lines, (line) => terminal.print(line));
  }
  const stream = await openForWriting(file);
  const writeLine = async (line: string) => {
    if (!stream.write(`${line}\n`)) await once(stream, 'drain');
  };
  await writeLine(JSON.stringify(ARCHIVE_HEADER));
  const exported = await writeLines(lines, writeLine);
  stream.end();
  await once(stream, 'close');
  return exported;
}

async function writeLines(
  lines: AsyncGenerator<ArchiveLine, ExportResult>,
  writeLine: (line: string) => void | Promise<void>,
): Promise<ExportResult> {
  for (;;) {
    const next = await lines.next();
    if (next.done === true) return next.value;
    await writeLine(JSON.stringify(next.value));
  }
}
