import { closestMatch } from 'leven';
import type { Environment } from './secret-files.ts';

/** Most letters in which a name may differ from one that is meant. */
const MOST_DIFFERENCES = 5;

/** What the tests read: where real dialogues lie, and whether they keep pictures. */
const OF_TESTS = /^BATON_(?:TEST_|DATA$|PICTURES$)/;

/** A sentence for each variable that begins with BATON_ and that nobody reads. */
export function unknownVariables(env: Environment, known: readonly string[]): string[] {
  const names = new Set(known);
  return Object.keys(env)
    .filter((name) => name.startsWith('BATON_') && !OF_TESTS.test(name) && !names.has(name))
    .toSorted()
    .map((name) => {
      const nearest = closestMatch(name, known, { maxDistance: MOST_DIFFERENCES });
      return `${name} is set, and no setting${nearest === undefined ? '' : `: is ${nearest} meant?`}`;
    });
}
