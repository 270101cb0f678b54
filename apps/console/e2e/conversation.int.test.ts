// @vitest-environment node
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from './chromium.ts';
import { createLongSale, MARIA } from './sample-data.ts';
import { openTestConsole, type TestConsole } from './test-console.ts';

describe.skipIf(CHROMIUM === undefined)('the work on a conversation in a real browser', () => {
  let testConsole: TestConsole;
  beforeAll(async () => {
    testConsole = await openTestConsole();
  });
  afterAll(() => testConsole[Symbol.asyncDispose]());

  /** A new sale for one test. */
  const createSale = (name: string) => createLongSale(testConsole.server.baton, Date.now(), name);

  test('a note is for the team alone, whoever holds the conversation', async () => {
    const { id: conversationId } = await createSale('Note Clinic');
    await using opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}`);
    const { page } = opened;
    await page.getByText('Closer (AI) holds').waitFor();
    await page.keyboard.press('n');
    await page.keyboard.type('Her partner signs on Fridays only.');
    await page.keyboard.press('Control+Enter');
    const note = page
      .getByRole('log')
      .getByRole('listitem')
      .filter({ hasText: 'Her partner signs on Fridays only.' })
      .last();
    await note.getByText('Internal').waitFor();
  });

  test('a stage says what it needs before it is tried, and opens once the four answers are met', async () => {
    const { api } = testConsole.server.baton;
    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: 'Blocked Bakery',
      channel: 'web',
      initialMessage: { text: 'We need it by June and have 500 a month.' },
    });
    await api.stages.transition.mutate({ conversationId, to: 'qualification' });
    await using opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}`);
    const { page } = opened;
    const panel = page.getByRole('complementary', { name: 'Details' });
    const next = panel.getByRole('list', { name: 'Next stages' });
    const qualified = next.getByRole('listitem').filter({ hasText: 'Qualified' });
    await qualified.getByText('Needs:').waitFor();
    expect((await qualified.innerText()).replaceAll('\n', ' ')).toContain(
      'Needs: budget, authority, need, timeline',
    );

    const answers = [
      ['budget', 'What they can spend', '500 a month'],
      ['authority', 'Their role in the decision', 'Owner'],
      ['need', 'What hurts, a line each', 'Nobody answers at night'],
      ['timeline', 'When', 'By June'],
    ] as const;
    for (const [field, label, detail] of answers) {
      await qualified.getByRole('button', { name: field }).click();
      const dialog = page.getByRole('dialog', { name: 'Record an answer' });
      await dialog.getByLabel(label, { exact: true }).fill(detail);
      if (field === 'budget') await dialog.getByRole('checkbox', { name: 'We need it by June' }).check();
      if (field === 'timeline') await dialog.getByRole('checkbox', { name: 'Move to Qualified' }).uncheck();
      await dialog.getByRole('button', { name: `Record ${field}` }).click();
      await dialog.waitFor({ state: 'detached' });
    }
    await panel.getByText('500 a month').waitFor();
    await next.getByRole('button', { name: 'Qualified' }).click();
    await expect
      .poll(async () => (await api.conversations.get.query({ conversationId })).stage)
      .toBe('qualified');
    const { qualification } = await api.conversations.get.query({ conversationId });
    expect(qualification.budget).toMatchObject({
      verdict: true,
      value: '500 a month',
      evidence: [{ seq: 2 }],
      by: MARIA,
    });
    await panel.getByText('Qualified for').waitFor();
  });

  test('words that are marked in the timeline record an answer, which shows them again', async () => {
    const { api } = testConsole.server.baton;
    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: 'Marked Bakery',
      channel: 'web',
      initialMessage: { text: 'We have 500 a month for it, and need it by June.' },
    });
    await using opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}`);
    const { page } = opened;
    const said = page.locator('[data-message-seq="2"]');
    await said.waitFor();
    await said.evaluate((element) => {
      const text = element.firstChild ?? element;
      getSelection()?.setBaseAndExtent(text, 8, text, 19);
    });
    await page
      .getByRole('toolbar', { name: 'Record the marked words' })
      .getByRole('button', { name: 'Budget' })
      .click();
    const dialog = page.getByRole('dialog', { name: 'Record an answer' });
    expect(await dialog.getByLabel('What they can spend').inputValue()).toBe('500 a month');
    await dialog.getByRole('button', { name: 'Record budget' }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect
      .poll(async () => (await api.conversations.get.query({ conversationId })).qualification.budget)
      .toMatchObject({ value: '500 a month', evidence: [{ seq: 2, start: 8, end: 19 }] });

    const panel = page.getByRole('complementary', { name: 'Details' });
    await panel.getByRole('button', { name: '500 a month' }).click();
    await expect.poll(() => said.locator('mark').allInnerTexts()).toEqual(['500 a month']);
  });

  test('a follow-up is promised from the conversation', async () => {
    const { id: conversationId } = await createSale('Promised Clinic');
    const { api } = testConsole.server.baton;
    await using opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}`);
    const { page } = opened;
    await page.getByText('Closer (AI) holds').waitFor();
    await page.keyboard.press('f');
    const dialog = page.getByRole('dialog', { name: 'Schedule a follow-up' });
    await dialog.getByRole('button', { name: 'In three days' }).click();
    await dialog.getByLabel('What to know then').fill('Her partner is back then');
    await dialog.getByRole('button', { name: 'Schedule' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page
      .getByRole('complementary', { name: 'Details' })
      .getByText('Her partner is back then')
      .waitFor();
    await expect
      .poll(async () => (await api.conversations.get.query({ conversationId })).followUps)
      .toContainEqual(
        expect.objectContaining({
          context: 'Her partner is back then',
          assignee: MARIA,
          cancelOn: ['customer_reply', 'close'],
        }),
      );
  });

  test('an objection is noted and resolved, and a deal is closed as won', async () => {
    const { id: conversationId } = await createSale('Closing Clinic');
    const { api } = testConsole.server.baton;
    await using opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}`);
    const { page } = opened;
    const panel = page.getByRole('complementary', { name: 'Details' });
    await panel.getByText('Are patient data safe with you?').waitFor();
    await panel.getByRole('button', { name: 'Resolve' }).click();
    const resolve = page.getByRole('dialog', { name: 'Resolve the trust objection' });
    await resolve.getByLabel('How it was answered').fill('Data stay in Sweden');
    await resolve.getByRole('button', { name: 'Resolve' }).click();
    await resolve.waitFor({ state: 'detached' });
    await panel.getByText('None open').waitFor();

    await page.keyboard.press('e');
    const close = page.getByRole('dialog', { name: 'Close the conversation' });
    await close.getByText('Needs: payment method').waitFor();
    expect(await close.getByRole('button', { name: 'Close as won' }).isDisabled()).toBe(true);
    await close.getByRole('combobox', { name: 'Payment method' }).click();
    await page.getByRole('option', { name: 'Wire transfer' }).click();
    await close.getByRole('button', { name: 'Close as won' }).click();
    await page.getByText('This conversation is completed. Reopen it to say more.').waitFor();
    // The page shows it before the server has answered.
    await expect
      .poll(() => api.conversations.get.query({ conversationId }))
      .toMatchObject({
        stage: 'closed_won',
        status: 'completed',
        deal: { monthlyValueCents: 89_000, paymentMethod: 'wire' },
      });
    await page.getByRole('button', { name: 'Reopen' }).click();
    await page.getByText('Closer (AI) holds this conversation.').waitFor();
  });

  test('what comes while somebody reads further up is counted and moves nothing', async () => {
    const { id: conversationId } = await createSale('Reading Clinic');
    const { api } = testConsole.server.baton;
    await using opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}`);
    const { page } = opened;
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.getByText('where are the patient data kept').waitFor();
    await timeline.evaluate(async (element) => {
      const scrolled = new Promise((resolve) => element.addEventListener('scroll', resolve, { once: true }));
      element.scrollTo({ top: 0 });
      await scrolled;
    });
    for (const text of ['Are you there?', 'I can wait.']) {
      await api.messages.append.mutate({
        conversationId,
        clientMessageId: text,
        author: { kind: 'customer' },
        text,
      });
    }
    await page.getByRole('button', { name: '2 new' }).waitFor();
    expect(await timeline.evaluate((element) => element.scrollTop)).toBe(0);
    await page.getByRole('button', { name: '2 new' }).click();
    await expect.poll(() => page.getByRole('button', { name: '2 new' }).count()).toBe(0);
  });

  test('an address leads to one message of a long conversation', async () => {
    const { api } = testConsole.server.baton;
    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: 'Long Talk',
      channel: 'web',
    });
    for (let turn = 0; turn < 4; turn += 1) {
      await api.messages.appendTurn.mutate({
        conversationId,
        messages: Array.from({ length: 100 }, (_, index) => ({
          clientMessageId: `turn-${turn}-${index}`,
          author: { kind: 'customer' as const },
          text: `Line ${turn * 100 + index}`,
        })),
      });
    }
    await using opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}?at=32`);
    const { page } = opened;
    const line = page.getByText('Line 30', { exact: true });
    await line.waitFor();
    await expect
      .poll(() =>
        line.evaluate((element) => {
          const { top, bottom } = element.getBoundingClientRect();
          return top > 80 && bottom < innerHeight;
        }),
      )
      .toBe(true);
  });
});
