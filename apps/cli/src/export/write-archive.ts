import type { Baton } from '@baton/client';
import { createProgress } from '../output/progress.ts';
import type { Terminal } from '../output/terminal.ts';
import { ARCHIVE_HEADER, type ArchiveLine, formatLine } from './archive-format.ts';
import { archiveLinesOf, type ExportResult } from './archive-lines.ts';
import { writeLines } from './write-lines.ts';

/**
 * Writes everything of the tenant as an archive.
 * @throws UserError where the file cannot be written
 */
export async function writeArchive(
  { terminal, connect }: { terminal: Terminal; connect: () => Promise<Baton> },
  file: string | undefined,
): Promise<ExportResult> {
  const { api } = await connect();
  const total = (await api.admin.stats.query()).conversations;
  using progress = createProgress(terminal, 'conversations', total);
  return writeLines(terminal, file, formatted(archiveLinesOf(api, () => progress.advance())));
}

async function* formatted(
  lines: AsyncGenerator<ArchiveLine, ExportResult>,
): AsyncGenerator<string, ExportResult> {
  yield JSON.stringify(ARCHIVE_HEADER);
  let next = await lines.next();
  for (; next.done !== true; next = await lines.next()) yield formatLine(next.value);
  return next.value;
}
