import { EntryKind } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { type CollectionDeclaration, declaredCollections } from './collections.ts';
import { EntryDocument } from './documents.ts';

const declared = Object.values<CollectionDeclaration>(declaredCollections);

/** Looked up before a tenant is known, by the id of a contact, which few tenants share, or by a worker for all tenants. */
const WITHOUT_TENANT = [
  'agent_budgets.expiry',
  'api_keys.by_hash',
  'api_keys.by_previous_hash',
  'contact_terms.by_contact',
  'contacts.by_merged',
  'erasures.copies_due',
  'file_removals.by_due',
  'file_tokens.expiry',
  'files.by_removal',
  'follow_ups.held_by_expiry',
  'handoffs.pending_by_expiry',
  'idempotency.expiry',
  'paused_conversations.by_end',
  'retention.by_due',
  'sessions.by_hash',
  'sessions.expiry',
  'sign_ins.by_state',
  'sign_ins.expiry',
];

describe('what is kept', () => {
  it('stands under its own name', () => {
    for (const [name, declaration] of Object.entries(declaredCollections))
      expect(declaration.name).toBe(name);
  });

  it('has an index for one tenant at a time, with named exceptions', () => {
    const others = declared.flatMap(({ name, indexes }) =>
      indexes.filter(({ key }) => Object.keys(key)[0] !== 'tenantId').map((index) => `${name}.${index.name}`),
    );
    expect(others.toSorted()).toEqual(WITHOUT_TENANT);
  });

  it('gives each index of a collection its own name', () => {
    for (const { indexes } of declared) {
      expect(new Set(indexes.map(({ name }) => name)).size).toBe(indexes.length);
    }
  });

  it('has every kind of entry but unknown, which is never stored', () => {
    const kinds = EntryDocument.options.map((option) => option.shape.kind.value);
    const stored = EntryKind.options.filter((kind) => kind !== 'unknown');
    expect(kinds.toSorted()).toEqual(stored.toSorted());
  });
});
