// @vitest-environment node
import { gzipSync } from 'node:zlib';
import { testDatabase } from '@baton/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { CHROMIUM } from './chromium.ts';
import { registerPeople } from './sample-data.ts';
import { accessibilityIssues, openTestConsole, type TestConsole } from './test-console.ts';
import { startTestServer } from './test-server.ts';

describe.skipIf(CHROMIUM === undefined)('the looks of the console in a real browser', () => {
  let testConsole: TestConsole;
  beforeAll(async () => {
    testConsole = await openTestConsole();
  });
  afterAll(() => testConsole[Symbol.asyncDispose]());

  test('the list and a conversation are as axe wants them, in either theme, wide or narrow', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist');
    const { page, errors } = opened;
    await page.getByText('Jonas Weber').waitFor();
    const issues = await accessibilityIssues(page, 'inbox');
    await page.goto(`${testConsole.server.url}/inbox/${testConsole.sale.id}`);
    await page.getByText('Closer (AI) holds').waitFor();
    issues.push(...(await accessibilityIssues(page, 'conversation')));
    expect(issues).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('each dialog of a conversation is as axe wants it, in either theme, wide or narrow', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${testConsole.sale.id}`);
    const { page, errors } = opened;
    await page.getByText('Closer (AI) holds').waitFor();
    const panel = page.getByRole('complementary', { name: 'Details' });
    const press = (key: string) => () => page.keyboard.press(key);
    const click = (name: string) => () => panel.getByRole('button', { name, exact: true }).first().click();
    const dialogs: Record<string, () => Promise<void>> = {
      'hand-over': press('h'),
      stage: press('s'),
      answer: press('q'),
      'follow-up': press('f'),
      close: press('e'),
      keys: press('?'),
      palette: press('Control+k'),
      objection: click('Note an objection'),
      'objection-resolved': click('Resolve'),
      'objection-deferred': click('Put off'),
    };
    const issues: string[] = [];
    for (const [name, open] of Object.entries(dialogs)) {
      await open();
      await page.getByRole('dialog').waitFor();
      issues.push(...(await accessibilityIssues(page, `dialog-${name}`, { within: '[role=dialog]' })));
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    expect(issues).toEqual([]);
    expect(errors).toEqual([]);
  }, 180_000);

  test('a place with nothing in it yet says what will be there', async () => {
    await using database = await testDatabase();
    await using server = await startTestServer(database.uri, inject('consoleFolder'));
    await registerPeople(server.baton);
    await using opened = await testConsole.openSignedOut();
    const { page, errors } = opened;
    await page.goto(await server.signInLink());
    await page.getByRole('button', { name: 'Maria Lindqvist' }).click();
    const issues: string[] = [];
    for (const place of ['inbox', 'work', 'insight', 'search']) {
      await page.goto(`${server.url}/${place}`);
      await page.locator('main p').first().waitFor();
      issues.push(...(await accessibilityIssues(page, `empty-${place}`)));
    }
    expect(issues).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('the first load takes less than 200 kB of JavaScript', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist');
    const page = await opened.context.newPage();
    const sizes: Promise<number>[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith('.js'))
        sizes.push(response.body().then((body) => gzipSync(body, { level: 9 }).length));
    });
    await page.goto(`${testConsole.server.url}/inbox`);
    await page.getByText('Jonas Weber').waitFor();
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(total).toBeLessThan(200_000);
    expect(total).toBeGreaterThan(50_000);
  });
});
