// @vitest-environment node
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '../../e2e/chromium.ts';
import { accessibilityIssues, openTestConsole, type TestConsole } from '../../e2e/test-console.ts';

describe.skipIf(CHROMIUM === undefined)('Search in a real browser', () => {
  let testConsole: TestConsole;
  beforeAll(async () => {
    testConsole = await openTestConsole();
  });
  afterAll(() => testConsole[Symbol.asyncDispose]());

  test('words are found by their stem and marked, and Enter opens the very message', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist', '/search');
    const { page, errors } = opened;
    await page.getByRole('searchbox').waitFor();
    await page.keyboard.type('receptionist');
    const row = page.getByRole('listitem').filter({ hasText: 'My two receptionists' });
    await row.waitFor();
    expect(await row.locator('mark').allInnerTexts()).toEqual(['receptionists']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/inbox/${testConsole.sale.id}\\?.*at=\\d+`));
    await page.getByText('My two receptionists').first().waitFor();
    await page.goBack();
    await row.waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('receptionist');
    expect(errors).toEqual([]);
  });

  test('filters narrow what is found, and a search without a result says so', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist', '/search?q=clinic');
    const { page } = opened;
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
    await using opened = await testConsole.openAs('Maria Lindqvist', '/search?q=clinic');
    const { page, errors } = opened;
    await page.locator('mark').first().waitFor();
    expect(await accessibilityIssues(page, 'search')).toEqual([]);
    expect(errors).toEqual([]);
  });
});
