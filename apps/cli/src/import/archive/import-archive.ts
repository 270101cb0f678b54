import { stat } from 'node:fs/promises';
import { createProgress } from '../../output/progress.ts';
import { fileError } from '../../local/source-file.ts';
import type { ImportContext } from '../import-plans.ts';
import { type ArchiveStep, archiveSteps } from './archive-steps.ts';
import { type CheckedArchive, checkArchive } from './check-archive.ts';
import { NewIds } from './new-ids.ts';
import { ArchiveRestore, type RestoreResult } from './restore-archive.ts';

/** Enough for the server to commit them in large batches, and so few that none waits for long. */
const MOST_CALLS = 128;
const MOST_ENTRIES = 1_500;
/** What calls in flight may have together: it bounds the memory, and the requests that the client batches. */
const MOST_BYTES = 8 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;

/**
 * Reads an archive and says what can be brought in; needs no server.
 * @throws UserError where it cannot be read, is no archive, or of a newer version
 */
export async function inspectArchive(
  file: string,
  { terminal }: Pick<ImportContext, 'terminal'>,
): Promise<CheckedArchive> {
  const { size } = await stat(file).catch((error: unknown) => {
    throw fileError('read', file, error);
  });
  using progress = createProgress(terminal, 'MB checked', Math.ceil(size / MEGABYTE));
  let unseen = 0;
  try {
    return await checkArchive(file, (bytes) => {
      unseen += bytes;
      if (unseen < MEGABYTE) return;
      progress.advance(Math.floor(unseen / MEGABYTE));
      unseen %= MEGABYTE;
    });
  } catch (error) {
    throw error instanceof Error && 'code' in error ? fileError('read', file, error) : error;
  }
}

/**
 * Brings an archive in as it is, with its ids and instants. It is checked first: a conversation that is not whole is left
 * out, and named.
 * @throws what every call would fail with, such as a key of another role
 */
export async function importArchive(
  file: string,
  { withNewIds }: { withNewIds: boolean },
  { terminal, connect }: ImportContext,
): Promise<RestoreResult> {
  const { version, leftOut, faults, conversations } = await inspectArchive(file, { terminal });
  const { api } = await connect();
  const newIds = withNewIds ? new NewIds((await api.tenant.get.query()).id) : null;
  using progress = createProgress(terminal, 'conversations', conversations);
  const restore = new ArchiveRestore(api, {
    file,
    version: withNewIds ? 2 : version,
    newIds,
    onConversation: () => progress.advance(),
  });
  restore.result.faults.push(...faults);
  await sendAll(archiveSteps(file, leftOut), (step) => restore.send(step));
  return restore.result;
}

const entriesIn = (step: ArchiveStep) => (step.type === 'piece' ? step.entries.length : 0);

/** Sends steps side by side, as many as their sizes allow. After one that fails nothing more is sent. */
async function sendAll(
  steps: AsyncIterable<ArchiveStep>,
  send: (step: ArchiveStep) => Promise<void>,
): Promise<void> {
  const inFlight = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let [bytes, entries] = [0, 0];
  const isFull = (step: ArchiveStep) =>
    inFlight.size === MOST_CALLS ||
    (inFlight.size > 0 && (bytes + step.bytes > MOST_BYTES || entries + entriesIn(step) > MOST_ENTRIES));
  for await (const step of steps) {
    while (isFull(step)) await Promise.race(inFlight);
    if (failures.length > 0) break;
    bytes += step.bytes;
    entries += entriesIn(step);
    const sent: Promise<void> = send(step)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        bytes -= step.bytes;
        entries -= entriesIn(step);
        inFlight.delete(sent);
      });
    inFlight.add(sent);
  }
  await Promise.all(inFlight);
  if (failures.length > 0) throw failures[0];
}
