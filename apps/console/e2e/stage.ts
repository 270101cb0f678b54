import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Conversation } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import axe from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { inject } from 'vitest';
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
  /** A page where a person has signed in. What the browser complained of is in `complaints`. */
  enter: (person: Person, path?: string, options?: BrowserContextOptions) => Promise<Visit>;
};

type Person = 'Maria Lindqvist' | 'Tomasz Reyes';
type State = Awaited<ReturnType<BrowserContext['storageState']>>;
export type Visit = { context: BrowserContext; page: Page; complaints: string[] };

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

/** Signs a person in once; further pages of theirs begin with what the browser then holds. */
async function signIn(browser: Browser, link: string, person: Person): Promise<State> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole('button', { name: person }).click();
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

export async function openStage(): Promise<Stage> {
  await using open = new AsyncDisposableStack();
  const database = open.use(await testDatabase());
  const world = open.use(await openWorld(database.uri, inject('consoleFolder')));
  const sale = await workingDay(world.baton, Date.now());
  const browser = await launch(CHROMIUM ?? '');
  open.defer(() => browser.close());
  const parts = open.move();
  const signedIn: Partial<Record<Person, Promise<State>>> = {};
  return {
    world,
    browser,
    sale,
    async enter(person, path = '/inbox', options) {
      const storageState = await (signedIn[person] ??= signIn(browser, await world.signInLink(), person));
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        storageState,
        ...options,
      });
      context.setDefaultTimeout(PATIENCE_MS);
      const page = await context.newPage();
      const complaints = listen(page);
      await page.goto(`${world.url}${path}`);
      return { context, page, complaints };
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** What axe finds wrong, one line each. */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // The page now has axe, which its own types do not know.
  const results = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run(document));
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.html.slice(0, 160)}`),
  );
}

export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled' });
}
