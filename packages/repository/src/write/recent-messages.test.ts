import { ConversationId, TenantId } from '@baton/schema';
import { expect, test } from 'vitest';
import { RecentMessages } from './recent-messages.ts';

const TENANT = TenantId.parse('acme');
const conversationId = ConversationId.parse('a'.repeat(24));
const placeAt = (version: number) => ({ tenantId: TENANT, conversationId, version });

test('the latest messages of each conversation are known, whatever was said in others', () => {
  const messages = new RecentMessages();
  for (let version = 1; version <= 100; version += 1) {
    messages.add(TENANT, 'acme/quiet', 'the-only-one', placeAt(1));
    messages.add(TENANT, 'acme/lively', `message-${version}`, placeAt(version));
  }
  expect(messages.get('acme/quiet', 'the-only-one')).toEqual(placeAt(1));
  expect(messages.get('acme/lively', 'message-100')).toEqual(placeAt(100));
  expect(messages.get('acme/lively', 'message-85')).toEqual(placeAt(85));
  expect(messages.get('acme/lively', 'message-84')).toBeUndefined();
  expect(messages.get('acme/quiet', 'message-100')).toBeUndefined();
});

test('the messages of a new tenant are known, however many others there are', () => {
  const messages = new RecentMessages();
  for (let tenant = 0; tenant <= 5_000; tenant += 1)
    messages.add(TenantId.parse(`tenant-${tenant}`), `tenant-${tenant}/one`, 'hello', placeAt(1));
  expect(messages.get('tenant-5000/one', 'hello')).toEqual(placeAt(1));
});
