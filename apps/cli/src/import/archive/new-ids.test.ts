import { expect, test } from 'vitest';
import { CONVERSATION, createdEntry, entry, followUp, handoff, objection } from '../../../test/factories.ts';
import { NewIds } from './new-ids.ts';

const FOLLOW_UP = '65f0000000000000000000c1';

test('every id of an entry is another one, and the same one wherever it stands', () => {
  const ids = new NewIds('acme');
  const conversationId = ids.conversation(CONVERSATION);
  expect(conversationId).toMatch(/^[0-9a-f]{24}$/);
  const scheduled = ids.entry(
    entry({ kind: 'follow_up', seq: 2, action: 'scheduled', followUp: followUp() }),
  );
  const deferred = objection({ status: 'deferred', followUpId: FOLLOW_UP });
  const entries = [
    ids.entry(createdEntry()),
    scheduled,
    ids.entry(entry({ kind: 'objection', seq: 3, action: 'deferred', objection: deferred })),
    ids.entry(entry({ kind: 'objection', seq: 4, action: 'raised', objection: objection() })),
    ids.entry(entry({ kind: 'handoff', seq: 5, action: 'requested', handoff: handoff() })),
  ];
  expect(entries.map((each) => each.conversationId)).toEqual(entries.map(() => conversationId));
  expect(JSON.stringify(entries)).not.toContain('65f0000000000000000000');
  expect(entries[2]).toMatchObject({
    objection: { conversationId, followUpId: scheduled.kind === 'follow_up' ? scheduled.followUp.id : '' },
  });
  expect(entries[3]).toMatchObject({ objection: { followUpId: null } });
});

test('they are the same at every run for one tenant, and others for another', () => {
  expect(new NewIds('acme').conversation(CONVERSATION)).toBe(new NewIds('acme').conversation(CONVERSATION));
  expect(new NewIds('globex').conversation(CONVERSATION)).not.toBe(
    new NewIds('acme').conversation(CONVERSATION),
  );
});
