// @vitest-environment node
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '../../e2e/chromium.ts';
import { faultsOf, openStage, picture, type Stage } from '../../e2e/stage.ts';

describe.skipIf(CHROMIUM === undefined)('Search in a real browser', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test('words are found by their stem and marked, and Enter opens the very message', async () => {
    const { page, context, complaints } = await stage.enter('Maria Lindqvist', '/search');
    await page.getByRole('searchbox').waitFor();
    await page.keyboard.type('receptionist');
    const row = page.getByRole('listitem').filter({ hasText: 'My two receptionists' });
    await row.waitFor();
    expect(await row.locator('mark').allInnerTexts()).toEqual(['receptionists']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/inbox/${stage.sale.id}\\?.*at=\\d+`));
    await page.getByText('My two receptionists').first().waitFor();
    await page.goBack();
    await row.waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('receptionist');
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('filters narrow what is found, and a search without a result says so', async () => {
    const { page, context } = await stage.enter('Maria Lindqvist', '/search?q=clinic');
    await page.getByRole('link', { name: 'Ana Petrov' }).waitFor();
    await page.getByRole('combobox', { name: /^Stage/ }).click();
    await page.getByRole('option', { name: 'Lead' }).click();
    await page.getByText('Nothing that was said matches “clinic” within these filters.').waitFor();
    await page.getByRole('button', { name: 'Search without filters' }).click();
    await page.getByRole('link', { name: 'Ana Petrov' }).waitFor();
    await page.getByRole('radio', { name: 'Messages' }).click();
    await page.getByRole('combobox', { name: /^Author/ }).click();
    await page.getByRole('option', { name: 'Said by customers' }).click();
    await page.waitForURL(/in=messages&author=customer/);
    await expect.poll(() => page.getByRole('listitem').filter({ hasText: 'Closer' }).count()).toBe(0);
    await page.getByText('A friend at another').waitFor();
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
      const { page, context, complaints } = await stage.enter('Maria Lindqvist', '/search?q=clinic', {
        colorScheme,
        viewport: { width, height: 900 },
      });
      await page.locator('mark').first().waitFor();
      expect(await faultsOf(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
      await picture(page, `search-${colorScheme}-${width}`);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
});
