import { expect, test } from 'vitest';
import { parseChatwoot } from './parse-chatwoot.ts';

const AT = 1_780_000_000;
const LEA = {
  id: 7,
  name: 'Lea Brook',
  email: 'lea@mail.example',
  phone_number: '+15550111',
  identifier: 'crm-7',
};
const KIM = { id: 3, name: 'Kim Desk', type: 'user' };

function conversation(overrides: object = {}) {
  return {
    id: 41,
    status: 'resolved',
    meta: { sender: LEA, channel: 'Channel::Whatsapp', assignee: KIM },
    messages: [
      { id: 1, content: 'Is it waterproof?', message_type: 0, created_at: AT, private: false, sender: LEA },
      { id: 2, content: 'Yes.', message_type: 1, created_at: AT + 60, private: false, sender: KIM },
      { id: 3, content: 'a regular', message_type: 1, created_at: AT + 61, private: true, sender: KIM },
      {
        id: 4,
        content: null,
        message_type: 0,
        created_at: AT + 90,
        attachments: [{ id: 1, file_type: 'image', data_url: 'https://files.example/w.jpg' }],
        sender: LEA,
      },
      { id: 5, content: 'Kim Desk resolved it', message_type: 2, created_at: AT + 100 },
    ],
    ...overrides,
  };
}

const read = (...conversations: object[]) =>
  parseChatwoot('chats.json', JSON.stringify({ data: { payload: conversations } }));

test('messages, notes, attachments and the contact arrive; a line about what happened does not', () => {
  const { transcripts, leftOut, faults, notes } = read(conversation());
  expect(transcripts.map(({ transcript }) => transcript)).toMatchObject([
    {
      id: '41',
      channel: 'whatsapp',
      contact: { id: 'crm-7', name: 'Lea Brook', email: 'lea@mail.example', phone: '+15550111' },
      owner: 'Kim Desk',
      closed: true,
    },
  ]);
  expect(
    transcripts[0]?.transcript.messages.map(({ id, at, author, internal, text }) => [
      id,
      at,
      author.kind,
      internal,
      text,
    ]),
  ).toEqual([
    ['1', '2026-05-28T20:26:40.000Z', 'customer', false, 'Is it waterproof?'],
    ['2', '2026-05-28T20:27:40.000Z', 'agent', false, 'Yes.'],
    ['3', '2026-05-28T20:27:41.000Z', 'agent', true, 'a regular'],
    ['4', '2026-05-28T20:28:10.000Z', 'customer', false, ''],
  ]);
  expect(transcripts[0]?.transcript.messages[3]?.parts).toEqual([
    { type: 'attachment', url: 'https://files.example/w.jpg', name: 'image' },
  ]);
  expect(leftOut).toEqual([
    { place: 'chats.json:conversation 41/message 5', problem: 'A line about what happened, not a message' },
  ]);
  expect([...faults, ...notes]).toEqual([]);
});

test.each([
  [{ ...LEA, identifier: null }, 'lea@mail.example'],
  [{ ...LEA, identifier: '', email: '' }, '+15550111'],
  [{ id: 7, name: 'Lea Brook' }, 'chatwoot:7'],
  [null, 'chatwoot:conversation-41'],
])('a contact is known by what there is: %j', (sender, id) => {
  const { transcripts } = read(conversation({ meta: { sender, channel: 'Channel::WebWidget' } }));
  expect(transcripts[0]?.transcript).toMatchObject({ channel: 'web', contact: { id } });
});

test('a channel that Baton does not have is named, and broken records are faults with their places', () => {
  const strange = conversation({
    id: 2,
    meta: { sender: LEA, channel: 'Channel::Telegram' },
    messages: [{ id: 1 }],
  });
  const { transcripts, notes, faults } = read({ id: 1 }, strange);
  expect(transcripts[0]?.transcript.channel).toBe('api');
  expect(notes).toEqual(['chats.json:conversation 2 comes in on the channel api: Channel::Telegram']);
  expect(faults.map(({ place }) => place)).toEqual([
    'chats.json:conversation 1',
    'chats.json:conversation 2/message 1',
  ]);
});

test('a bare list is read too, anything else is refused', () => {
  expect(parseChatwoot('a.json', JSON.stringify([conversation()])).transcripts).toHaveLength(1);
  expect(parseChatwoot('a.json', JSON.stringify({ payload: [conversation()] })).transcripts).toHaveLength(1);
  expect(() => parseChatwoot('a.json', '{"data":1}')).toThrow('expected data.payload');
  expect(() => parseChatwoot('a.json', '{')).toThrow('not readable as JSON');
});
