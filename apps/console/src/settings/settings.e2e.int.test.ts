// @vitest-environment node
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '../../e2e/chromium.ts';
import { SECTIONS } from './settings-params.ts';
import { accessibilityIssues, openTestConsole, type TestConsole } from '../../e2e/test-console.ts';

describe.skipIf(CHROMIUM === undefined)('Settings in a real browser', () => {
  let testConsole: TestConsole;
  beforeAll(async () => {
    testConsole = await openTestConsole();
  });
  afterAll(() => testConsole[Symbol.asyncDispose]());

  test('an agent is registered, and Work knows it at once', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist', '/settings?section=agents');
    const { page, errors } = opened;
    await page.getByRole('button', { name: 'Register an agent' }).click();
    const dialog = page.getByRole('dialog', { name: 'Register an agent' });
    // Only a style element with the page's nonce stops the page from scrolling.
    expect(await page.evaluate(() => getComputedStyle(document.body).overflow)).toBe('hidden');
    await dialog.getByLabel('Name').fill('Night shift');
    await dialog.getByRole('combobox', { name: /^Kind/ }).click();
    await page.getByRole('option', { name: /^Queue/ }).click();
    await dialog.getByRole('checkbox', { name: /Maria Lindqvist/ }).check();
    await dialog.getByRole('button', { name: 'Register' }).click();
    await page.getByRole('row').filter({ hasText: 'Night shift' }).getByText('Maria Lindqvist').waitFor();
    await page.getByRole('link', { name: 'Work' }).first().click();
    await page.getByRole('region', { name: 'Agents' }).getByText('Night shift').waitFor();
    expect(errors).toEqual([]);
  });

  test('business hours are kept as they were set', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist', '/settings?section=hours', {
      timezoneId: 'Europe/Stockholm',
    });
    const { page } = opened;
    await page.getByRole('button', { name: 'Set business hours' }).click();
    await page.getByRole('button', { name: 'Remove 09:00 to 17:00 on Friday' }).click();
    await page.getByLabel('Monday, closes').fill('18:30');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    const { businessHours } = await testConsole.server.baton.api.tenant.get.query();
    expect(businessHours?.timeZone).toBe('Europe/Stockholm');
    expect(businessHours?.weekdays.map(({ day }) => day)).toEqual([1, 2, 3, 4]);
    expect(businessHours?.weekdays[0]?.to).toBe('18:30');
    await page.reload();
    await page.getByLabel('Monday, closes').waitFor();
    expect(await page.getByLabel('Monday, closes').inputValue()).toBe('18:30');
    await page.getByRole('button', { name: 'Turn the hours off' }).click();
    await page.getByText(/^No hours are set/).waitFor();
  });

  test('a contact is exported and erased, and leaves the inbox that is open', async () => {
    const { api } = testConsole.server.baton;
    const { id } = await api.conversations.create.mutate({
      contactId: 'elsa-1',
      contact: { name: 'Elsa Holm' },
      channel: 'web',
      initialMessage: { text: 'My address is Harbour Street 4' },
    });
    await using inbox = await testConsole.openAs('Maria Lindqvist', `/inbox/${id}`);
    const row = inbox.page.getByRole('region', { name: 'Conversations' }).getByText('Elsa Holm');
    await row.waitFor();
    await inbox.page.getByText('My address is Harbour Street 4').last().waitFor();
    await inbox.page.getByRole('complementary').getByRole('button', { name: 'Erase' }).click();
    const offered = inbox.page.getByRole('dialog', { name: /Elsa Holm/ });
    await offered.getByText('1 conversation').waitFor();
    expect(await accessibilityIssues(inbox.page, 'conversation-erase', { within: '[role=dialog]' })).toEqual(
      [],
    );
    await offered.getByRole('button', { name: 'Back' }).click();

    await using opened = await testConsole.openAs('Maria Lindqvist', '/settings?section=privacy');
    const { page, errors } = opened;
    await page.evaluate(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
    await page.getByLabel('A contact’s key or name').fill('elsa');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Export Elsa Holm' }).waitFor();
    expect(await accessibilityIssues(page, 'privacy-found')).toEqual([]);
    await page.getByRole('button', { name: 'Export Elsa Holm' }).click();
    const exportDialog = page.getByRole('dialog', { name: /^Export/ });
    const saving = page.waitForEvent('download');
    await exportDialog.getByRole('button', { name: 'Export' }).click();
    const download = await saving;
    expect(download.suggestedFilename()).toBe('contact-elsa-1.jsonl');
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).type)).toEqual(['contact', 'conversation', 'entry', 'entry']);
    await exportDialog.getByRole('button', { name: 'Done' }).click();

    await page.getByRole('button', { name: 'Erase Elsa Holm' }).click();
    const eraseDialog = page.getByRole('dialog', { name: /^Erase/ });
    await eraseDialog.getByLabel('Type the contact’s key to confirm').fill('elsa-1');
    await eraseDialog.getByRole('button', { name: 'Erase for good' }).click();
    await eraseDialog.getByText('Erased: 1 conversation.').waitFor();
    await eraseDialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('list', { name: 'Erasures' }).getByText('Maria Lindqvist').waitFor();
    await page.getByText('No contact was found.').waitFor();
    await row.waitFor({ state: 'detached' });
    await inbox.page.getByText('All that was said here was erased').waitFor();
    expect(await inbox.page.getByText(/Harbour Street|Elsa Holm|elsa-1/).count()).toBe(0);
    expect([...errors, ...inbox.errors]).toEqual([]);
  });

  test('a limit in days is saved after what it erases was shown, and turned off', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist', '/settings?section=retention');
    const { page, errors } = opened;
    await page.getByRole('button', { name: 'Erase what is old' }).click();
    await page.getByLabel('Days without a change').fill('400');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Erase after 400 days?' });
    await dialog.getByText('Nothing is that old now.').waitFor();
    expect(await accessibilityIssues(page, 'retention-preview', { within: '[role=dialog]' })).toEqual([]);
    await dialog.getByRole('button', { name: 'Erase after 400 days' }).click();
    await page.getByText('Erased 0 conversations and 0 contacts').waitFor();
    expect(await accessibilityIssues(page, 'retention-on')).toEqual([]);
    await page.getByRole('button', { name: 'Keep everything again' }).click();
    await page.getByText(/^Everything is kept/).waitFor();
    expect(errors).toEqual([]);
  });

  test('the store is as the code declares it', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist', '/settings?section=store');
    const { page } = opened;
    await page.getByText('Every validator and index is as declared.').waitFor();
    await page.getByText('All are applied.').waitFor();
  });

  test('signing out ends the session and forgets what was read', async () => {
    await using opened = await testConsole.openAs('Tomasz Reyes', '/settings');
    const { page } = opened;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Baton' }).waitFor();
    await page.goto(`${testConsole.server.url}/work`);
    await page.getByRole('heading', { name: 'Sign in to Baton' }).waitFor();
  });

  test('the theme holds over a reload', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist', '/settings?section=theme');
    const { page } = opened;
    await page.getByRole('radio', { name: 'Dark' }).click();
    await page.reload();
    await page.getByRole('radio', { name: 'Dark', checked: true }).waitFor();
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
  });

  test('axe finds nothing in either theme, wide or narrow, and nothing runs out of the page', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist', '/settings');
    const { page, errors } = opened;
    const issues: string[] = [];
    for (const { section, name } of SECTIONS) {
      await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name }).click();
      await page.getByRole('region', { name }).waitFor();
      issues.push(...(await accessibilityIssues(page, `settings-${section}`)));
    }
    expect(issues).toEqual([]);
    expect(errors).toEqual([]);
  });
});
