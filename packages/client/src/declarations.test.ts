import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PublishedApp } from '../test/published-app.ts';

const ONE_CALL = `
import { createBaton } from '@baton/client';

const baton = createBaton({ url: 'http://localhost:4000' });
const conversation = await baton.api.conversations.create.mutate({ contactId: 'ann', channel: 'web' });
export const owner: string = conversation.owner.agentId;
export const handoffs: number = conversation.handoffCount;
`;

let app: PublishedApp;

beforeAll(async () => {
  app = await PublishedApp.create();
});
afterAll(() => app[Symbol.asyncDispose]());

/** A figure of the compiler's own account, in its own unit. */
function figure(diagnostics: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*([\\d.]+)`, 'm').exec(diagnostics)?.[1]);
}

describe('what an app reads of Baton', () => {
  test('is one file under 130 kB', async () => {
    const declarations = await app.bundledDeclarations();
    expect(declarations).toContain('interface Conversation ');
    expect(Buffer.byteLength(declarations)).toBeLessThan(130_000);
  });

  test('names neither the store nor its driver', async () => {
    const naming = [...(await app.declarationsOf(ONE_CALL))]
      .filter(([, text]) => /['"](?:mongodb|bson|@baton\/repository)/.test(text))
      .map(([path]) => path);
    expect(naming).toEqual([]);
  });

  test('compiles with few types and little memory', async () => {
    const { ok, output } = await app.compile(ONE_CALL, '--extendedDiagnostics');
    expect(ok, output).toBe(true);
    // The time depends on what else runs: it is shown and not judged.
    console.log(/^Total time:.*$/m.exec(output)?.[0]);
    expect(figure(output, 'Types')).toBeLessThan(10_000);
    expect(figure(output, 'Instantiations')).toBeLessThan(50_000);
    // In kilobytes.
    expect(figure(output, 'Memory used')).toBeLessThan(300_000);
  });
});

describe('an app that was written before a field was renamed does not compile', () => {
  test.each([
    ['of an answer', 'handoffCount', "Property 'handoffCount' does not exist"],
    ['of an input', 'contactId', "'contactId' does not exist in type"],
  ])('%s', async (_, field, fault) => {
    const undo = await app.rename('schema/src/conversation.d.ts', `${field}:`, 'renamed:');
    const { ok, output } = await app.compile(ONE_CALL);
    await undo();
    expect(ok).toBe(false);
    expect(output).toContain(fault);
  });
});
