// @vitest-environment node
import { isRefused } from '@baton/client';
import { timestamp } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '../../e2e/chromium.ts';
import { createLongSale, MARIA } from '../../e2e/sample-data.ts';
import { accessibilityIssues, openTestConsole, type TestConsole } from '../../e2e/test-console.ts';

const HOUR = 3_600_000;

describe.skipIf(CHROMIUM === undefined)('Work in a real browser', () => {
  let testConsole: TestConsole;
  beforeAll(async () => {
    testConsole = await openTestConsole();
  });
  afterAll(() => testConsole[Symbol.asyncDispose]());

  /** A conversation with a follow-up that is late by an hour, and a handoff that waits for Maria. */
  async function createWork(contactId: string) {
    const { api } = testConsole.server.baton;
    const sale = await createLongSale(testConsole.server.baton, Date.now(), contactId);
    await api.followUps.schedule.mutate({
      conversationId: sale.id,
      type: 'nurture',
      dueAt: timestamp(Date.now() - HOUR),
      assignee: MARIA,
      context: 'Send the case study',
    });
    await api.handoffs.request.mutate({
      conversationId: sale.id,
      from: sale.owner.agentId,
      to: MARIA,
      reason: 'She asks for a person',
      trigger: 'user_intent',
      confidence: 0.6,
      brief: { goal: 'Answer about patient data', done: [], open: [], facts: [], nextStep: 'Call her' },
    });
    return sale;
  }

  test('a late follow-up is snoozed from its row, and moves to the day it is due', async () => {
    await createWork('Nils Berg');
    await using opened = await testConsole.openAs('Maria Lindqvist', '/work?of=maria');
    const { page, errors } = opened;
    const overdue = page.getByRole('region', { name: 'Overdue' });
    const row = overdue.getByRole('listitem').filter({ hasText: 'Nils Berg' });
    await row.getByText('Send the case study').waitFor();
    await row.getByRole('button', { name: 'Snooze' }).click();
    await page.getByRole('menuitem', { name: /^Tomorrow/ }).click();
    await page.mouse.move(0, 0);
    const tomorrow = page.getByRole('region', { name: 'Tomorrow' });
    await tomorrow.getByText('Send the case study').waitFor();
    expect(await overdue.getByText('Nils Berg').count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test('a follow-up is done from its row, by keyboard, and is done for everybody', async () => {
    const sale = await createWork('Rut Dahl');
    await using opened = await testConsole.openAs('Maria Lindqvist', '/work?of=maria');
    const { page } = opened;
    const row = page
      .getByRole('listitem')
      .filter({ hasText: 'Rut Dahl' })
      .filter({ hasText: 'Send the case study' });
    await row.getByRole('button', { name: 'Done' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Follow-up done.').first().waitFor();
    await expect.poll(() => row.count(), { timeout: 8_000 }).toBe(0);
    const kept = async () => {
      const { items } = await testConsole.server.baton.api.followUps.list.query({ conversationId: sale.id });
      return items.find(({ context: note }) => note === 'Send the case study');
    };
    await expect.poll(kept).toMatchObject({ status: 'completed', attempts: 1 });
  });

  test('a cancelled follow-up goes, and comes back where that is undone', async () => {
    const sale = await createWork('Karin Holm');
    await using opened = await testConsole.openAs('Maria Lindqvist', '/work?of=maria');
    const { page } = opened;
    const row = page
      .getByRole('listitem')
      .filter({ hasText: 'Karin Holm' })
      .filter({ hasText: 'Send the case study' });
    await row.getByRole('button', { name: 'Cancel the follow-up' }).click();
    await page.mouse.move(0, 0);
    await expect.poll(() => row.count(), { timeout: 8_000 }).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await row.waitFor();
    const kept = async () => {
      const { items } = await testConsole.server.baton.api.followUps.list.query({ conversationId: sale.id });
      return items.filter(({ context: note }) => note === 'Send the case study').map(({ status }) => status);
    };
    await expect.poll(async () => (await kept()).toSorted()).toEqual(['cancelled', 'open']);
  });

  test('an accepted handoff gives the person the conversation', async () => {
    const sale = await createWork('Elsa Lund');
    await using opened = await testConsole.openAs('Maria Lindqvist', '/work?of=maria');
    const { page } = opened;
    const row = page
      .getByRole('listitem')
      .filter({ hasText: 'Elsa Lund' })
      .filter({ hasText: 'She asks for a person' });
    await row.getByText('Brief: Answer about patient data').click();
    await row.getByText('Call her').waitFor();
    await row.getByRole('button', { name: 'Accept' }).click();
    await page.getByText('You hold Elsa Lund now.').first().waitFor();
    await page.mouse.move(0, 0);
    await expect.poll(() => row.count(), { timeout: 8_000 }).toBe(0);
    const ownerNow = async () =>
      (await testConsole.server.baton.api.conversations.get.query({ conversationId: sale.id })).owner.agentId;
    await expect.poll(ownerNow).toBe('maria');
  });

  test('a handoff that ended meanwhile leaves the list by itself, though not from under the pointer', async () => {
    const sale = await createWork('Olof Ek');
    await using opened = await testConsole.openAs('Maria Lindqvist', '/work?of=maria');
    const { page } = opened;
    const row = page
      .getByRole('listitem')
      .filter({ hasText: 'Olof Ek' })
      .filter({ hasText: 'She asks for a person' });
    await row.waitFor();
    const handoffId = (
      await testConsole.server.baton.api.conversations.get.query({ conversationId: sale.id })
    ).pendingHandoff?.id;
    if (handoffId === undefined) throw new Error('No handoff is pending');
    const waitingForMaria = page.getByText(/things? waiting for you/).first();
    const before = await waitingForMaria.textContent();
    await row.hover();
    await testConsole.server.baton.api.handoffs.cancel.mutate({ handoffId });
    // The count in the navigation is read after the list would have been.
    await expect.poll(() => waitingForMaria.textContent()).not.toBe(before);
    await row.getByText('Ended').waitFor();
    await page.mouse.move(0, 0);
    await expect.poll(() => row.count(), { timeout: 8_000 }).toBe(0);
    const again = testConsole.server.baton.api.handoffs.accept.mutate({ handoffId, by: MARIA });
    await expect(again).rejects.toSatisfy((error) => isRefused(error, 'HANDOFF_NOT_PENDING'));
  });

  test('axe finds nothing in either theme, wide or narrow, and nothing runs out of the page', async () => {
    await createWork('Astrid Falk');
    await using opened = await testConsole.openAs('Maria Lindqvist', '/work');
    const { page, errors } = opened;
    await page.getByText('Send the case study').first().waitFor();
    expect(await accessibilityIssues(page, 'work')).toEqual([]);
    expect(errors).toEqual([]);
  });
});
