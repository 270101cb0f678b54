// @vitest-environment node
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '../../e2e/chromium.ts';
import { faultsOfLooks, openStage, type Stage } from '../../e2e/test-console.ts';

describe.skipIf(CHROMIUM === undefined)('Search in a real browser', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test('words are found by their stem and marked, and Enter opens the very message', async () => {
    await using visit = await stage.enter('Maria Lindqvist', '/search');
    const { page, complaints } = visit;
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
  });

  test('filters narrow what is found, and a search without a result says so', async () => {
    await using visit = await stage.enter('Maria Lindqvist', '/search?q=clinic');
    const { page } = visit;
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
  });

  test('axe finds nothing in either theme, wide or narrow, and nothing runs out of the page', async () => {
    await using visit = await stage.enter('Maria Lindqvist', '/search?q=clinic');
    const { page, complaints } = visit;
    await page.locator('mark').first().waitFor();
    expect(await faultsOfLooks(page, 'search')).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
