import { expect, test } from 'vitest';
import { identityOf } from './claims.ts';
import { DEFAULT_CLAIMS } from './oidc-options.ts';

const CLAIMS = { sub: 'user-1', baton_tenant: 'acme', baton_role: 'viewer' };
const identity = (claims: object, options: object = {}) =>
  identityOf({ ...CLAIMS, ...claims }, { claims: DEFAULT_CLAIMS, ...options });

test('names who somebody is', () => {
  expect(identity({ baton_agent: 'ana' })).toEqual({
    subject: 'user-1',
    tenantId: 'acme',
    role: 'viewer',
    agentId: 'ana',
  });
});

test.each([null, '', undefined])('an agent that is %j is none', (agent) => {
  expect(identity({ baton_agent: agent })).toMatchObject({ agentId: null });
});

test('of several roles the one that may most counts', () => {
  expect(identity({ baton_role: ['viewer', 'admin', 'manager'] })).toMatchObject({ role: 'admin' });
  expect(identity({ baton_role: ['other', 7, 'viewer'] })).toMatchObject({ role: 'viewer' });
});

test('a claim whose own name has dots goes before a path', () => {
  const claims = { ...DEFAULT_CLAIMS, role: 'https://acme.example/role' };
  expect(identity({ 'https://acme.example/role': 'admin' }, { claims })).toMatchObject({ role: 'admin' });
});

test.each([
  [{ sub: 'a\nb' }, 'no subject'],
  [{ sub: 'a'.repeat(201) }, 'no subject'],
  [{ sub: 7 }, 'no subject'],
  [{ baton_role: [] }, 'no claim baton_role'],
  [{ baton_role: { admin: true } }, 'no claim baton_role'],
  [{ baton_tenant: ['acme'] }, 'no claim baton_tenant'],
])('%j is refused', (claims, message) => {
  expect(() => identity(claims)).toThrow(message);
});

test('nothing is taken from a prototype', () => {
  const claims = { ...DEFAULT_CLAIMS, role: 'constructor.name' };
  expect(() => identity({}, { claims })).toThrow('no claim constructor.name');
});

test('a role that is not mapped is none, whatever its name', () => {
  const roles = new Map([['boss', 'admin' as const]]);
  expect(identity({ baton_role: 'boss' }, { roles })).toMatchObject({ role: 'admin' });
  expect(() => identity({ baton_role: 'admin' }, { roles })).toThrow('no claim baton_role');
});
