import type { Entry } from '@baton/schema';
import { cleanup, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { renderConsole, sessionOf } from '../../test/render-console.tsx';
import { drafts } from '../conversation/drafts.ts';

afterEach(cleanup);

it('forgets drafts and reads anew once a contact is erased, whoever erases', async () => {
  const conversationId = 'a'.repeat(24);
  drafts.write(conversationId, 'reply', 'Dear Ada');
  drafts.write('b'.repeat(24), 'reply', 'Dear Bo');
  const audit = vi.fn(() => ({ items: [], nextCursor: null }));
  const { say } = renderConsole('/settings?section=audit', {
    session: { get: () => ({ ...sessionOf('admin'), may: ['admin.audit'] }) },
    admin: { audit },
  });
  await screen.findByText('Nothing yet');
  const before = audit.mock.calls.length;
  // Nothing else of an entry is looked at.
  say({ kind: 'status', conversationId, seq: 2 } as unknown as Entry);
  say({ kind: 'erasure', conversationId, seq: 3 } as unknown as Entry);
  await vi.waitFor(() => expect(audit.mock.calls.length).toBeGreaterThan(before));
  expect(drafts.read(conversationId, 'reply')).toBe('');
  expect(drafts.read('b'.repeat(24), 'reply')).toBe('Dear Bo');
});
