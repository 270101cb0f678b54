// @vitest-environment node
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '../../e2e/chromium.ts';
import { SECTIONS } from './settings-address.ts';
import { faultsOf, openStage, picture, type Stage } from '../../e2e/stage.ts';

describe.skipIf(CHROMIUM === undefined)('Settings in a real browser', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test('an agent is registered, and Work knows it at once', async () => {
    const { page, context, complaints } = await stage.enter('Maria Lindqvist', '/settings?section=agents');
    await page.getByRole('button', { name: 'Register an agent' }).click();
    const dialog = page.getByRole('dialog', { name: 'Register an agent' });
    await dialog.getByLabel('Name').fill('Night shift');
    await dialog.getByRole('combobox', { name: /^Kind/ }).click();
    await page.getByRole('option', { name: /^Queue/ }).click();
    await dialog.getByRole('checkbox', { name: /Maria Lindqvist/ }).check();
    await dialog.getByRole('button', { name: 'Register' }).click();
    await page.getByRole('row').filter({ hasText: 'Night shift' }).getByText('Maria Lindqvist').waitFor();
    await page.getByRole('link', { name: 'Work' }).first().click();
    await page.getByRole('region', { name: 'Agents' }).getByText('Night shift').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('business hours are kept as they were set', async () => {
    const { page, context } = await stage.enter('Maria Lindqvist', '/settings?section=hours', {
      timezoneId: 'Europe/Stockholm',
    });
    await page.getByRole('button', { name: 'Set business hours' }).click();
    await page.getByRole('button', { name: 'Remove 09:00 to 17:00 on Friday' }).click();
    await page.getByLabel('Monday, closes').fill('18:30');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    const { businessHours } = await stage.world.baton.api.tenant.get.query();
    expect(businessHours?.timeZone).toBe('Europe/Stockholm');
    expect(businessHours?.weekdays.map(({ day }) => day)).toEqual([1, 2, 3, 4]);
    expect(businessHours?.weekdays[0]?.to).toBe('18:30');
    await page.reload();
    await page.getByLabel('Monday, closes').waitFor();
    expect(await page.getByLabel('Monday, closes').inputValue()).toBe('18:30');
    await page.getByRole('button', { name: 'Turn the hours off' }).click();
    await page.getByText(/^No hours are set/).waitFor();
    await context.close();
  });

  test('the store is as the code declares it', async () => {
    const { page, context } = await stage.enter('Maria Lindqvist', '/settings?section=store');
    await page.getByText('Every validator and index is as declared.').waitFor();
    await page.getByText('All are applied.').waitFor();
    await context.close();
  });

  test('signing out ends the session and forgets what was read', async () => {
    const { page, context } = await stage.enter('Tomasz Reyes', '/settings');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Baton' }).waitFor();
    await page.goto(`${stage.world.url}/work`);
    await page.getByRole('heading', { name: 'Sign in to Baton' }).waitFor();
    await context.close();
  });

  test('the theme holds over a reload', async () => {
    const { page, context } = await stage.enter('Maria Lindqvist', '/settings?section=theme');
    await page.getByRole('radio', { name: 'Dark' }).click();
    await page.reload();
    await page.getByRole('radio', { name: 'Dark', checked: true }).waitFor();
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await context.close();
  });

  test.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 390],
    ['dark', 390],
  ] as const)(
    'axe finds nothing in %s at %i px, and nothing runs out of the page',
    async (colorScheme, width) => {
      const { page, context, complaints } = await stage.enter('Maria Lindqvist', '/settings', {
        colorScheme,
        viewport: { width, height: 900 },
      });
      for (const { section, name } of SECTIONS) {
        await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name }).click();
        await page.getByRole('region', { name }).waitFor();
        await expect.poll(() => page.getByLabel('Loading').count(), { timeout: 8_000 }).toBe(0);
        expect(await faultsOf(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(
          true,
        );
        await picture(page, `settings-${section}-${colorScheme}-${width}`);
      }
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
});
