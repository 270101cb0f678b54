// @vitest-environment node
import { isRefused } from '@baton/client';
import { AgentId } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from './chromium.ts';
import { createLongSale, MARIA, TOMASZ } from './sample-data.ts';
import { openTestConsole, takeScreenshot, type TestConsole } from './test-console.ts';

const CLOSER = AgentId.parse('closer');

describe.skipIf(CHROMIUM === undefined)('handoffs in a real browser', () => {
  let testConsole: TestConsole;
  beforeAll(async () => {
    testConsole = await openTestConsole();
  });
  afterAll(() => testConsole[Symbol.asyncDispose]());

  /** A new sale for one test. */
  const createSale = (name: string) => createLongSale(testConsole.server.baton, Date.now(), name);

  test('the band and the relay show who held the conversation, and why it changed hands', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${testConsole.sale.id}`);
    const { page } = opened;
    const relay = page.getByRole('navigation', { name: 'Relay' });
    await relay.waitFor();
    expect(await relay.getByRole('button').allInnerTexts()).toEqual([
      'Supervisor',
      'Qualifier',
      expect.stringContaining('Closer'),
    ]);
    expect(await relay.locator('[aria-current="step"]').innerText()).toContain('Closer');
    for (const name of ['Held by Supervisor, AI', 'Held by Qualifier, AI', 'Held by Closer, AI']) {
      await page.getByRole('region', { name }).waitFor();
    }
    await page.getByText('Four answers met, asks for an offer').first().waitFor();
    await page.getByText('0.91').waitFor();
    await page.getByRole('button', { name: 'Brief' }).click();
    await page.getByText('Quote the clinic plan at 890 with setup included').waitFor();
  });

  test('a person takes over and speaks; the AI that held it is refused; then it is given back', async () => {
    const { id: conversationId } = await createSale('Takeover Clinic');
    const { api } = testConsole.server.baton;
    await using opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}`);
    const { page, errors } = opened;
    await page.getByText('Closer (AI) holds this conversation.').waitFor();
    const before = await api.conversations.get.query({ conversationId });
    await page.keyboard.press('t');
    await page.getByText('You hold Takeover Clinic now.').first().waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Closer (AI) holds this conversation.').waitFor();
    await page.getByText('The takeover was undone').first().waitFor();
    await page.keyboard.press('t');
    await page.getByText('Closer’s next reply will be refused.').waitFor();
    await page.getByRole('region', { name: 'Held by You, Person' }).last().waitFor();
    // The page shows it before the server has answered.
    await expect
      .poll(async () => (await api.conversations.get.query({ conversationId })).owner.agentId)
      .toBe(MARIA);

    const refused = await api.messages.append
      .mutate({
        conversationId,
        clientMessageId: 'late-reply',
        author: { kind: 'agent', agentId: CLOSER },
        ownerEpoch: before.owner.epoch,
        text: 'Here is the agreement.',
      })
      .then(
        () => false,
        (error: unknown) => isRefused(error, 'STALE_OWNER'),
      );
    expect(refused).toBe(true);

    await page.keyboard.press('r');
    await page.keyboard.type('They are kept in Stockholm, and only you can read them.');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('log').getByText('They are kept in Stockholm').waitFor();
    await expect
      .poll(async () => (await api.conversations.get.query({ conversationId })).lastMessage)
      .toMatchObject({ author: { agentId: MARIA }, preview: expect.stringContaining('Stockholm') });
    expect(await page.getByLabel('Reply to Takeover Clinic').inputValue()).toBe('');
    // What was refused stands in the timeline, with why.
    await page.getByText('Here is the agreement.').waitFor();
    await page.getByText('Closer’s reply was refused, because you held the conversation.').waitFor();

    await page.getByRole('button', { name: 'Give back to Closer' }).click();
    await page.getByText('Closer (AI) holds this conversation.').waitFor();
    await expect
      .poll(async () => (await api.conversations.get.query({ conversationId })).owner.agentId)
      .toBe(CLOSER);
    expect(errors).toEqual([]);
  });

  test('taking over from a person asks for a reason first, and sends what was written', async () => {
    const { id: conversationId } = await createSale('Two Persons Clinic');
    const { api } = testConsole.server.baton;
    await api.handoffs.takeover.mutate({ conversationId, by: TOMASZ });
    const ownerId = async () => (await api.conversations.get.query({ conversationId })).owner.agentId;
    await using opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}`);
    const { page } = opened;
    await page.getByText('Tomasz Reyes (Person) holds this conversation.').waitFor();
    await page.keyboard.press('t');
    const dialog = page.getByRole('dialog', { name: 'Take over from Tomasz Reyes' });
    await dialog.getByText(/Tomasz Reyes has held it for/).waitFor();
    expect(await dialog.getByRole('button', { name: 'Take over' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await ownerId()).toBe(TOMASZ);

    await page.getByLabel('Reply to Two Persons Clinic').fill('I can answer that.');
    await page.getByRole('button', { name: 'Take over and send' }).click();
    await dialog.getByLabel('Why').fill('Tomasz is on the road');
    await dialog.getByRole('button', { name: 'Take over' }).click();
    await page.getByRole('log').getByText('I can answer that.').waitFor();
    await page.getByText('Tomasz is on the road').first().waitFor();
    await expect.poll(ownerId).toBe(MARIA);
  });

  test('one press takes over and sends what was written before', async () => {
    const { id: conversationId } = await createSale('One Press Clinic');
    await using opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}`);
    const { page } = opened;
    await page.getByLabel('Reply to One Press Clinic').fill('I am on it.');
    await page.getByRole('button', { name: 'Take over and send' }).click();
    await page.getByRole('log').getByText('I am on it.').waitFor();
    await page.getByText('You hold it.').waitFor();
  });

  test('a draft that is overtaken stays in the box, with the reason', async () => {
    const { id: conversationId } = await createSale('Overtaken Clinic');
    const { api } = testConsole.server.baton;
    await using opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}`);
    const { page } = opened;
    await page.getByText('Closer (AI) holds').waitFor();
    await page.keyboard.press('t');
    await page.getByText('You hold it.').waitFor();
    // Tomasz takes over just before Maria's message arrives.
    await page.route('**/trpc/messages.append**', async (route) => {
      await api.handoffs.takeover.mutate({ conversationId, by: TOMASZ, reason: 'She asked for me' });
      await route.continue();
    });
    await page.getByLabel('Reply to Overtaken Clinic').fill('My careful answer.');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').getByText('Not sent.').waitFor();
    expect(await page.getByLabel('Reply to Overtaken Clinic').inputValue()).toBe('My careful answer.');
    expect(await page.getByRole('log').getByText('My careful answer.').count()).toBe(0);
    await page.getByText('Tomasz Reyes (Person) holds this conversation.').waitFor();
    await takeScreenshot(page, 'refused-draft-1440-light');
  });

  test('a handoff that was asked for is accepted, or declined, where it stands in the relay', async () => {
    const { id: conversationId } = await createSale('Asked Clinic');
    const { api } = testConsole.server.baton;
    await using opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}`);
    const { page } = opened;
    const relay = page.getByRole('navigation', { name: 'Relay' });
    const ask = () =>
      api.handoffs.request.mutate({
        conversationId,
        from: CLOSER,
        to: MARIA,
        reason: 'Asks for a person',
        trigger: 'user_intent',
      });
    const handOver = page.getByRole('button', { name: 'Hand over' });
    await handOver.waitFor();
    await ask();
    await relay.getByText(/^Youwere asked just now/).waitFor();
    expect(await handOver.count()).toBe(0);
    await relay.getByRole('button', { name: 'Decline' }).click();
    await expect.poll(() => relay.getByRole('button', { name: 'Decline' }).count()).toBe(0);
    await page.getByText('Maria Lindqvist declined').waitFor();
    await handOver.waitFor();
    // The page shows it before the server has answered.
    await expect
      .poll(async () => (await api.conversations.get.query({ conversationId })).pendingHandoff)
      .toBeNull();
    await ask();
    await relay.getByRole('button', { name: 'Accept' }).click();
    await page.getByText('You hold it.').waitFor();
    await expect
      .poll(async () => (await api.conversations.get.query({ conversationId })).owner.agentId)
      .toBe(MARIA);
  });

  test('a person asks a colleague with a brief, and the colleague reads it and accepts', async () => {
    const { id: conversationId } = await createSale('Brief Clinic');
    await using maria = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}`);
    await maria.page.getByText('Closer (AI) holds').waitFor();
    await maria.page.keyboard.press('t');
    await maria.page.getByText('You hold it.').waitFor();
    await maria.page.keyboard.press('h');
    const dialog = maria.page.getByRole('dialog', { name: 'Hand over' });
    await dialog.getByRole('combobox', { name: 'To' }).click();
    await maria.page.getByRole('option', { name: 'Tomasz Reyes' }).click();
    await dialog.getByLabel('Why').fill('He knows the booking system');
    await dialog.getByRole('button', { name: 'Brief for the next owner' }).click();
    await dialog.getByLabel('Goal').fill('A signed agreement');
    await dialog.getByLabel('Facts, a line each').fill('120 messages a day #8');
    await dialog.getByLabel('Next step').fill('Call her at four');
    await dialog.getByRole('button', { name: 'Ask', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await maria.page.getByText('Tomasz Reyes was asked to take it; you speak until then.').waitFor();

    await using tomasz = await testConsole.openAs('Tomasz Reyes', `/inbox/${conversationId}`);
    await tomasz.page.getByText('Call her at four').waitFor();
    await tomasz.page.getByRole('button', { name: 'Accept' }).click();
    await tomasz.page.getByText('You hold it.').waitFor();
    await maria.page.getByText('Tomasz Reyes (Person) holds this conversation.').waitFor();
  });
});
