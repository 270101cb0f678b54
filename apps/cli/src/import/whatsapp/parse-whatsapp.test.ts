import { expect, test } from 'vitest';
import { parseWhatsApp, type WhatsAppOptions } from './parse-whatsapp.ts';

const OPTIONS: WhatsAppOptions = { us: ['Lamp Shop'], timeZone: 'Europe/Berlin' };

const ENGLISH = `[3/9/26, 9:05:10 PM] Mia Field: Is the desk lamp back?
[3/9/26, 9:06:00 PM] Lamp Shop: Yes.
Since Monday.
\u200e[3/9/26, 9:07:09 PM] Mia Field: \u200eimage omitted
[3/9/26, 9:08:00 PM] Mia Field: Like this: 30 €?
[3/9/26, 9:09:00 PM] Lamp Shop: You deleted this message
`;

const GERMAN = `29.03.26, 01:59 - Nachrichten sind verschlüsselt.
29.03.26, 01:59 - Mia Field: Hallo: offen?
29.03.26, 02:30 - Lamp Shop: Ja
29.03.26, 03:10 - Mia Field: <Medien ausgeschlossen>
`;

function read(content: string, options: Partial<WhatsAppOptions> = {}) {
  const { transcripts, ...rest } = parseWhatsApp('chat.txt', content, { ...OPTIONS, ...options });
  const [only] = transcripts;
  if (only === undefined) throw new Error('No transcript');
  return { ...rest, transcript: only.transcript, messages: only.transcript.messages };
}

test('messages keep their lines, omitted media are attachments, deleted ones are named', () => {
  const { transcript, messages, leftOut } = read(ENGLISH);
  expect(messages.map(({ author, text, parts }) => [author.kind, text, parts?.length ?? 0])).toEqual([
    ['customer', 'Is the desk lamp back?', 0],
    ['agent', 'Yes.\nSince Monday.', 0],
    ['customer', '', 1],
    ['customer', 'Like this: 30 €?', 0],
  ]);
  expect(messages[2]?.parts).toEqual([{ type: 'attachment', url: 'about:blank', name: 'image omitted' }]);
  expect(leftOut).toEqual([{ place: 'chat.txt:message 5', problem: 'Deleted by Lamp Shop' }]);
  expect(transcript).toMatchObject({
    id: 'whatsapp:Mia-Field',
    channel: 'whatsapp',
    contact: { name: 'Mia Field' },
    owner: 'Lamp Shop',
  });
});

test('dots come after the day, twelve hours with the month first, and the person is told of a guess', () => {
  expect(read(ENGLISH).messages[0]?.at).toBe('2026-03-09T20:05:10.000Z');
  expect(read(ENGLISH).notes).toEqual(['Dates were read as month/day; --dates says otherwise']);
  expect(read(ENGLISH, { dates: 'day-first' }).messages[0]?.at).toBe('2026-09-03T19:05:10.000Z');
  expect(read(GERMAN)).toMatchObject({ notes: [] });
});

test('a number beyond 12 tells which one is the day', () => {
  const late = '[3/9/26, 9:05:10 PM] Mia Field: a\n[13/9/26, 9:05:10 PM] Lamp Shop: b\n';
  expect(read(late)).toMatchObject({ notes: [] });
  expect(read(late).messages[0]?.at).toBe('2026-09-03T19:05:10.000Z');
  const american = '3/29/26, 21:05 - Mia Field: a\n3/29/26, 21:06 - Lamp Shop: b\n';
  expect(read(american).messages[0]?.at).toBe('2026-03-29T19:05:00.000Z');
});

test.each(['America/New_York', 'Europe/Berlin', 'UTC'])(
  'times are those of the phone, on a machine in %s',
  (zone) => {
    const before = process.env['TZ'];
    process.env['TZ'] = zone;
    try {
      const { messages, leftOut } = read(GERMAN);
      // 02:30 does not exist on the night when the clock goes forward.
      expect(messages.map(({ at }) => at)).toEqual([
        '2026-03-29T00:59:00.000Z',
        '2026-03-29T01:30:00.000Z',
        '2026-03-29T01:10:00.000Z',
      ]);
      expect(leftOut.map(({ problem }) => problem)).toEqual(['A notice of WhatsApp, not a message']);
      expect(process.env['TZ']).toBe(zone);
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  },
);

test('an export that begins later gives the same ids; what is said twice alike has two', () => {
  const [, ...later] = ENGLISH.split('\n');
  const ids = read(ENGLISH).messages.map(({ id }) => id);
  expect(read(later.join('\n')).messages.map(({ id }) => id)).toEqual(ids.slice(1));
  const twice =
    '3/29/26, 21:05 - Mia Field: ok\n3/29/26, 21:05 - Mia Field: ok\n3/29/26, 21:06 - Lamp Shop: b\n';
  expect(new Set(read(twice).messages.map(({ id }) => id)).size).toBe(3);
});

test('an attached file is named, and a contact who is not saved is known by the number', () => {
  const chat =
    '13/04/2026, 10:00 - +49 151 5550100: <attached: 00000012-PHOTO.jpg>\n13/04/2026, 10:01 - Lamp Shop: Nice\n';
  const { transcript, messages } = read(chat);
  expect(messages[0]?.parts).toEqual([
    { type: 'attachment', url: 'about:blank', name: '00000012-PHOTO.jpg' },
  ]);
  expect(transcript.contact).toEqual({ id: 'whatsapp:+49-151-5550100', phone: '+49 151 5550100' });
  expect(read(chat, { contactId: 'crm-9' }).transcript).toMatchObject({
    id: 'crm-9',
    contact: { id: 'crm-9' },
  });
});

test.each([
  ['nobody is the business', ENGLISH, [], 'Say who of "Mia Field", "Lamp Shop" is the business: --us NAME'],
  ['nobody has the name', ENGLISH, ['Shop'], 'Nobody in the chat is called "Shop"'],
  ['only the business writes', ENGLISH, ['Lamp Shop', 'Mia Field'], 'Only the business writes'],
  ['it is a group', `${ENGLISH}[3/9/26, 9:10:00 PM] Bo: Hi\n`, ['Lamp Shop'], 'A group cannot come in'],
  ['it is no chat', 'Dear diary', ['Lamp Shop'], 'chat.txt is no chat that WhatsApp has exported'],
])('where %s, the message says what to do', (_name, content, us, message) => {
  expect(() => read(content, { us })).toThrow(message);
});
