import type { Command, FileId, MessagePart } from '@baton/schema';
import type { DecideContext } from './decide.ts';
import { invalidInput } from './refusal.ts';

type AttachedFile = { fileId: FileId; path: string };

/** The uploaded files that the messages of a command name, with their places in its input. */
export function attachedFiles({ input }: Command): AttachedFile[] {
  return [
    ...('parts' in input ? filesOf(input.parts, '') : []),
    ...('messages' in input
      ? input.messages.flatMap(({ parts }, index) => filesOf(parts, `messages[${index}].`))
      : []),
  ];
}

function filesOf(parts: readonly MessagePart[] = [], path: string): AttachedFile[] {
  return parts.flatMap((part, index) =>
    part.type === 'attachment' && part.fileId !== undefined
      ? { fileId: part.fileId, path: `${path}parts[${index}].fileId` }
      : [],
  );
}

/**
 * A message names files of its conversation alone, whose contents have come. A caller that does not know them, as in a
 * browser, leaves that to the server.
 * @throws Refusal INVALID_INPUT
 */
export function requireFiles(command: Command, { files }: Pick<DecideContext, 'files'>): void {
  if (files === undefined) return;
  for (const { fileId, path } of attachedFiles(command))
    if (!files.has(fileId)) throw invalidInput(path, `No file ${fileId} of this conversation is stored`);
}
