import { TenantId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type UnreadableDocument, UnreadableDocuments } from './unreadable.ts';

const TENANT = TenantId.parse('acme');

afterEach(() => {
  vi.useRealTimers();
});

function collect(): { documents: UnreadableDocuments; told: UnreadableDocument[] } {
  const told: UnreadableDocument[] = [];
  return { documents: new UnreadableDocuments((document) => told.push(document)), told };
}

describe('what cannot be read', () => {
  it('is told with its place, and counted for its tenant', () => {
    const { documents, told } = collect();
    const [_id, conversationId] = [new ObjectId(), new ObjectId()];
    documents.add('timeline', { _id, tenantId: 'acme', conversationId, seq: 7, text: 'Secret' }, 'kind');
    expect(told).toEqual([
      {
        collection: 'timeline',
        id: _id.toHexString(),
        tenantId: 'acme',
        conversationId: conversationId.toHexString(),
        seq: 7,
        field: 'kind',
        untold: 0,
      },
    ]);
    expect(documents.count(TENANT)).toBe(1);
    expect(documents.count(TenantId.parse('umbrella'))).toBe(0);
  });

  it('is told and counted once a document', () => {
    const { documents, told } = collect();
    const _id = new ObjectId();
    for (const document of [{ _id }, { _id: new ObjectId(_id.toHexString()) }])
      documents.add('agents', { tenantId: 'acme', ...document }, 'name');
    documents.add('handoffs', { _id, tenantId: 'acme' }, 'to');
    expect(told.map(({ collection }) => collection)).toEqual(['agents', 'handoffs']);
    expect(documents.count(TENANT)).toBe(2);
  });

  it('is told without what may be a person’s own words', () => {
    const { documents, told } = collect();
    documents.add('contacts', { _id: { tenantId: 'acme', contactId: 'ann@example.com' } }, 'details');
    documents.add('timeline', { _id: 'ann', tenantId: 'No tenant', conversationId: 'ann', seq: 'ann' }, '');
    documents.add('agents', { _id: null }, '');
    expect(JSON.stringify(told)).not.toMatch(/ann|No tenant/);
    expect(told.map(({ tenantId }) => tenantId)).toEqual(['acme', null, null]);
  });

  it('is told a hundred times a minute at most, and how many were not', () => {
    vi.useFakeTimers({ toFake: ['performance'], now: 0 });
    const { documents, told } = collect();
    const addMany = (count: number) => {
      for (let number = 0; number < count; number += 1)
        documents.add('timeline', { _id: new ObjectId(), tenantId: 'acme' }, 'kind');
    };
    addMany(250);
    expect(told).toHaveLength(100);
    vi.advanceTimersByTime(60_000);
    addMany(2);
    expect(told.slice(100).map(({ untold }) => untold)).toEqual([150, 0]);
    expect(documents.count(TENANT)).toBe(252);
  });

  it('needs nobody who is told', () => {
    const documents = new UnreadableDocuments();
    documents.add('timeline', { _id: new ObjectId(), tenantId: 'acme' }, 'kind');
    expect(documents.count(TENANT)).toBe(1);
  });
});
