import { truncateText } from '@baton/domain';
import type { JsonValue, MessagePart } from '@baton/schema';

/** Most characters of a part that a terminal shows; the whole is in the JSON. */
const SHOWN = 2_000;

function shown(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length <= SHOWN) return text;
  return `${truncateText(text, SHOWN)} … (${text.length} characters)`;
}

/** An address; of a file that is in it, its type. */
function addressOf(url: string): string {
  return url.startsWith('data:') ? (/^data:[^;,]{0,100}/.exec(url)?.[0] ?? 'data:') : url;
}

/** How a part of a message reads in a terminal; null for one that says what the message's text says already. */
export function partLine(part: MessagePart, text: string): string | null {
  switch (part.type) {
    case 'text':
      return text.includes(part.text) ? null : shown(part.text);
    case 'reasoning':
      return `thought: ${shown(part.text)}`;
    case 'tool_call': {
      const state = part.state === undefined ? '' : ` [${part.state}]`;
      const error = part.errorText === undefined ? '' : ` failed: ${shown(part.errorText)}`;
      return `→ ${part.name} ${shown(part.arguments)}${state}${error}`;
    }
    case 'tool_result':
      return `← ${shown(part.result)}`;
    case 'attachment':
      return `📎 ${part.name ?? (part.url === undefined ? `file ${part.fileId ?? ''}` : addressOf(part.url))}`;
    case 'source':
      return `source: ${[part.title, part.url ?? part.id].filter((word) => word !== undefined).join(' ')}`;
    case 'data':
      return `${part.name}: ${shown(part.json)}`;
  }
}
