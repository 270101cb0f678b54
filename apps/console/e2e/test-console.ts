import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentId, Conversation } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import axe from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { inject } from 'vitest';
import { BrowserHits } from './browser-hits.ts';
import { launch } from './browser.ts';
import { CHROMIUM } from './chromium.ts';
import { MARIA, TOMASZ, workingDay } from './sample-data.ts';
import { openWorld, type World } from './test-server.ts';

const SCREENSHOTS = fileURLToPath(new URL('../coverage/screenshots', import.meta.url));

const PEOPLE = { 'Maria Lindqvist': MARIA, 'Tomasz Reyes': TOMASZ };

/** How long a page may take for one step, in milliseconds. */
const PATIENCE_MS = 20_000;

/** A browser before a server of its own, with an inbox as on a working day. */
export type Stage = AsyncDisposable & {
  world: World;
  browser: Browser;
  /** The sale that went through several hands. */
  sale: Conversation;
  /** A page of its own where a person has signed in; their browser remembers nothing else of their pages before. */
  enter: (person: Person, path?: string, options?: BrowserContextOptions) => Promise<Visit>;
  /** A page of a browser that knows nothing yet. */
  visit: () => Promise<Visit>;
};

type Look = { within?: string; rules?: string[] };
type Person = keyof typeof PEOPLE;
/** What the browser complained of is in `complaints`. */
export type Visit = AsyncDisposable & { context: BrowserContext; page: Page; complaints: string[] };

/** Collects what a page logs as an error; a refused call is no error of the page. */
function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  return complaints;
}

const openContext = async (browser: Browser, options?: BrowserContextOptions): Promise<BrowserContext> => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
};

/** @param part what is closed with the visit */
async function openVisit(
  context: BrowserContext,
  hits: BrowserHits,
  part: 'page' | 'context',
): Promise<Visit> {
  const page = await context.newPage();
  await hits.watch(page);
  return {
    context,
    page,
    complaints: listen(page),
    [Symbol.asyncDispose]: async () => {
      await hits.take(page);
      await { page, context }[part].close();
    },
  };
}

/** Signs a browser in as its pages would, without loading one. */
async function signIn({ request }: BrowserContext, link: string, agentId: AgentId): Promise<void> {
  const { origin, searchParams } = new URL(link);
  const call = async (path: string, data: object) => {
    const answer = await request.post(`${origin}/trpc/${path}`, { data });
    if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
  };
  await call('session.signIn', { token: searchParams.get('token') });
  await call('session.actAs', { agentId });
}

/** What a browser keeps beyond a page, other than who has signed in. */
async function forget(page: Page, origin: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'local_storage,indexeddb' });
  await session.detach();
}

export async function openStage(): Promise<Stage> {
  await using open = new AsyncDisposableStack();
  const database = open.use(await testDatabase());
  const world = open.use(await openWorld(database.uri, inject('consoleFolder')));
  const sale = await workingDay(world.baton, Date.now());
  const browser = await launch(CHROMIUM ?? '');
  open.defer(() => browser.close());
  const hits = new BrowserHits();
  open.defer(() => hits.save());
  const parts = open.move();
  const openSignedIn = async (person: Person, options?: BrowserContextOptions) => {
    const context = await openContext(browser, options);
    await signIn(context, await world.signInLink(), PEOPLE[person]);
    return context;
  };
  // A browser that has signed in once opens further pages sooner than a new one.
  const signedIn: Partial<Record<Person, Promise<BrowserContext>>> = {};
  return {
    world,
    browser,
    sale,
    visit: async () => openVisit(await openContext(browser), hits, 'context'),
    async enter(person, path = '/inbox', options) {
      const entered =
        options === undefined
          ? await openVisit(await (signedIn[person] ??= openSignedIn(person)), hits, 'page')
          : await openVisit(await openSignedIn(person, options), hits, 'context');
      await forget(entered.page, world.url);
      await entered.page.goto(`${world.url}${path}`);
      return entered;
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/**
 * What axe finds wrong, one line each.
 * @param within looks at this element alone, such as a dialog that hides what is behind it
 * @param rules tries these alone
 */
async function faultsOf(page: Page, { within, rules }: Look = {}): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(
    async ([scope, runOnly]) => {
      // The page now has axe, which its own types do not know.
      const { run } = (globalThis as unknown as { axe: typeof axe }).axe;
      const { violations } = await run(scope ?? document, { runOnly, resultTypes: ['violations'] });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.html.slice(0, 160)}`),
      );
    },
    [within, rules] as const,
  );
}

/** Whether somebody wants to look at the pages themselves. */
const WANTS_PICTURES = Boolean(process.env['BATON_PICTURES']);

/** Keeps a picture of the page in `coverage/screenshots`, where `BATON_PICTURES` asks for them. */
export async function picture(page: Page, name: string, isWanted = WANTS_PICTURES): Promise<void> {
  if (!isWanted) return;
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled' });
}

const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

/**
 * Shows what the page has in both themes, wide and narrow, and says what is wrong, with a picture of it: by axe, or
 * because something runs out of the page. Only colours differ in the dark, so there contrast alone is tried again.
 */
export async function faultsOfLooks(page: Page, name: string, look: Look = {}): Promise<string[]> {
  const faults: string[] = [];
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.locator('[aria-label^="Loading"]').first().waitFor({ state: 'detached' });
      const found = await faultsOf(
        page,
        colorScheme === 'light' ? look : { ...look, rules: ['color-contrast'] },
      );
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth))
        found.push('runs out');
      faults.push(...found.map((fault) => `${name} ${colorScheme} ${size.width} ${fault}`));
      await picture(page, `${name}-${size.width}-${colorScheme}`, WANTS_PICTURES || found.length > 0);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
  return faults;
}
