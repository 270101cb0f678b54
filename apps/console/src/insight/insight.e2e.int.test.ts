// @vitest-environment node
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '../../e2e/chromium.ts';
import { accessibilityIssues, openTestConsole, type TestConsole } from '../../e2e/test-console.ts';

describe.skipIf(CHROMIUM === undefined)('Insight in a real browser', () => {
  let testConsole: TestConsole;
  beforeAll(async () => {
    testConsole = await openTestConsole();
  });
  afterAll(() => testConsole[Symbol.asyncDispose]());

  test('a bar opens the conversations behind it, and back leads back', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist', '/insight?range=all');
    const { page, errors } = opened;
    const funnel = page.getByRole('region', { name: 'Funnel' });
    await funnel.locator('.recharts-bar-rectangle').nth(3).click();
    const dialog = page.getByRole('dialog', { name: 'Begun, and reached closing' });
    await dialog.getByRole('link', { name: 'Ana Petrov' }).first().click();
    await page.waitForURL(/\/inbox\/[0-9a-f]{24}/);
    await page.goBack();
    await dialog.waitFor();
    await page.goBack();
    await dialog.waitFor({ state: 'detached' });
    expect(page.url()).toContain('/insight?range=all');
    expect(errors).toEqual([]);
  });

  test('the keyboard changes a chart into its table, where each number opens as many conversations', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist', '/insight?range=all');
    const { page } = opened;
    const funnel = page.getByRole('region', { name: 'Funnel' });
    await funnel.getByRole('tab', { name: 'Chart' }).focus();
    await page.keyboard.press('ArrowRight');
    const row = funnel.getByRole('row').filter({ hasText: 'Qualification' }).first();
    const link = row.getByRole('link').first();
    const entered = Number.parseInt(await link.innerText(), 10);
    const { stages } = await testConsole.server.baton.api.metrics.funnel.query({});
    expect(entered).toBe(stages.find((each) => each.stage === 'qualification')?.reached);
    await link.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Begun, and reached qualification' });
    await dialog.getByRole('link').first().waitFor();
    expect(await dialog.getByRole('link').count()).toBe(entered);
    expect(await accessibilityIssues(page, 'dialog-behind', { within: '[role=dialog]' })).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('the channel narrows every figure and stays in the address', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist', '/insight?range=all');
    const { page } = opened;
    const begun = page.getByRole('link', { name: /^Conversations: / });
    await begun.waitFor();
    await page.getByRole('combobox', { name: /^Channel/ }).click();
    await page.getByRole('option', { name: 'SMS' }).click();
    await page.waitForURL(/channel=sms/);
    await expect.poll(() => begun.innerText(), { timeout: 8_000 }).toBe('1');
    await page.reload();
    await expect.poll(() => begun.innerText(), { timeout: 8_000 }).toBe('1');
  });

  test('charts come with this page, not with the first one', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist');
    const { page } = opened;
    const loaded: string[] = [];
    page.on('response', (response) => loaded.push(response.url()));
    await page.reload();
    await page.getByText('Ana Petrov').first().waitFor();
    expect(loaded.filter((url) => url.includes('bar-chart'))).toEqual([]);
    await page.goto(`${testConsole.server.url}/insight?range=all`);
    await page.locator('.recharts-bar-rectangle').first().waitFor();
    expect(loaded.filter((url) => url.includes('bar-chart'))).not.toEqual([]);
  });

  test('axe finds nothing in either theme, wide or narrow, and nothing runs out of the page', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist', '/insight?range=all');
    const { page, errors } = opened;
    await page.locator('.recharts-bar-rectangle').nth(8).waitFor();
    await page.getByRole('region', { name: 'Cost' }).locator('.recharts-bar-rectangle').first().waitFor();
    expect(await accessibilityIssues(page, 'insight')).toEqual([]);
    expect(errors).toEqual([]);
  });
});
