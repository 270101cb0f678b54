import { testDatabase } from '@baton/testing';
import { stopwords } from '@orama/stopwords/english';
import fc from 'fast-check';
import { type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APOSTROPHES } from './apostrophes.ts';
import { parseTextQuery } from './text-query.ts';
import { termOf, wordsOf } from './text-terms.ts';

/** What mongod itself reads in a query, as `explain` shows it. */
type Parsed = { terms: string[]; negatedTerms: string[]; phrases: string[]; negatedPhrases: string[] };

let database: Awaited<ReturnType<typeof testDatabase>>;
let client: MongoClient;

beforeAll(async () => {
  database = await testDatabase();
  client = await new MongoClient(database.uri).connect();
  await client
    .db()
    .collection('texts')
    .createIndex({ tenantId: 1, text: 'text' }, { default_language: 'english' });
});

afterAll(async () => {
  await client.close();
  await database[Symbol.asyncDispose]();
});

function find(stage: Document): Parsed {
  if (stage['parsedTextQuery'] !== undefined) return stage['parsedTextQuery'];
  return find(stage['inputStage'] ?? stage['inputStages'][0]);
}

async function parsedByMongod(query: string): Promise<Parsed> {
  const plan = await client
    .db()
    .collection('texts')
    .find({ tenantId: 'acme', $text: { $search: query } })
    .explain('queryPlanner');
  return find(plan['queryPlanner'].winningPlan);
}

/** The terms of a text without quotes and dashes. */
function termsOf(text: string): string[] {
  return [...new Set(wordsOf(text).flatMap((word) => termOf(word.text) ?? []))].toSorted();
}

/** Every rule and exception of the English Snowball stemmer. */
const WORDS = `
  automation automate automatic automatically automaton pricing prices priced price customer customers customer's
  skis skies sky dying lying tying news inning innings outing canning earring earrings proceed exceed succeed herring
  idly gently ugly early only singly atlas cosmos bias andes howe commune communal communication generate generation
  arsenal past pasture boy boyish toy saying employ agreed agree feed bleed bled luxuriate hopping hoped hoping hop
  falling filed fizzed tanned ties cries gas gaps kiwis caress ability abilities ably able rational relational
  conditional valency digitizer conformably radically differently vilely analogously vietnamization predication operator
  feudalism decisiveness hopefulness callousness formality sensitivity sensibility triplicate formative formalize
  electricity electrical hopeful goodness revival allowance inference airliner gyroscopic adjustable defensible irritant
  replacement adjustment dependent adoption homologous activate angularity effective bowdlerize probate rate cease
  controlling roll yes say's dogs' o'neil 'quoted' y'all won't've yyyyes logy apology biological cafe café cafés naïve
  naïveté résumé über straße ΣΊΣΥΦΟΣ σίσυφος ФЁДОР фёдор 123 4th x2 discount discounts discounted discounting
  negotiation negotiate negotiable negotiating contracts contracted contracting contractual competitor competition
`
  .trim()
  .split(/\s+/);

/** Marks of Arabic, Samaritan, Canadian syllabics, Balinese and Coptic that moved between versions of Unicode. */
const MOVED_SINCE = new Set([
  0x61d, 0x61e, 0x836, 0x166d, 0x1b4e, 0x1b4f, 0x1b7d, 0x1b7e, 0x1b7f, 0x2cf9, 0x2cfa, 0x2cfb,
]);

