// @vitest-environment node
import type { ConversationId } from '@baton/schema';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '../../e2e/chromium.ts';
import { createLongSale, MARIA } from '../../e2e/sample-data.ts';
import { openTestConsole, type TestConsole } from '../../e2e/test-console.ts';

describe.skipIf(CHROMIUM === undefined)('a conversation in a real browser', () => {
  let testConsole: TestConsole;
  beforeAll(async () => {
    testConsole = await openTestConsole();
  });
  afterAll(() => testConsole[Symbol.asyncDispose]());

  const createSale = (name: string) => createLongSale(testConsole.server.baton, Date.now(), name);
  const fetchConversation = (conversationId: ConversationId) =>
    testConsole.server.baton.api.conversations.get.query({ conversationId });
  const openConversation = async (conversationId: ConversationId) => {
    const opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}`);
    await opened.page.getByText('holds this conversation').waitFor();
    return opened;
  };
  const detailsPanel = (page: Page) => page.getByRole('complementary', { name: 'Details' });

  /** Does something by typing its name. */
  async function runFromPalette(page: Page, name: string): Promise<void> {
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type(name);
    await page.keyboard.press('Enter');
  }

  /** Fills the dialog that is open, sends it by the keyboard, and waits until it is gone. */
  async function submitDialog(page: Page): Promise<void> {
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }

  test('a lost sale needs to say why, and a manager forces a move only with a reason', async () => {
    const { id } = await createSale('Lost Clinic');
    await using opened = await openConversation(id);
    const { page } = opened;
    await page.keyboard.press('s');
    const dialog = page.getByRole('dialog', { name: 'Move stage' });
    await dialog.getByRole('radio', { name: 'Lost', exact: true }).check();
    await dialog.getByRole('button', { name: 'Move to Lost' }).and(page.locator(':disabled')).waitFor();
    await dialog.getByLabel('Why it was lost').fill('They hire a third receptionist');
    await dialog.getByLabel('Reason (optional)').fill('She called');
    await submitDialog(page);
    await expect.poll(() => fetchConversation(id)).toMatchObject({ stage: 'closed_lost' });
    await detailsPanel(page).getByText('Lost after 1 day').waitFor();

    await page.keyboard.press('s');
    await dialog.getByRole('checkbox', { name: /^Force it/ }).check();
    await dialog.getByRole('radio', { name: 'Lead', exact: true }).check();
    await dialog.getByText('A forced move needs a reason').waitFor();
    await dialog.getByLabel('Why it is forced').fill('Closed by mistake');
    await submitDialog(page);
    await expect.poll(() => fetchConversation(id)).toMatchObject({ stage: 'lead' });
    const { items } = await testConsole.server.baton.api.conversations.timeline.query({
      conversationId: id,
      kinds: ['stage'],
      limit: 100,
    });
    expect(items).toContainEqual(
      expect.objectContaining({ to: 'lead', forced: true, reason: 'Closed by mistake' }),
    );
  });

  test('a won sale needs its deal, and a number that cannot be read is said where it stands', async () => {
    const { id } = await createSale('Won Clinic');
    await using opened = await openConversation(id);
    const { page } = opened;
    await runFromPalette(page, 'Change the deal');
    const deal = page.getByRole('dialog', { name: 'Deal' });
    await deal.getByLabel('Setup fee, in dollars').fill('a little');
    await deal.getByLabel('Discount, in percent').fill('120');
    await deal.getByLabel('Length, in months').fill('0.5');
    await deal.getByLabel('A month, in dollars').fill('nothing');
    await deal.getByText('An amount like 1,250 or 99.50').first().waitFor();
    await deal.getByText('0 to 100').waitFor();
    await deal.getByText('Whole months, 1 to 600').waitFor();
    await deal.getByLabel('Setup fee, in dollars').fill('250');
    await deal.getByLabel('Discount, in percent').fill('5');
    await deal.getByLabel('Length, in months').fill('');
    await deal.getByLabel('A month, in dollars').fill('910.50');
    await submitDialog(page);
    const { api } = testConsole.server.baton;
    await api.objections.raise.mutate({
      conversationId: id,
      type: 'timing',
      severity: 'low',
      text: 'Not before autumn',
      by: (await fetchConversation(id)).owner.agentId,
    });
    await api.messages.append.mutate({
      conversationId: id,
      clientMessageId: 'unanswered',
      author: { kind: 'customer' },
      text: 'Is setup included?',
    });
    await page.getByRole('log').getByText('Is setup included?').waitFor();
    const warnings = [
      '2 objections are still open: trust, timing.',
      'The customer’s last message has no answer yet.',
    ];
    await page.keyboard.press('e');
    const close = page.getByRole('dialog', { name: 'Close the conversation' });
    await close.getByText('Needs: payment method').waitFor();
    for (const warning of warnings) await close.getByText(warning).waitFor();
    await close.getByRole('button', { name: 'Close as won anyway' }).waitFor();
    await close.getByRole('radio', { name: 'Deal lost' }).click();
    expect(await close.getByText(/still open|no answer yet/).count()).toBe(0);
    await page.keyboard.press('Escape');

    await page.keyboard.press('s');
    const move = page.getByRole('dialog', { name: 'Move stage' });
    await move.getByRole('radio', { name: 'Won', exact: true }).check();
    await move.getByText('Needs: payment method').first().waitFor();
    for (const warning of warnings) await move.getByText(warning).waitFor();
    const force = move.getByRole('checkbox', { name: /^Force it/ });
    await force.check();
    await move.getByText('It goes on without: payment method.').waitFor();
    await force.uncheck();
    await move.getByRole('combobox', { name: 'Payment method' }).click();
    await page.getByRole('option', { name: 'Credit card' }).click();
    await move.getByRole('button', { name: 'Move to Won anyway' }).click();
    await move.waitFor({ state: 'detached' });
    await expect
      .poll(() => fetchConversation(id))
      .toMatchObject({
        stage: 'closed_won',
        deal: {
          monthlyValueCents: 91_050,
          setupFeeCents: 25_000,
          contractMonths: null,
          discountPercent: 5,
          paymentMethod: 'credit_card',
        },
      });
  });

  test('an objection is noted from the message, put off with a follow-up, and resolved into a stage', async () => {
    const { id } = await createSale('Objecting Clinic');
    await using opened = await openConversation(id);
    const { page } = opened;
    const said = page.getByRole('listitem').filter({ hasText: 'something like 800 to 1,000' }).last();
    await said.hover();
    await said.getByRole('button', { name: /^Actions for message/ }).click();
    await page.getByRole('menuitem', { name: 'Note an objection' }).click();
    const noted = page.getByRole('dialog', { name: 'Note an objection' });
    expect(await noted.getByLabel('In the customer’s words').inputValue()).toContain('800 to 1,000');
    await noted.getByRole('radio', { name: 'High' }).click();
    await submitDialog(page);
    const row = detailsPanel(page).getByRole('listitem').filter({ hasText: '800 to 1,000' });
    await row.getByText('High severity').waitFor();

    await row.getByRole('button', { name: 'Put off' }).click();
    const later = page.getByRole('dialog', { name: 'Put off the price objection' });
    await later.getByText('Say why').waitFor();
    await later.getByLabel('Why').fill('Her partner is away');
    await later.getByText('Say when to come back to it').waitFor();
    await later.getByRole('button', { name: 'In three days' }).click();
    await submitDialog(page);
    await row.getByText('Put off: Her partner is away').waitFor();
    await expect
      .poll(async () => (await fetchConversation(id)).followUps.map(({ type }) => type))
      .toContain('objection_follow_up');

    await row.getByRole('button', { name: 'Resolve' }).click();
    const resolved = page.getByRole('dialog', { name: 'Resolve the price objection' });
    await resolved.getByLabel('How it was answered').fill('A smaller plan');
    await resolved.getByLabel('Notes (optional)').fill('For the first year');
    await resolved.getByLabel(/^Confidence/).press('ArrowRight');
    await resolved.getByRole('combobox', { name: 'Stage' }).click();
    await page.getByRole('option', { name: 'Objections' }).click();
    await submitDialog(page);
    await expect.poll(() => fetchConversation(id)).toMatchObject({ stage: 'objection_handling' });
  });

  test('a follow-up is put off, then cancelled with a reason', async () => {
    const { id } = await createSale('Later Clinic');
    await using opened = await openConversation(id);
    const { page } = opened;
    const row = detailsPanel(page).getByRole('listitem').filter({ hasText: 'Ask whether the agreement' });
    await row.getByRole('button', { name: 'Put off' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'In three days' }).click();
    await submitDialog(page);
    await page.getByText('Follow-up put off: try to close').first().waitFor();
    await row.getByRole('button', { name: 'Cancel' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel the follow-up' });
    await dialog.getByRole('radio', { name: 'It is not needed' }).click();
    await dialog.getByLabel('Because (optional)').fill('It has arrived');
    await submitDialog(page);
    await expect.poll(async () => (await fetchConversation(id)).followUps).toEqual([]);
    await page.keyboard.press('f');
    const again = page.getByRole('dialog', { name: 'Schedule a follow-up' });
    await again.getByRole('checkbox', { name: 'the stage changes' }).check();
    await again.getByRole('checkbox', { name: 'the customer writes' }).uncheck();
    await again.getByRole('combobox', { name: 'Who does it' }).click();
    await page.getByRole('option', { name: 'Whoever is free' }).click();
    await submitDialog(page);
    await expect
      .poll(async () => (await fetchConversation(id)).followUps)
      .toMatchObject([{ assignee: null, cancelOn: ['close', 'stage_change'] }]);
  });

  test('tags are changed, a message is redacted, and the timeline says both', async () => {
    const { id } = await createSale('Private Clinic');
    await using opened = await openConversation(id);
    const { page } = opened;
    await detailsPanel(page).getByRole('button', { name: 'Change tags' }).click();
    await page.getByLabel('Separated by commas').fill('clinic, two doctors, clinic');
    await submitDialog(page);
    await page.getByText('Tags: clinic, two doctors').first().waitFor();
    const said = page.getByRole('listitem').filter({ hasText: 'I decide about anything under' }).last();
    await said.hover();
    await said.getByRole('button', { name: /^Actions for message/ }).click();
    await page.getByRole('menuitem', { name: 'Redact' }).click();
    await page.getByRole('dialog').getByLabel('Why (optional)').fill('She asked for it');
    await page.getByRole('dialog').getByRole('button', { name: 'Redact' }).click();
    await page
      .getByText(/was redacted: She asked for it/)
      .first()
      .waitFor();
    expect(await page.getByText('I decide about anything under').count()).toBe(0);
  });

  test('a conversation is paused, resumed and abandoned, and one that is closed takes no words', async () => {
    const { id } = await createSale('Quiet Clinic');
    await using opened = await openConversation(id);
    const { page } = opened;
    await runFromPalette(page, 'Pause');
    await expect.poll(async () => (await fetchConversation(id)).status).toBe('scheduled');
    await runFromPalette(page, 'Resume');
    await expect.poll(async () => (await fetchConversation(id)).status).toBe('active');
    await page.keyboard.press('t');
    await page.getByText('You hold it.').waitFor();
    await runFromPalette(page, 'Give it back');
    await page.getByText('Closer (AI) holds this conversation.').waitFor();
    await page.keyboard.press('e');
    const close = page.getByRole('dialog', { name: 'Close the conversation' });
    await close.getByRole('radio', { name: /lost/i }).click();
    await close.getByLabel('Why it was lost').fill('No budget this year');
    await submitDialog(page);
    await expect
      .poll(() => fetchConversation(id))
      .toMatchObject({ status: 'completed', stage: 'closed_lost' });
    await runFromPalette(page, 'Reopen');
    await expect.poll(async () => (await fetchConversation(id)).status).toBe('active');
    await expect.poll(async () => (await fetchConversation(id)).owner.agentId).not.toBe(MARIA);
  });

  test('a request that was made is withdrawn, or declined with a reason', async () => {
    const { id } = await createSale('Withdrawn Clinic');
    const { api } = testConsole.server.baton;
    await using opened = await openConversation(id);
    const { page } = opened;
    await page.keyboard.press('t');
    await page.getByText('You hold it.').waitFor();
    await page.keyboard.press('h');
    const dialog = page.getByRole('dialog', { name: 'Hand over' });
    await dialog.getByRole('combobox', { name: 'To' }).click();
    await page.getByRole('option', { name: 'Tomasz Reyes' }).click();
    await dialog.getByLabel('Why').fill('He knows her');
    await dialog.getByRole('button', { name: 'Ask', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('navigation', { name: 'Relay' }).getByRole('button', { name: 'Withdraw' }).click();
    await page.getByText('The request to Tomasz Reyes was withdrawn').first().waitFor();
    await expect
      .poll(async () => (await api.conversations.get.query({ conversationId: id })).pendingHandoff)
      .toBeNull();
  });

  test('the list is narrowed by status, owner and channel, and ordered, and each is taken back', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist');
    const { page } = opened;
    const rows = page.locator('[data-conversation]');
    await page.getByText('Jonas Weber').waitFor();
    const narrow = async (menu: string, item: string) => {
      await page.getByRole('button', { name: 'Filter', exact: true }).click();
      await page.getByRole('menuitem', { name: menu }).click();
      await page.getByRole('menuitem', { name: item, exact: true }).click();
    };
    await narrow('Channel', 'SMS');
    await page.waitForURL(/channel=sms/);
    await expect.poll(() => rows.count()).toBe(1);
    await narrow('Channel', 'SMS');
    await narrow('Owner', 'Maria Lindqvist');
    await page.waitForURL(/agent=maria/);
    await page.getByText('Dmitri Volkov').waitFor();
    await narrow('Owner', 'Maria Lindqvist');
    await narrow('Status', 'Abandoned');
    await page.waitForURL(/status=abandoned/);
    await expect.poll(() => rows.count()).toBe(0);
    await narrow('Status', 'Any status');
    await page.getByText('Jonas Weber').waitFor();
    await page.getByRole('button', { name: 'Order' }).click();
    await page.getByRole('menuitem', { name: 'Longest waiting first' }).click();
    await page.waitForURL(/sort=waiting/);
  });

  test('the list is narrowed by a tag, a wait and a due follow-up, and each is taken back', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist');
    const { page } = opened;
    await page.getByText('Jonas Weber').waitFor();
    const open = async (menu: string) => {
      await page.getByRole('button', { name: 'Filter', exact: true }).click();
      await page.getByRole('menuitem', { name: menu }).click();
    };
    const dialog = page.getByRole('dialog', { name: 'Filter by tag' });
    await open('Tag …');
    await dialog.getByLabel('Tag', { exact: true }).fill('nobody has it');
    await dialog.getByRole('button', { name: 'Show' }).click();
    await page.getByText('No conversation fits these filters.').waitFor();
    await open('Tag …');
    await dialog.getByLabel('Tag', { exact: true }).fill('');
    await dialog.getByRole('button', { name: 'Any tag' }).click();
    await page.getByText('Jonas Weber').waitFor();
    await open('Tag …');
    await dialog.getByRole('list', { name: 'Tags in use' }).getByRole('button', { name: 'clinic' }).click();
    await page.waitForURL(/tag=clinic/);
    await page.getByRole('button', { name: /^Remove filter .*clinic/ }).click();

    for (const [menu, part] of [
      ['Waits longer than', /waits=/],
      ['Follow-up', /due=/],
    ] as const) {
      const first = page.getByRole('menu').last().getByRole('menuitem').first();
      await open(menu);
      await first.click();
      await page.waitForURL(part);
      await open(menu);
      await first.click();
      await page.waitForURL((url) => !part.test(url.search));
    }
  });

  test('what comes with a message is shown: files, calls of tools and their answers', async () => {
    const { id } = await createSale('Files Clinic');
    const { api } = testConsole.server.baton;
    const { owner, lastSeq } = await fetchConversation(id);
    await api.messages.append.mutate({
      conversationId: id,
      clientMessageId: 'with parts',
      author: { kind: 'agent', agentId: owner.agentId },
      text: 'The agreement is attached.',
      inReplyTo: lastSeq,
      parts: [
        { type: 'attachment', url: 'https://files.example/agreement.pdf', name: 'Agreement' },
        { type: 'attachment', url: 's3://agreements/1' },
        { type: 'tool_call', callId: '1', name: 'draft_agreement', arguments: '{"months":12}' },
        { type: 'tool_result', callId: '1', result: 'Drafted' },
      ],
    });
    await using opened = await openConversation(id);
    const { page } = opened;
    await page.getByRole('link', { name: 'Agreement', exact: true }).waitFor();
    await page.getByText('s3://agreements/1').waitFor();
    expect(await page.getByRole('link', { name: 's3://agreements/1' }).count()).toBe(0);
    await page.getByText('Called draft_agreement').click();
    await page.getByText('{"months":12}').waitFor();
    await page.getByText('The tool answered').click();
    await page.getByText('Drafted', { exact: true }).waitFor();
  });

  test('an answer is recorded with what proves it and how sure it is', async () => {
    const { id } = await createSale('Answering Clinic');
    await using opened = await openConversation(id);
    const { page } = opened;
    const said = page.getByRole('listitem').filter({ hasText: 'It should run before the autumn' }).last();
    await said.hover();
    await said.getByRole('button', { name: /^Actions for message/ }).click();
    await page.getByRole('menuitem', { name: 'Use as evidence' }).click();
    const dialog = page.getByRole('dialog', { name: 'Record an answer' });
    await dialog.getByRole('radio', { name: 'Budget' }).click();
    await dialog.getByLabel('At least, in dollars (optional)').fill('some');
    await dialog.getByText('The amount cannot be read').waitFor();
    await dialog.getByLabel('At least, in dollars (optional)').fill('800');
    await dialog.getByRole('radio', { name: 'Authority' }).click();
    await dialog.getByRole('checkbox', { name: 'Somebody else must approve' }).check();
    await dialog.getByRole('radio', { name: 'Timeline' }).click();
    await dialog.getByRole('radio', { name: 'High' }).click();
    await dialog.getByRole('radio', { name: 'No', exact: true }).click();
    await dialog.getByRole('radio', { name: 'Hypothesis' }).click();
    await dialog.getByLabel(/^Confidence/).press('ArrowLeft');
    await submitDialog(page);
    await expect
      .poll(async () => (await fetchConversation(id)).qualification.timeline)
      .toMatchObject({ verdict: false, urgency: 'high', certainty: 'hypothesis', by: MARIA });
  });

  test('an address of no conversation says so, and the palette leads to the lists', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist', '/inbox/0123456789abcdef01234567');
    const { page } = opened;
    await page.getByText('It may belong to another tenant, or the link is not whole.').waitFor();
    await page.goto(`${testConsole.server.url}/inbox/nonsense`);
    await page.getByText('It may belong to another tenant, or the link is not whole.').waitFor();
    await runFromPalette(page, 'My conversations');
    await page.waitForURL(/agent=maria/);
    await runFromPalette(page, 'Who waits longest');
    await page.waitForURL(/sort=waiting/);
    await runFromPalette(page, 'All active conversations');
    await page.waitForURL((url) => url.search === '');
  });
});
