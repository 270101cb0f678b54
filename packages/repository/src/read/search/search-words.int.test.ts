import { type ConversationId, SearchConversations, SearchMessages } from '@baton/schema';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from '../../../test/scenario.ts';
import { searchQueries } from './search.ts';

let scenario: Scenario;
let everything: ConversationId;

const SAID = [
  'we can start the yearly contract today',
  'my yearly review of the contract is in May',
  "O'Neill wants a demo",
  'O’Hara wants a demo',
  "c'est l'agence d'architecture",
  'L’agence de Lyon',
  'I don’t need support today',
  "Does Dell'Orto sell it?",
  'who are you, and why not me',
  'where were we',
  'o preço da reunião',
  'send ❤️ and 100% $5',
  'a great 🎉 for us',
  'curly “air quotes” around it',
  '\u0301'.repeat(40),
];

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  ({ id: everything } = await scenario.create());
  for (const text of SAID) await scenario.say(everything, text);
});

afterAll(() => scenario[Symbol.asyncDispose]());

async function search(text: string, more: Partial<SearchMessages> = {}) {
  const input = SearchMessages.parse({ text, ...more });
  const {
    items,
    ignored,
    more: isMore,
  } = await searchQueries.messages(scenario.collections, scenario.tenantId, input);
  const said = items.map(({ message }) => message.text).toSorted((a, b) => SAID.indexOf(a) - SAID.indexOf(b));
  const marked = items.flatMap(({ message, highlights }) =>
    highlights.map(({ start, end }) => message.text.slice(start, end)),
  );
  return { said, ignored, isMore, marked: marked.toSorted() };
}

const found = async (text: string, more: Partial<SearchMessages> = {}) => (await search(text, more)).said;
const sayings = (...numbers: number[]) => numbers.map((number) => SAID[number]);

describe('A phrase', () => {
  it.each([
    '"yearly contract"',
    '“yearly contract”',
    '„yearly contract“',
    '«yearly contract»',
    '« yearly contract »',
    '»yearly contract«',
    '‹yearly contract›',
    '「yearly contract」',
    '『yearly contract』',
    '＂yearly contract＂',
    '❝yearly contract❞',
    '〝yearly contract〟',
    '"yearly\u00A0 contract"',
  ])('is one in %s', async (text) => {
    expect(await found(text)).toEqual(sayings(0));
    expect((await search(text)).marked).toEqual(['contract', 'yearly']);
  });

  it('is left out behind a dash, whatever its quotes', async () => {
    expect(await found('contract -“yearly contract”')).toEqual(sayings(1));
    expect(await found('contract －「yearly contract」')).toEqual(sayings(1));
  });

  it('of nothing but words that the index leaves out is found', async () => {
    expect(await found('"why not"')).toEqual(sayings(8));
    expect(await found('"WHO are you"')).toEqual(sayings(8));
    expect(await found('"where were we"', { conversationId: everything })).toEqual(sayings(9));
    expect(await found('"why not" "who are"')).toEqual(sayings(8));
    expect(await found('"why not" -"who are"')).toEqual([]);
    expect((await search('"why not"')).marked).toEqual(['not', 'why']);
    expect(await found('"not why"')).toEqual([]);
    expect(await found('"❤️"')).toEqual(sayings(11));
  });

  it('of nothing but words that the index leaves out finds conversations', async () => {
    const input = SearchConversations.parse({ text: '"where were"' });
    const { items } = await searchQueries.conversations(scenario.collections, scenario.tenantId, input);
    expect(items).toMatchObject([
      { conversation: { id: everything }, matches: 1, best: { message: { text: 'where were we' } } },
    ]);
  });
});

