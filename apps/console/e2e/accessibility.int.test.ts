// @vitest-environment node
import { gzipSync } from 'node:zlib';
import { testDatabase } from '@baton/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { CHROMIUM } from './chromium.ts';
import { registerPeople } from './sample-data.ts';
import { faultsOfLooks, openStage, type Stage } from './test-console.ts';
import { openWorld } from './test-server.ts';

describe.skipIf(CHROMIUM === undefined)('the looks of the console in a real browser', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test('the list and a conversation are as axe wants them, in either theme, wide or narrow', async () => {
    await using visit = await stage.enter('Maria Lindqvist');
    const { page, complaints } = visit;
    await page.getByText('Jonas Weber').waitFor();
    const faults = await faultsOfLooks(page, 'inbox');
    await page.goto(`${stage.world.url}/inbox/${stage.sale.id}`);
    await page.getByText('Closer (AI) holds').waitFor();
    faults.push(...(await faultsOfLooks(page, 'conversation')));
    expect(faults).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('each dialog of a conversation is as axe wants it, in either theme, wide or narrow', async () => {
    await using visit = await stage.enter('Maria Lindqvist', `/inbox/${stage.sale.id}`);
    const { page, complaints } = visit;
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
    const faults: string[] = [];
    for (const [name, open] of Object.entries(dialogs)) {
      await open();
      await page.getByRole('dialog').waitFor();
      faults.push(...(await faultsOfLooks(page, `dialog-${name}`, { within: '[role=dialog]' })));
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    expect(faults).toEqual([]);
    expect(complaints).toEqual([]);
  }, 180_000);

  test('a place with nothing in it yet says what will be there', async () => {
    await using database = await testDatabase();
    await using world = await openWorld(database.uri, inject('consoleFolder'));
    await registerPeople(world.baton);
    await using visit = await stage.visit();
    const { page, complaints } = visit;
    await page.goto(await world.signInLink());
    await page.getByRole('button', { name: 'Maria Lindqvist' }).click();
    const faults: string[] = [];
    for (const place of ['inbox', 'work', 'insight', 'search']) {
      await page.goto(`${world.url}/${place}`);
      await page.locator('main p').first().waitFor();
      faults.push(...(await faultsOfLooks(page, `empty-${place}`)));
    }
    expect(faults).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('the first load takes less than 200 kB of JavaScript', async () => {
    await using visit = await stage.enter('Maria Lindqvist');
    const page = await visit.context.newPage();
    const sizes: Promise<number>[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith('.js'))
        sizes.push(response.body().then((body) => gzipSync(body, { level: 9 }).length));
    });
    await page.goto(`${stage.world.url}/inbox`);
    await page.getByText('Jonas Weber').waitFor();
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(total).toBeLessThan(200_000);
    expect(total).toBeGreaterThan(50_000);
  });
});
