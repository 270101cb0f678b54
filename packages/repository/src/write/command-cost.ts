import type { Command } from '@baton/schema';
import { messagesOf } from './replay.ts';

const CHARACTERS_OF_A_COST = 4_096;

/** What a command costs its tenant of its share: one, and one more for each 4,096 characters of what it says. */
export function commandCost(command: Command): number {
  let characters = 0;
  for (const { text, parts = [] } of messagesOf(command)) {
    characters += text.length;
    for (const part of parts) {
      if (part.type === 'tool_call') characters += part.arguments.length;
      else if (part.type === 'tool_result') characters += part.result.length;
      else characters += part.url.length;
    }
  }
  return 1 + Math.floor(characters / CHARACTERS_OF_A_COST);
}
