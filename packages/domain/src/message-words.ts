import {
  isBlank,
  type JsonValue,
  type MessageEntry,
  type MessagePart,
  MESSAGE_TEXT_LIMIT,
} from '@baton/schema';
import { previewOf, truncateText } from './truncate.ts';

/** What a message says, whoever reads it. */
export type SaidWords = Pick<MessageEntry, 'text' | 'parts'>;

/** Most characters of a message that are searched: its text, and of its parts what comes first. */
export const SEARCHED_TEXT_LIMIT = MESSAGE_TEXT_LIMIT + 100_000;

/** A part with words of its own, and its place among the parts. */
type PartWords = { part: number; text: string };

/** The texts of parts that are searched. An app often gives a text also as a part: what stands in the text already is left out. */
export function searchedParts({ text, parts = [] }: SaidWords): PartWords[] {
  return parts.flatMap((given, part) => {
    const isSaid = given.type === 'text' || given.type === 'reasoning';
    return isSaid && !text.includes(given.text) ? [{ part, text: given.text }] : [];
  });
}

/** All that is searched of a message; it begins with the message's own text. */
export function searchedText(said: SaidWords): string {
  if (said.parts === undefined) return said.text;
  const texts = [said.text, ...searchedParts(said).map(({ text }) => text)];
  return texts.length === 1 ? said.text : truncateText(texts.join('\n'), SEARCHED_TEXT_LIMIT);
}

/** What a conversation shows of its latest message: the text, or without one the parts that are text. */
export function previewOfMessage(said: SaidWords): string {
  return previewOf(shownText(said));
}

/** What a message says in words: its text, or without one that of its parts. */
export function shownText({ text, parts = [] }: SaidWords): string {
  if (!isBlank(text)) return text;
  const texts = parts.flatMap((part) => (part.type === 'text' && !isBlank(part.text) ? [part.text] : []));
  return texts.length === 0 ? text : texts.join('\n');
}

/** A file in its address is no text for a model: so many characters are counted of an address at most. */
const COUNTED_OF_AN_ADDRESS = 4_000;

const charactersOf = (value: JsonValue): number =>
  typeof value === 'string' ? value.length : JSON.stringify(value).length;

/** To count JSON it has to be written, and a part is counted several times. */
const counted = new WeakMap<MessagePart, number>();

/** How many characters a part has for who reads it: no metadata, and of a file in an address only its beginning. */
export function partCharacters(part: MessagePart): number {
  const known = counted.get(part);
  if (known !== undefined) return known;
  const characters = count(part);
  counted.set(part, characters);
  return characters;
}

function count(part: MessagePart): number {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text.length;
    case 'tool_call':
      return part.name.length + charactersOf(part.arguments) + (part.errorText?.length ?? 0);
    case 'tool_result':
      return (part.name?.length ?? 0) + charactersOf(part.result);
    case 'attachment':
      return (part.name?.length ?? 0) + Math.min(part.url?.length ?? 0, COUNTED_OF_AN_ADDRESS);
    case 'source':
      return (part.title?.length ?? 0) + (part.url?.length ?? 0);
    case 'data':
      return part.name.length + charactersOf(part.json);
  }
}
