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
import { MARIA, TOMASZ, seedInbox } from './sample-data.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const SCREENSHOTS = fileURLToPath(new URL('../coverage/screenshots', import.meta.url));

const PEOPLE = { 'Maria Lindqvist': MARIA, 'Tomasz Reyes': TOMASZ };

/** Timeout of one step, in milliseconds. */
const STEP_TIMEOUT_MS = 20_000;

/** A browser and a server with sample data. */
export type TestConsole = AsyncDisposable & {
  server: TestServer;
  browser: Browser;
  /** The sample sale with several owners. */
  sale: Conversation;
  /** Opens a page as a signed-in person, with empty storage. */
  openAs: (person: Person, path?: string, options?: BrowserContextOptions) => Promise<OpenPage>;
  /** Opens a page in a new browser context. */
  openSignedOut: () => Promise<OpenPage>;
};

type AxeScope = { within?: string; rules?: string[] };
type Person = keyof typeof PEOPLE;
/** `errors` collects what the browser logged as an error. */
export type OpenPage = AsyncDisposable & { context: BrowserContext; page: Page; errors: string[] };

/** Refused calls are not errors of the page. */
function collectErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      errors.push(message.text());
  });
  return errors;
}

const openContext = async (browser: Browser, options?: BrowserContextOptions): Promise<BrowserContext> => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  return context;
};

/** @param closes what is closed on disposal */
async function openPage(
  context: BrowserContext,
  hits: BrowserHits,
  closes: 'page' | 'context',
): Promise<OpenPage> {
  const page = await context.newPage();
  await hits.watch(page);
  return {
    context,
    page,
    errors: collectErrors(page),
    [Symbol.asyncDispose]: async () => {
      await hits.take(page);
      await { page, context }[closes].close();
    },
  };
}

/** Signs in by the API, without loading a page. */
async function signIn({ request }: BrowserContext, link: string, agentId: AgentId): Promise<void> {
  const { origin, searchParams } = new URL(link);
  const call = async (path: string, data: object) => {
    const answer = await request.post(`${origin}/trpc/${path}`, { data });
    if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
  };
  await call('session.signIn', { token: searchParams.get('token') });
  await call('session.actAs', { agentId });
}

/** Clears everything but the session. */
async function clearStorage(page: Page, origin: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'local_storage,indexeddb' });
  await session.detach();
}

export async function openTestConsole(): Promise<TestConsole> {
  await using open = new AsyncDisposableStack();
  const database = open.use(await testDatabase());
  const world = open.use(await startTestServer(database.uri, inject('consoleFolder')));
  const sale = await seedInbox(world.baton, Date.now());
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
  // Reusing a signed-in context is faster than a new one.
  const signedIn: Partial<Record<Person, Promise<BrowserContext>>> = {};
  return {
    server: world,
    browser,
    sale,
    openSignedOut: async () => openPage(await openContext(browser), hits, 'context'),
    async openAs(person, path = '/inbox', options) {
      const opened =
        options === undefined
          ? await openPage(await (signedIn[person] ??= openSignedIn(person)), hits, 'page')
          : await openPage(await openSignedIn(person, options), hits, 'context');
      await clearStorage(opened.page, world.url);
      await opened.page.goto(`${world.url}${path}`);
      return opened;
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/**
 * One line for each violation that axe finds.
 * @param within limits the check to this element
 * @param rules limits the check to these rules
 */
async function axeIssues(page: Page, { within, rules }: AxeScope = {}): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(
    async ([scope, runOnly]) => {
      // axe was injected above; the page's types do not know it.
      const { run } = (globalThis as unknown as { axe: typeof axe }).axe;
      const { violations } = await run(scope ?? document, { runOnly, resultTypes: ['violations'] });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.html.slice(0, 160)}`),
      );
    },
    [within, rules] as const,
  );
}

/** Keeps screenshots of pages without issues too. */
const KEEPS_SCREENSHOTS = Boolean(process.env['BATON_PICTURES']);

/** Writes to `coverage/screenshots` if `BATON_PICTURES` is set. */
export async function takeScreenshot(page: Page, name: string, isWanted = KEEPS_SCREENSHOTS): Promise<void> {
  if (!isWanted) return;
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled' });
}

const VIEWPORTS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

/**
 * Checks the page in both themes, wide and narrow: by axe, and for horizontal overflow. Only colours differ in the dark
 * theme, so it checks only contrast.
 */
export async function accessibilityIssues(page: Page, name: string, scope: AxeScope = {}): Promise<string[]> {
  const issues: string[] = [];
  for (const size of VIEWPORTS) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.locator('[aria-label^="Loading"]').first().waitFor({ state: 'detached' });
      const found = await axeIssues(
        page,
        colorScheme === 'light' ? scope : { ...scope, rules: ['color-contrast'] },
      );
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth))
        found.push('runs out');
      issues.push(...found.map((issue) => `${name} ${colorScheme} ${size.width} ${issue}`));
      await takeScreenshot(
        page,
        `${name}-${size.width}-${colorScheme}`,
        KEEPS_SCREENSHOTS || found.length > 0,
      );
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
  return issues;
}
