import { errorMessage, isFatal } from '../../output/errors.ts';
import type { ImportFault } from '../import-fault.ts';
import { allItems } from '../../api/pagination.ts';
import { ReplayError } from './replay-command.ts';
import type { Api } from '../../api/api-command.ts';
import type { ConversationReplay } from './conversation-replay.ts';
import type { EntryGroup, Importer } from './conversation-replay.ts';

/** A contact has one active conversation a channel. */
function becomesActive(group: EntryGroup): boolean {
  return group.some(
    (entry) => entry.kind === 'created' || (entry.kind === 'status' && entry.to === 'active'),
  );
}

/** By time; at the same instant what ends a conversation comes before what makes one active. */
function compareGroups(a: EntryGroup, b: EntryGroup): number {
  if (a[0].at !== b[0].at) return a[0].at < b[0].at ? -1 : 1;
  return Number(becomesActive(a)) - Number(becomesActive(b));
}

async function resumeImported(
  api: Api,
  tracks: readonly ConversationReplay[],
  contactId: string,
): Promise<void> {
  const matched = new Set<ConversationReplay>();
  for await (const conversation of allItems((page) =>
    api.conversations.history.query({ contactId, ...page }),
  )) {
    const track = tracks.find((candidate) => {
      const { created } = candidate;
      return (
        !matched.has(candidate) &&
        created.at === conversation.createdAt &&
        created.channel === conversation.channel
      );
    });
    if (track === undefined) continue;
    matched.add(track);
    await track.resume(api, conversation);
  }
}

/** Replays all conversations of a contact in the order of their commands: one may end where the next begins. */
export async function importContact(
  importer: Importer,
  contactId: string,
  tracks: readonly ConversationReplay[],
): Promise<ImportFault[]> {
  await resumeImported(importer.api, tracks, contactId);
  const faults: ImportFault[] = [];
  const open = new Set(tracks);
  for (;;) {
    const heads = [...open].flatMap((track) =>
      track.nextGroup === undefined ? [] : [{ track, head: track.nextGroup }],
    );
    const [next] = heads.toSorted((a, b) => compareGroups(a.head, b.head));
    if (next === undefined) break;
    const { track, head } = next;
    try {
      await track.sendNext(importer, head);
    } catch (error) {
      if (!(error instanceof ReplayError) && isFatal(error)) throw error;
      open.delete(track);
      faults.push({ place: track.place, problem: `Entry ${head[0].seq}: ${errorMessage(error)}` });
    }
  }
  for (const track of open) faults.push(...replayFaults(track));
  return faults;
}

function replayFaults(track: ConversationReplay): ImportFault[] {
  const { place } = track;
  const fields = track.differingFields();
  const deviations = [...new Set(track.deviations)];
  const differs = fields.length === 0 ? [] : [`${fields.join(', ')} came in different`];
  return [...deviations, ...differs].map((problem) => ({ place, problem }));
}
