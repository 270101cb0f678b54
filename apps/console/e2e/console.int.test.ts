// @vitest-environment node
import { testDatabase } from '@baton/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { CHROMIUM } from './chromium.ts';
import { createLongSale, registerPeople } from './sample-data.ts';
import { accessibilityIssues, openTestConsole, takeScreenshot, type TestConsole } from './test-console.ts';
import { startTestServer } from './test-server.ts';

describe.skipIf(CHROMIUM === undefined)('the console in a real browser', () => {
  let testConsole: TestConsole;
  beforeAll(async () => {
    testConsole = await openTestConsole();
  });
  afterAll(() => testConsole[Symbol.asyncDispose]());

  test('a link signs the browser in once, and leaves no token in the address', async () => {
    const link = await testConsole.server.signInLink();
    await using opened = await testConsole.openSignedOut();
    const { page, context } = opened;
    await page.goto(link);
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
    expect(page.url()).not.toContain('token');
    expect(await accessibilityIssues(page, 'who-are-you')).toEqual([]);

    await page.getByLabel('Somebody new').fill('Zoë Müller');
    await page.getByText('Your id will be zoe_muller.').waitFor();
    await page.getByRole('button', { name: 'Continue as Zoë Müller' }).click();
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    const cookies = await context.cookies();
    expect(cookies).toContainEqual(expect.objectContaining({ httpOnly: true, sameSite: 'Strict' }));
    await page.reload();
    await page.getByRole('navigation', { name: 'Views' }).waitFor();

    await using other = await testConsole.openSignedOut();
    await other.page.goto(link);
    await other.page.getByText('This link was used already').waitFor();
    expect(await accessibilityIssues(other.page, 'sign-in')).toEqual([]);
  });

  test('the list is filtered by what the address says, and back leads back', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist');
    const { page } = opened;
    const rows = page.locator('[data-conversation]');
    await page.getByText('Jonas Weber').waitFor();
    const all = await rows.count();
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('menuitem', { name: 'Stage' }).click();
    await page.getByRole('menuitem', { name: 'Objections' }).click();
    await page.waitForURL(/stage=objection_handling/);
    await expect.poll(() => rows.count()).toBe(1);
    expect(all).toBeGreaterThan(1);
    await page.reload();
    await page.getByText('Jonas Weber').waitFor();
    expect(await rows.count()).toBe(1);
    await page.goBack();
    await expect.poll(() => rows.count()).toBe(all);

    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Waits longer than' }).click();
    await page.getByRole('menuitem', { name: '1 d', exact: true }).click();
    await page.waitForURL(/waits=1440/);
    await page.getByText('Waits over 1 d').waitFor();
    await expect.poll(() => rows.count()).toBeLessThan(all);
    await page.getByRole('link', { name: 'Clear' }).click();
    await expect.poll(() => rows.count()).toBe(all);

    await page.getByRole('link', { name: 'Waiting', exact: true }).click();
    await page.waitForURL(/sort=waiting/);
    await expect.poll(() => rows.first().innerText()).toContain('Chen Wei');
  });

  test('the keyboard alone moves, opens, and goes back with the focus where it was', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist');
    const { page } = opened;
    await page.locator('[data-conversation]').first().waitFor();
    await page.keyboard.press('j');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.hasAttribute('data-conversation')))
      .toBe(true);
    await page.keyboard.press('j');
    const second = await page.locator('[data-conversation]').nth(1).getAttribute('data-conversation');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-conversation')))
      .toBe(second);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/inbox/${second}`);
    await page.getByRole('navigation', { name: 'Relay' }).waitFor();
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute('data-conversation') ?? null);
    await page.keyboard.press('h');
    await page.getByRole('dialog', { name: 'Hand over' }).waitFor();
    expect(await focused()).toBeNull();
    await page.keyboard.press('Escape');
    await expect.poll(focused).toBe(second);
    await page.keyboard.press('r');
    expect(await focused()).toBeNull();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.waitForURL('**/inbox');
    await expect.poll(focused).toBe(second);
    await page.keyboard.press('g');
    await page.keyboard.press('w');
    await page.waitForURL('**/work**');
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.waitForURL('**/inbox**');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'All keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('insig');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/insight**');
    await page.keyboard.press('/');
    await page.waitForURL('**/search**');
    await page.keyboard.press('Escape');
    for (const theme of ['light', 'dark']) {
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.type(`${theme} theme`);
      await page.keyboard.press('Enter');
      await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe(theme);
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('settings');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/settings**');
  });

  test('the list is live, and moves only when nobody points at it', async () => {
    const { api } = testConsole.server.baton;
    await using opened = await testConsole.openAs('Tomasz Reyes', '/inbox', {
      viewport: { width: 1440, height: 3_200 },
    });
    const { page } = opened;
    const list = page.getByRole('region', { name: 'Conversations' });
    const first = () => list.locator('[data-conversation]').first().innerText();
    await list.getByText('Hannah Schmidt').hover();
    const before = await first();
    const { items } = await api.conversations.list.query({ contactId: 'Hannah Schmidt' });
    const say = (text: string) =>
      api.messages.append.mutate({
        conversationId: items[0]?.id ?? '',
        clientMessageId: text,
        author: { kind: 'customer' },
        text,
      });
    await say('It worked, thank you!');
    await list.getByText('It worked, thank you!').waitFor();
    await list.getByRole('button', { name: '1 change' }).waitFor();
    expect(await first()).toBe(before);
    await page.mouse.move(900, 20);
    await expect.poll(first).toContain('Hannah Schmidt');
    await expect.poll(first).toContain('Unread');

    const { id } = await api.conversations.create.mutate({
      contactId: 'Brand New',
      channel: 'web',
      initialMessage: { text: 'Good morning' },
    });
    await expect.poll(first).toContain('Brand New');
    await api.conversations.abandon.mutate({ conversationId: id });
    await expect.poll(first).toContain('Hannah Schmidt');
  });

  test('a page that lost the server says so, and shows what it missed once the server is back', async () => {
    await using database = await testDatabase();
    const before = await startTestServer(database.uri, inject('consoleFolder'));
    await registerPeople(before.baton);
    const { id: conversationId } = await createLongSale(before.baton, Date.now());
    await using opened = await testConsole.openSignedOut();
    const { page } = opened;
    await page.goto(await before.signInLink());
    await page.getByRole('button', { name: 'Maria Lindqvist' }).click();
    await page.getByText('Ana Petrov').first().click();
    await page.getByText('Closer (AI) holds').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();

    await before[Symbol.asyncDispose]();
    await page.getByRole('alert').getByText('Reconnecting, last change').waitFor();
    await takeScreenshot(page, 'reconnecting-1440-light');
    await page.getByLabel('Reply to Ana Petrov').fill('Kept while the server is away.');

    await using after = await startTestServer(database.uri, inject('consoleFolder'), {
      port: Number(new URL(before.url).port),
    });
    await after.baton.api.messages.append.mutate({
      conversationId,
      clientMessageId: 'missed',
      author: { kind: 'customer' },
      text: 'You missed this.',
    });
    await page.getByRole('log').getByText('You missed this.').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(await page.getByLabel('Reply to Ana Petrov').inputValue()).toBe('Kept while the server is away.');
  });
});
