const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const COMMA = ','.charCodeAt(0);
const [OPEN_ARRAY, OPEN_OBJECT, CLOSE_ARRAY, CLOSE_OBJECT] = ['[', '{', ']', '}'].map((bracket) =>
  bracket.charCodeAt(0),
);

/** What the input of a call may be made of. */
export interface ShapeLimits {
  /** Levels of arrays and objects. */
  nesting: number;
  /** Members of one array or object. */
  members: number;
}

/** All the members of a request's arrays and objects, as a multiple of those that one may have: 1,000 full entries fit. */
const MEMBERS_IN_ALL = 30;

/**
 * What a JSON text has too much of, in words; null where it has too much of nothing. Reads no further than it must, in
 * linear time.
 * @param levelsAround levels that are around the input and not of it
 */
export function findExcess(json: string, { nesting, members }: ShapeLimits, levelsAround = 0): string | null {
  const mostInAll = members * MEMBERS_IN_ALL;
  /** The members of each array and object that is open, but for the last. */
  const counts: number[] = [];
  let inAll = 0;
  let count = 0;
  for (let at = 0; at < json.length; at += 1) {
    const character = json.charCodeAt(at);
    if (character === QUOTE) at = endOfString(json, at);
    else if (character === OPEN_ARRAY || character === OPEN_OBJECT) {
      if (counts.push(count) > nesting + levelsAround) return `${nesting} levels of nesting`;
      count = 0;
    } else if (character === CLOSE_ARRAY || character === CLOSE_OBJECT) count = counts.pop() ?? 0;
    else if (character === COMMA) {
      count += 1;
      inAll += 1;
      if (count >= members) return `${members} members in an object or a list`;
      if (inAll >= mostInAll) return `${mostInAll} members in all its objects and lists`;
    }
  }
  return null;
}

/** The place of a string's closing quote; the end of the text where it has none. */
function endOfString(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote !== -1; quote = json.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (json.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
  }
  return json.length;
}
