import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentInputItem } from '@openai/agents-core';
import { expect, test } from 'vitest';
import { agentsPeer } from './agents-peer.ts';
import { SqliteSessions } from './sqlite-session.ts';

const ITEMS: AgentInputItem[] = ['one', 'two', 'three'].map((content) => ({ role: 'user', content }));

test('sessions in a file keep the order of their items, each its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'baton-sqlite-'));
  try {
    using sessions = new SqliteSessions(join(folder, 'sessions.db'));
    const session = sessions.open('a');
    await session.addItems(ITEMS);
    await sessions.open('b').addItems(ITEMS.slice(0, 1));
    expect(await session.getItems()).toEqual(ITEMS);
    expect(await session.getItems(2)).toEqual(ITEMS.slice(1));
    expect(await session.popItem()).toEqual(ITEMS[2]);
    await session.clearSession();
    expect(await session.popItem()).toBeUndefined();
    expect(await session.getItems()).toEqual([]);
    expect(await sessions.open('b').getItems()).toHaveLength(1);
    // What is no JSON is not stored, and neither is what came with it.
    const unstorable: AgentInputItem = { role: 'user', content: 'no', providerData: { count: 1n } };
    await expect(session.addItems([...ITEMS, unstorable])).rejects.toThrow(TypeError);
    expect(await session.getItems()).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('an item that is no message is refused', async () => {
  const call: AgentInputItem = {
    type: 'function_call',
    callId: '1',
    name: 'f',
    arguments: '',
    status: 'completed',
  };
  const peer = agentsPeer('of calls', () => ({
    getSessionId: async () => 'a',
    getItems: async () => [call],
    addItems: async () => undefined,
    popItem: async () => undefined,
    clearSession: async () => undefined,
  }));
  await expect(peer.list(await peer.open())).rejects.toThrow(TypeError);
});
