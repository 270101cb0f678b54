import { partCharacters } from '@baton/domain';
import type { MessageEntry, NewMessage } from '@baton/schema';
import type { WriteRequest } from './batch.ts';
import { messagesOf } from './replay.ts';

const CHARACTERS_OF_A_COST = 4_096;
/** Entries that are restored together: large transactions keep mongod's cache from being written out. */
const RESTORED_ENTRIES_OF_A_PLACE = 4;

/**
 * What a command costs its tenant of its share: one, or one for each entry that it restores; and one more for each
 * 4,096 characters of what is said.
 */
export function commandCost(command: WriteRequest['command']): number {
  if (command.type !== 'conversations.restore') return costOfMessages(1, messagesOf(command));
  const { entries } = command.input;
  const messages = entries.filter((entry) => entry.kind === 'message');
  return costOfMessages(entries.length, messages);
}

function costOfMessages(
  count: number,
  messages: readonly Pick<MessageEntry | NewMessage, 'text' | 'parts' | 'raw'>[],
): number {
  let characters = 0;
  for (const { text, parts = [], raw } of messages) {
    characters += text.length;
    for (const part of parts) {
      characters += partCharacters(part) + jsonLength(part.providerMetadata);
      // Of an address its beginning is counted already.
      if (part.type === 'attachment') characters += part.url?.length ?? 0;
    }
    characters += jsonLength(raw);
  }
  return count + Math.floor(characters / CHARACTERS_OF_A_COST);
}

const jsonLength = (value: unknown): number => (value === undefined ? 0 : JSON.stringify(value).length);

/** As how many of a batch's commands one counts. */
export function batchPlaces(command: WriteRequest['command']): number {
  if (command.type !== 'conversations.restore') return 1;
  return Math.ceil(command.input.entries.length / RESTORED_ENTRIES_OF_A_PLACE);
}