describe('Words as MongoDB reads them', () => {
  it('have the stems that mongod gives them', async () => {
    for (const word of WORDS) {
      const { terms } = await parsedByMongod(word);
      expect({ word, terms: termsOf(word) }).toEqual({ word, terms: terms.toSorted() });
    }
  });

  it('are the same stop words', async () => {
    const candidates = [
      'a',
      ...stopwords,
      'yes',
      'never',
      'dont',
      'said',
      'also',
      'just',
      'get',
      'one',
      'upon',
      'us',
    ];
    for (const word of candidates) {
      const { terms } = await parsedByMongod(word);
      expect({ word, terms: termsOf(word) }).toEqual({ word, terms });
    }
  });

  it('end where mongod ends them, at every character of the scripts in use', async () => {
    for (let first = 0xa1; first < 0x3100; first += 200) {
      const points = Array.from({ length: 200 }, (_, index) => first + index).filter(
        (point) => point < 0x3100,
      );
      // The numbers keep the words apart, the last letter keeps the stemmer away.
      const text = points.map((point) => `q${point}x${String.fromCodePoint(point)}w`).join(' ');
      const { terms } = await parsedByMongod(text);
      const [mine, theirs] = [new Set(termsOf(text)), new Set(terms)];
      const different = points.filter((point) => {
        const own = (set: ReadonlySet<string>) =>
          [...set].filter((term) => term.startsWith(`q${point}x`)).length;
        const whole = (set: ReadonlySet<string>) => set.has(`q${point}x`);
        return own(mine) !== own(theirs) || whole(mine) !== whole(theirs);
      });
      const known = (point: number) =>
        MOVED_SINCE.has(point) || APOSTROPHES.includes(String.fromCodePoint(point));
      expect(different.filter((point) => !known(point))).toEqual([]);
    }
  });

  it('fold case and diacritics as mongod does, in the scripts of Europe', async () => {
    const points = Array.from({ length: 0x530 - 0xc0 }, (_, index) => 0xc0 + index);
    for (let from = 0; from < points.length; from += 200) {
      const text = points
        .slice(from, from + 200)
        .map((point) => `q${point}x${String.fromCodePoint(point)}w`)
        .join(' ');
      const { terms } = await parsedByMongod(text);
      expect(termsOf(text)).toEqual(terms.map((term) => term.normalize('NFD')).toSorted());
    }
  });
});

const SPACES = /[ \n\v\f\r]+/g;

async function expectSameReading(query: string): Promise<void> {
  const theirs = await parsedByMongod(query);
  const mine = parseTextQuery(query);
  const terms = (texts: readonly string[]) => [...new Set(texts.flatMap(termsOf))].toSorted();
  expect(terms([...mine.words, ...mine.phrases])).toEqual(theirs.terms.toSorted());
  // mongod forgets what stands behind an excluded quote without a partner; here it is excluded word by word.
  if (query.split('"').length % 2 === 1)
    expect(terms(mine.excludedWords)).toEqual(theirs.negatedTerms.toSorted());
  const phrases = (texts: readonly string[]) =>
    texts.map((phrase) => phrase.replaceAll(SPACES, ' ').trim()).filter((phrase) => phrase !== '');
  expect(mine.phrases).toEqual(phrases(theirs.phrases));
  expect(mine.excludedPhrases).toEqual(phrases(theirs.negatedPhrases));
}

describe('A query', () => {
  it.each([
    'pricing automation',
    'the price of automation',
    '"high price" customer',
    'price -cheap',
    'price -"too cheap" customer',
    '-"foo bar"-"baz quux" price',
    'self-service price',
    'price - cheap',
    '-cheap',
    '"unclosed phrase',
    'a "phrase one"and "two phrases" -not this',
    '"" price',
    '- "high price"',
    'price--cheap --expensive',
    'price -"cheap -offer" done',
    "don't customers' 'quoted' \"isn't it\"",
    'line\nprice\n-cheap',
    '"one""two"',
    '-"',
    '"high  price"  ',
  ])('%j is read as mongod reads it', async (query) => {
    await expectSameReading(query);
  });

  it('of any words, quotes, dashes and spaces is read as mongod reads it', async () => {
    const piece = fc.constantFrom(
      '-',
      '"',
      ' ',
      'price',
      'cheap',
      'offers',
      'the',
      '.',
      '\\',
      '\n',
      '\v',
      '\f',
      '\r',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) =>
        expectSameReading(pieces.join('')),
      ),
      { numRuns: 1_000 },
    );
  });
});
