// @vitest-environment node
import { expect, test } from 'vitest';
import { CHROMIUM } from './chromium.ts';
import { createLongSale } from './sample-data.ts';
import { openTestConsole } from './test-console.ts';

const MESSAGES = 15;

test.skipIf(CHROMIUM === undefined)('two consoles see each other’s messages within 300 ms', async () => {
  await using testConsole = await openTestConsole();
  const { id: conversationId } = await createLongSale(
    testConsole.server.baton,
    Date.now(),
    'Two Consoles Clinic',
  );
  await using maria = await testConsole.openAs('Maria Lindqvist', `/inbox/${conversationId}`);
  await using tomasz = await testConsole.openAs('Tomasz Reyes', `/inbox/${conversationId}`);
  await maria.page.getByText('Closer (AI) holds').waitFor();
  await tomasz.page.getByText('Closer (AI) holds').waitFor();
  await maria.page.keyboard.press('t');
  await tomasz.page.getByText('Maria Lindqvist (Person) holds this conversation.').waitFor();

  const took: number[] = [];
  for (let number = 1; number <= MESSAGES; number += 1) {
    await maria.page.getByLabel('Reply to Two Consoles Clinic').fill(`Message ${number} of many.`);
    const seen = tomasz.page.getByRole('log').getByText(`Message ${number} of many.`).waitFor();
    const began = performance.now();
    await maria.page.keyboard.press('Control+Enter');
    await seen;
    took.push(performance.now() - began);
  }
  const median = took.toSorted((a, b) => a - b)[Math.floor(MESSAGES / 2)];
  expect(median).toBeLessThan(300);
});
