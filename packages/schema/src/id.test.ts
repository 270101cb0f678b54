import { describe, expect, it } from 'vitest';
import {
  AgentId,
  ApiKeyId,
  ConversationId,
  FollowUpId,
  HandoffId,
  ObjectionId,
  SessionId,
  TenantId,
} from './id.ts';
import { storedAs } from './storage.ts';

describe.each(Object.entries({ ConversationId, HandoffId, ObjectionId, FollowUpId, ApiKeyId, SessionId }))(
  '%s',
  (_, Id) => {
    it('is the 24 lower-case hex digits of an ObjectId, and is kept as one', () => {
      expect(Id.parse('0123456789abcdef01234567')).toBe('0123456789abcdef01234567');
      expect(storedAs.get(Id)).toEqual({ bson: 'objectId' });
    });

    it.each(['', 'abc', '0123456789abcdef0123456', '0123456789abcdef012345678', '0123456789ABCDEF01234567'])(
      'is not %j',
      (id) => {
        expect(Id.safeParse(id).success).toBe(false);
      },
    );

    it('is never an operator', () => {
      expect(Id.safeParse({ $ne: null }).success).toBe(false);
    });
  },
);

describe('the id of an agent', () => {
  it.each(['a', 'objection_handler', 'constructor', 'valueof', 'hasownproperty', `a${'1'.repeat(63)}`])(
    'is a slug: %s',
    (id) => {
      expect(AgentId.parse(id)).toBe(id);
    },
  );

  it.each([
    '',
    'A',
    '1a',
    '_a',
    '__proto__',
    'hasOwnProperty',
    'a-b',
    'a.b',
    '$a',
    `a${'1'.repeat(64)}`,
    'a\n',
  ])('is not %j', (id) => {
    expect(AgentId.safeParse(id).success).toBe(false);
  });
});

describe('the id of a tenant', () => {
  it('is a slug that may have hyphens', () => {
    expect(TenantId.parse('acme-eu_1')).toBe('acme-eu_1');
    expect(TenantId.safeParse('Acme').success).toBe(false);
    expect(TenantId.safeParse('').success).toBe(false);
  });
});