describe('An apostrophe', () => {
  it.each(["'", '’', '‘', '`', '´', '′', 'ʼ', '＇'])('is one as %s', async (apostrophe) => {
    expect(await found(`O${apostrophe}Neill`)).toEqual(sayings(2));
    expect(await found(`O${apostrophe}Hara`)).toEqual(sayings(3));
    expect(await found(`"l${apostrophe}agence"`)).toEqual(sayings(4, 5));
    expect(await found(`"l${apostrophe}agence de"`)).toEqual(sayings(5));
    expect(await found(`"don${apostrophe}t need"`)).toEqual(sayings(6));
    expect(await found(`agence -"l${apostrophe}agence de"`)).toEqual(sayings(4));
    expect(await found(`agence -l${apostrophe}agence`)).toEqual([]);
    expect((await search(`don${apostrophe}t`)).ignored).toEqual(["don't"]);
  });

  it('hides no word that stands behind it', async () => {
    expect(await found('agence')).toEqual(sayings(4, 5));
    expect(await found('architecture')).toEqual(sayings(4));
    expect(await found('Orto')).toEqual(sayings(7));
    expect(await found('neill')).toEqual(sayings(2));
    expect(await found('today -agence')).toEqual(sayings(0, 6));
  });

  it('is lit up with its word, or with the part that was asked for', async () => {
    expect((await search("l'agence")).marked).toEqual(['L’agence', "l'agence"]);
    expect((await search('agence')).marked).toEqual(['agence', 'agence']);
    expect((await search("O'Hara")).marked).toEqual(['O’Hara']);
  });

  it('around words is a quote, and no part of them', async () => {
    expect(await found("'yearly'")).toEqual(sayings(0, 1));
    expect(await found('‚yearly‘')).toEqual(sayings(0, 1));
  });
});

describe('Words that the index leaves out', () => {
  it('are named, each once, as they were typed', async () => {
    expect(await search('Why not why')).toMatchObject({ said: [], ignored: ['Why', 'not'], isMore: false });
    expect((await search('the contract -the -not ♥ &')).ignored).toEqual(['the', 'not', '♥']);
    expect(await search('no')).toMatchObject({ said: [], ignored: ['no'] });
  });

  it('are not named where they were looked for, in a phrase', async () => {
    expect((await search('"the contract"')).ignored).toEqual([]);
    expect((await search('"why not" the contract')).ignored).toEqual(['the']);
  });
});

it('marks on letters do not matter', async () => {
  expect(await found('preco')).toEqual(sayings(10));
  expect(await found('REUNIÃO')).toEqual(sayings(10));
  expect(await found('"preço da reuniao"')).toEqual(sayings(10));
});

it('an emoji is a word', async () => {
  expect(await found('🎉')).toEqual(sayings(12));
});

it('words are found between curly quotes', async () => {
  expect(await found('"air quotes"')).toEqual(sayings(13));
});

describe('Marks without a letter', () => {
  it.each([
    ['゛', ['゛']],
    ['゛ ゛ \u0301', ['゛', '\u0301']],
    ['"゛"', ['゛']],
    ["゛'゛", ["゛'゛"]],
  ])('%j finds nothing, and is named', async (text, ignored) => {
    expect(await search(text)).toMatchObject({ said: [], ignored });
  });

  it.each(['demo ゛', 'demo "゛"', 'demo -゛', 'demo -"゛"'])('take nothing from %j', async (text) => {
    expect(await search(text)).toMatchObject({ said: sayings(2, 3), ignored: ['゛'] });
  });

  it.each(['"why not" ゛', '"why not" -゛', '"why not" -"゛"'])('nor from %j', async (text) => {
    expect(await search(text)).toMatchObject({ said: sayings(8), ignored: ['゛'] });
  });
});

it.each([
  "'".repeat(500),
  `"${"a'".repeat(249)}"`,
  '"'.repeat(499),
  '-'.repeat(500),
  '-"'.repeat(250),
  '\\"\\'.repeat(100),
  '(?:a|['.repeat(70),
  `"${'(?:a|['.repeat(70)}"`,
  '"why \\E( not"',
  'a\u0000b "\u0000" -\u0000',
  '🎉'.repeat(250),
  'e\u0301'.repeat(250),
  `-"l'agence ${"d'".repeat(200)}"`,
  `"why ${'not '.repeat(120)}"`,
  '{$where: 1}',
  '\u202E\u200B\uFEFF',
])('%j is a page', async (text) => {
  await expect(search(text)).resolves.toBeDefined();
});

it('any text of quotes, apostrophes, dashes and words is a page', async () => {
  const piece = fc.constantFrom(
    ...'"“”‘’\'`-−－«» \t\u0000\\([{^$.*+?|'.split(''),
    'the',
    'contract',
    "l'agence",
    '购买',
    '🎉',
    'é',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 14 }), async (pieces) => {
      await expect(search(pieces.join(''))).resolves.toBeDefined();
    }),
    { numRuns: 300 },
  );
});
