import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Conversation } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import axe from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { inject } from 'vitest';
import { BrowserHits } from './browser-hits.ts';
import { launch } from './browser.ts';
import { CHROMIUM } from './chromium.ts';
import { workingDay } from './sample.ts';
import { openWorld, type World } from './world.ts';

const SCREENSHOTS = fileURLToPath(new URL('../coverage/screenshots', import.meta.url));

/** How long a page may take for one step, in milliseconds. */
const PATIENCE_MS = 20_000;

/** A browser before a server of its own, with an inbox as on a working day. */
export type Stage = AsyncDisposable & {
  world: World;
  browser: Browser;
  /** The sale that went through several hands. */
  sale: Conversation;
  /** A page where a person has signed in. */
  enter: (person: Person, path?: string, options?: BrowserContextOptions) => Promise<Visit>;
  /** A page of a browser that knows nothing yet. */
  visit: (options?: BrowserContextOptions) => Promise<Visit>;
};

type Look = { within?: string; rules?: string[] };
type Person = 'Maria Lindqvist' | 'Tomasz Reyes';
type State = Awaited<ReturnType<BrowserContext['storageState']>>;
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

async function openVisit(
  browser: Browser,
  hits: BrowserHits,
  options?: BrowserContextOptions,
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await hits.watch(page);
  return {
    context,
    page,
    complaints: listen(page),
    [Symbol.asyncDispose]: async () => {
      await hits.take(page);
      await context.close();
    },
  };
}

/** Signs a person in once; further pages of theirs begin with what the browser then holds. */
async function signIn({ context, page }: Visit, link: string, person: Person): Promise<State> {
  await page.goto(link);
  await page.getByRole('button', { name: person }).click();
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  return context.storageState();
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
  const visit = (options?: BrowserContextOptions) => openVisit(browser, hits, options);
  const signedIn: Partial<Record<Person, Promise<State>>> = {};
  const enterFirst = async (person: Person) => {
    await using first = await visit();
    return await signIn(first, await world.signInLink(), person);
  };
  return {
    world,
    browser,
    sale,
    visit,
    async enter(person, path = '/inbox', options) {
      const storageState = await (signedIn[person] ??= enterFirst(person));
      const entered = await visit({ storageState, ...options });
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
  const results = await page.evaluate(
    // The page now has axe, which its own types do not know.
    ([scope, runOnly]) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(scope ?? document, { runOnly }),
    [within, rules] as const,
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.html.slice(0, 160)}`),
  );
}

export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled' });
}

const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

/**
 * Shows what the page has in both themes, wide and narrow, keeps a picture of each, and says what is wrong: by axe, or
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
      await picture(page, `${name}-${size.width}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
  return faults;
}
