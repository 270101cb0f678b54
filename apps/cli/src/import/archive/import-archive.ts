import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { BusinessHours } from '@baton/schema';
import pMap from 'p-map';
import { readArchive } from './read-archive.ts';
import { FollowUpLeases } from '../../api/follow-up-leases.ts';
import { IMPORT_CONCURRENCY, type ImportContext, type ImportResult } from '../import-plans.ts';
import { createProgress } from '../../output/progress.ts';
import type { Api } from '../../api/api-command.ts';
import { requireReadable } from '../../local/source-file.ts';
import { ConversationReplay } from './conversation-replay.ts';
import { prepareAgents, restoreAgents } from './archive-agents.ts';
import { importContact } from './import-contact.ts';

/**
 * Business hours would move due times a second time. Afterwards the store has its own again, or those of the
 * archive where it had none.
 */
async function withoutBusinessHours(
  api: Api,
  archived: BusinessHours | null,
  run: () => Promise<void>,
): Promise<void> {
  const { businessHours: own } = await api.tenant.get.query();
  if (own !== null) await api.tenant.update.mutate({ businessHours: null });
  try {
    await run();
  } finally {
    const businessHours = own ?? archived;
    if (businessHours !== null) await api.tenant.update.mutate({ businessHours });
  }
}

/**
 * Replays an archive: every command again, with its time and its agent. Conversations come out equal but for ids;
 * where one does not, a fault says how.
 */
export async function importArchive(
  file: string,
  { terminal, connect }: ImportContext,
): Promise<ImportResult> {
  await requireReadable(file);
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  const { businessHours, agents, conversations, faults } = await readArchive(file, lines);
  const { api } = await connect();
  const replays = conversations.map((conversation) => new ConversationReplay(conversation));
  const contacts = Map.groupBy(replays, ({ created }) => created.contactId);
  const importer = { api, leases: new FollowUpLeases(api) };
  await withoutBusinessHours(api, businessHours, async () => {
    await prepareAgents(api, agents, conversations);
    try {
      using progress = createProgress(terminal, 'conversations', replays.length);
      await pMap(
        contacts,
        async ([contactId, contactReplays]) => {
          faults.push(...(await importContact(importer, contactId, contactReplays)));
          for (const _ of contactReplays) progress.advance();
        },
        { concurrency: IMPORT_CONCURRENCY },
      );
    } finally {
      await restoreAgents(api, agents);
    }
  });
  return {
    conversations: replays.filter(({ conversation }) => conversation !== null).length,
    changed: replays.filter(({ sent }) => sent > 0).length,
    commands: replays.reduce((sum, { sent }) => sum + sent, 0),
    faults,
  };
}
