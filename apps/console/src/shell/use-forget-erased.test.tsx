import { cleanup, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { conversation, erasureOf } from '../../test/conversation-factory.ts';
import { renderConsole, sessionOf } from '../../test/render-console.tsx';
import { drafts } from '../conversation/drafts.ts';

afterEach(cleanup);

it('forgets drafts and reads anew once a contact is erased, whoever erases', async () => {
  const erased = conversation('ada');
  drafts.write(erased.id, 'reply', 'Dear Ada');
  drafts.write('b'.repeat(24), 'reply', 'Dear Bo');
  const audit = vi.fn(() => ({ items: [], nextCursor: null }));
  const { say } = renderConsole('/settings?section=audit', {
    session: { get: () => ({ ...sessionOf('admin'), may: ['admin.audit'] }) },
    admin: { audit },
  });
  await screen.findByText('Nothing yet');
  const before = audit.mock.calls.length;
  for (const entry of erasureOf(erased)) say(entry);
  await vi.waitFor(() => expect(audit.mock.calls.length).toBeGreaterThan(before));
  expect(drafts.read(erased.id, 'reply')).toBe('');
  expect(drafts.read('b'.repeat(24), 'reply')).toBe('Dear Bo');
});
