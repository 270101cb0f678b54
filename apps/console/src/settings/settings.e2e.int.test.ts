// @vitest-environment node
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
