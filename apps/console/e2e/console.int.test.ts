// @vitest-environment node
import { isRefused } from '@baton/client';
import { AgentId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { CHROMIUM } from './chromium.ts';
import { createLongSale, MARIA, registerPeople, TOMASZ } from './sample-data.ts';
import { accessibilityIssues, openTestConsole, takeScreenshot, type TestConsole } from './test-console.ts';
import { startTestServer } from './test-server.ts';

const CLOSER = AgentId.parse('closer');

describe.skipIf(CHROMIUM === undefined)('the console in a real browser', () => {
  let testConsole: TestConsole;
  beforeAll(async () => {
    testConsole = await openTestConsole();
  });
  afterAll(() => testConsole[Symbol.asyncDispose]());

  /** A sale of its own for one test. */
  const createSale = (name: string) => createLongSale(testConsole.server.baton, Date.now(), name);

  test('a link signs the browser in once, and leaves no token in the address', async () => {
    const link = await testConsole.server.signInLink();
    await using opened = await testConsole.openSignedOut();
    const { page, context } = opened;
    await page.goto(link);
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
    expect(page.url()).not.toContain('token');
    expect(await accessibilityIssues(page, 'who-are-you')).toEqual([]);

    await page.getByLabel('Somebody new').fill('Zoë Müller');
    await page.getByText('Your id will be zoe_muller.').waitFor();
    await page.getByRole('button', { name: 'Continue as Zoë Müller' }).click();
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    const cookies = await context.cookies();
    expect(cookies).toContainEqual(expect.objectContaining({ httpOnly: true, sameSite: 'Strict' }));
    await page.reload();
    await page.getByRole('navigation', { name: 'Views' }).waitFor();

    await using other = await testConsole.openSignedOut();
    await other.page.goto(link);
    await other.page.getByText('This link was used already').waitFor();
    expect(await accessibilityIssues(other.page, 'sign-in')).toEqual([]);
  });

  test('the list is filtered by what the address says, and back leads back', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist');
    const { page } = opened;
    const rows = page.locator('[data-conversation]');
    await page.getByText('Jonas Weber').waitFor();
    const all = await rows.count();
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('menuitem', { name: 'Stage' }).click();
    await page.getByRole('menuitem', { name: 'Objections' }).click();
    await page.waitForURL(/stage=objection_handling/);
    await expect.poll(() => rows.count()).toBe(1);
    expect(all).toBeGreaterThan(1);
    await page.reload();
    await page.getByText('Jonas Weber').waitFor();
    expect(await rows.count()).toBe(1);
    await page.goBack();
    await expect.poll(() => rows.count()).toBe(all);

    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Waits longer than' }).click();
    await page.getByRole('menuitem', { name: '1 d', exact: true }).click();
    await page.waitForURL(/waits=1440/);
    await page.getByText('Waits over 1 d').waitFor();
    await expect.poll(() => rows.count()).toBeLessThan(all);
    await page.getByRole('link', { name: 'Clear' }).click();
    await expect.poll(() => rows.count()).toBe(all);

    await page.getByRole('link', { name: 'Waiting', exact: true }).click();
    await page.waitForURL(/sort=waiting/);
    await expect.poll(() => rows.first().innerText()).toContain('Chen Wei');
  });

  test('the keyboard alone moves, opens, and goes back with the focus where it was', async () => {
    await using opened = await testConsole.openAs('Maria Lindqvist');
    const { page } = opened;
    await page.locator('[data-conversation]').first().waitFor();
    await page.keyboard.press('j');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.hasAttribute('data-conversation')))
      .toBe(true);
    await page.keyboard.press('j');
    const second = await page.locator('[data-conversation]').nth(1).getAttribute('data-conversation');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-conversation')))
      .toBe(second);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/inbox/${second}`);
    await page.getByRole('navigation', { name: 'Relay' }).waitFor();
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute('data-conversation') ?? null);
    await page.keyboard.press('h');
    await page.getByRole('dialog', { name: 'Hand over' }).waitFor();
    expect(await focused()).toBeNull();
    await page.keyboard.press('Escape');
    await expect.poll(focused).toBe(second);
    await page.keyboard.press('r');
    expect(await focused()).toBeNull();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.waitForURL('**/inbox');
    await expect.poll(focused).toBe(second);
    await page.keyboard.press('g');
    await page.keyboard.press('w');
    await page.waitForURL('**/work**');
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.waitForURL('**/inbox**');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'All keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('insig');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/insight**');
    await page.keyboard.press('/');
    await page.waitForURL('**/search**');
    await page.keyboard.press('Escape');
    for (const theme of ['light', 'dark']) {
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.type(`${theme} theme`);
      await page.keyboard.press('Enter');
      await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe(theme);
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('settings');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/settings**');
  });

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
    await page.getByText('Closer’s next reply will be refused.').waitFor();
    await page.getByRole('region', { name: 'Held by You, Person' }).waitFor();
    // The page shows it before the answer comes.
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
    expect(await page.getByText('Here is the agreement.').count()).toBe(0);

    await page.getByRole('button', { name: 'Give back to Closer' }).click();
    await page.getByText('Closer (AI) holds this conversation.').waitFor();
    await expect
      .poll(async () => (await api.conversations.get.query({ conversationId })).owner.agentId)
      .toBe(CLOSER);
    expect(errors).toEqual([]);
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
    // Tomasz takes it at the very moment at which Maria sends.
    await page.route('**/trpc/messages.append**', async (route) => {
      await api.handoffs.takeover.mutate({ conversationId, by: TOMASZ });
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
    await relay.waitFor();
    await ask();
    await relay.getByRole('button', { name: 'Decline' }).click();
    await expect.poll(() => relay.getByRole('button', { name: 'Decline' }).count()).toBe(0);
    await page.getByText('Maria Lindqvist declined').waitFor();
    // The page shows it before the answer comes.
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
    // The page shows it before the answer comes.
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

  test('the list is live, and moves only when nobody points at it', async () => {
    const { api } = testConsole.server.baton;
    await using opened = await testConsole.openAs('Tomasz Reyes', '/inbox', {
      viewport: { width: 1440, height: 3_200 },
    });
    const { page } = opened;
    const list = page.getByRole('region', { name: 'Conversations' });
    const first = () => list.locator('[data-conversation]').first().innerText();
    await list.getByText('Hannah Schmidt').hover();
    const before = await first();
    const { items } = await api.conversations.list.query({ contactId: 'Hannah Schmidt' });
    const say = (text: string) =>
      api.messages.append.mutate({
        conversationId: items[0]?.id ?? '',
        clientMessageId: text,
        author: { kind: 'customer' },
        text,
      });
    await say('It worked, thank you!');
    await list.getByText('It worked, thank you!').waitFor();
    await list.getByRole('button', { name: '1 change' }).waitFor();
    expect(await first()).toBe(before);
    await page.mouse.move(900, 20);
    await expect.poll(first).toContain('Hannah Schmidt');
    await expect.poll(first).toContain('Unread');

    const { id } = await api.conversations.create.mutate({
      contactId: 'Brand New',
      channel: 'web',
      initialMessage: { text: 'Good morning' },
    });
    await expect.poll(first).toContain('Brand New');
    await api.conversations.abandon.mutate({ conversationId: id });
    await expect.poll(first).toContain('Hannah Schmidt');
  });

  test('a page that lost the server says so, and shows what it missed once the server is back', async () => {
    await using database = await testDatabase();
    const before = await startTestServer(database.uri, inject('consoleFolder'));
    await registerPeople(before.baton);
    const { id: conversationId } = await createLongSale(before.baton, Date.now());
    await using opened = await testConsole.openSignedOut();
    const { page } = opened;
    await page.goto(await before.signInLink());
    await page.getByRole('button', { name: 'Maria Lindqvist' }).click();
    await page.getByText('Ana Petrov').first().click();
    await page.getByText('Closer (AI) holds').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();

    await before[Symbol.asyncDispose]();
    await page.getByRole('alert').getByText('Reconnecting, last change').waitFor();
    await takeScreenshot(page, 'reconnecting-1440-light');
    await page.getByLabel('Reply to Ana Petrov').fill('Kept while the server is away.');

    await using after = await startTestServer(
      database.uri,
      inject('consoleFolder'),
      Number(new URL(before.url).port),
    );
    await after.baton.api.messages.append.mutate({
      conversationId,
      clientMessageId: 'missed',
      author: { kind: 'customer' },
      text: 'You missed this.',
    });
    await page.getByRole('log').getByText('You missed this.').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(await page.getByLabel('Reply to Ana Petrov').inputValue()).toBe('Kept while the server is away.');
  });

  test('what comes while somebody reads further up is counted and moves nothing', async () => {
    const { id: conversationId } = await createSale('Reading Clinic');
    const { api } = testConsole.server.baton;
    await using opened = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}`);
    const { page } = opened;
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.getByText('where are the patient data kept').waitFor();
    await timeline.evaluate((element) => element.scrollTo({ top: 0 }));
    await page.waitForTimeout(100);
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
