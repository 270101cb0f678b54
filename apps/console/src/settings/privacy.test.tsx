import { type Contact, type Erasure, type ErasureCounts, ErasureId } from '@baton/schema';
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { conversation } from '../../test/conversation-factory.ts';
import { ANA, RefusedError, renderConsole, sessionOf } from '../../test/render-console.tsx';
import { exportFileName } from '../privacy/text-file.ts';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const AT = '2026-11-01T00:00:00.000Z';
const COUNTS: ErasureCounts = {
  contacts: 1,
  conversations: 2,
  entries: 9,
  messages: 7,
  handoffs: 0,
  objections: 0,
  followUps: 0,
  answers: 1,
  deals: 0,
  refusedMessages: 0,
};
const NONE: ErasureCounts = { ...COUNTS, contacts: 0, conversations: 0, entries: 0, messages: 0, answers: 0 };

function erasure(over: Partial<Erasure> = {}): Erasure {
  return {
    id: ErasureId.parse('e'.repeat(24)),
    state: 'done',
    pseudonym: 'erased-0123456789abcdef',
    counts: COUNTS,
    by: { kind: 'session', id: 'b'.repeat(24), agentId: ANA.id },
    startedAt: AT,
    finishedAt: AT,
    ...over,
  };
}

const ADMIN = ['privacy.eraseContact', 'privacy.erasures', 'privacy.exportContact', 'privacy.preview'];
const noErasures = () => ({ items: [], nextCursor: null });
// Nothing else of a contact is looked at.
const contact = (id: string, name: string) => ({ id, name, firstSeenAt: AT, lastSeenAt: AT }) as Contact;

type Answers = Parameters<typeof renderConsole>[1];
function openPrivacy(privacy: Answers['privacy'], { find = '', may = ADMIN } = {}) {
  return renderConsole(`/settings?section=privacy${find && `&find=${find}`}`, {
    session: { get: () => ({ ...sessionOf('admin'), may }) },
    conversations: {
      list: ({ contactId }) => ({
        items: contactId === '+4670' ? [conversation('+4670', 'Ada Berg')] : [],
        nextCursor: null,
      }),
    },
    contacts: {
      list: ({ text = '', cursor }) => {
        const found = [contact('+4670', 'Ada Berg'), contact('u-2', 'Ada Lund'), contact('u-3', 'Ada Ek')];
        const items = found.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(text));
        if (items.length < 3) return { items, nextCursor: null };
        return cursor === undefined
          ? { items: items.slice(0, 2), nextCursor: 'more' }
          : { items: items.slice(2), nextCursor: null };
      },
    },
    privacy: { erasures: noErasures, preview: () => COUNTS, ...privacy },
  });
}

describe('privacy in Settings', () => {
  it('finds contacts by words of the name, page by page, and one by the key', async () => {
    const { user, address } = openPrivacy({});
    await screen.findByText('Nobody was erased yet');
    const field = screen.getByLabelText('A contact’s key or name');
    await user.type(field, 'ada{Enter}');
    const found = within(await screen.findByRole('list', { name: 'Contacts' }));
    expect(found.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
      expect.stringContaining('Ada Berg'),
      expect.stringContaining('Ada Lund'),
    ]);
    expect(address()).toBe('/settings?section=privacy&find=ada');
    await user.click(screen.getByRole('button', { name: 'Show more' }));
    await waitFor(() => expect(found.getAllByRole('listitem')).toHaveLength(3));
    cleanup();
    openPrivacy({}, { find: '%2B4670' });
    const exact = within(await screen.findByRole('list', { name: 'Contacts' }));
    expect(exact.getAllByRole('listitem')).toHaveLength(1);
    cleanup();
    openPrivacy({}, { find: 'nobody' });
    expect(await screen.findByText('No contact was found.')).toBeDefined();
  });

  it('erases after showing what, once the key is typed, and follows until it is done', async () => {
    const looks = vi.fn();
    let listed: Erasure[] = [];
    const eraseContact = vi.fn((_input: { contactId: string }) => {
      const begun = erasure({ state: 'running', finishedAt: null, counts: { ...NONE, conversations: 1 } });
      listed = [begun];
      return begun;
    });
    const erasures = () => {
      looks();
      return { items: listed, nextCursor: null };
    };
    const { user } = openPrivacy({ eraseContact, erasures }, { find: 'lund' });
    await user.click(await screen.findByRole('button', { name: 'Erase Ada Lund' }));
    const dialog = within(await screen.findByRole('dialog'));
    const counts = within(await dialog.findByRole('list', { name: 'What will be erased' }));
    expect(counts.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
      '1 contact',
      '2 conversations',
      '7 messages',
      '9 entries of the timeline',
      '1 answer of the qualification',
    ]);
    const confirm = dialog.getByLabelText('Type the contact’s key to confirm');
    const erase = dialog.getByRole('button', { name: 'Erase for good' });
    await user.type(confirm, 'u-1{Enter}');
    expect(erase).toHaveProperty('disabled', true);
    expect(eraseContact).not.toHaveBeenCalled();
    await user.clear(confirm);
    await user.type(confirm, 'u-2');
    await user.click(erase);
    expect(await dialog.findByText(/^1 of 2 conversations are erased/)).toBeDefined();
    expect(eraseContact.mock.calls[0]?.[0]).toMatchObject({ contactId: 'u-2' });
    listed = [erasure()];
    expect(await dialog.findByText(/^Erased: 2 conversations/)).toBeDefined();
    await user.click(dialog.getByRole('button', { name: 'Done' }));
    const rows = within(await screen.findByRole('list', { name: 'Erasures' }));
    await waitFor(() => expect(rows.getByRole('listitem').textContent).toMatch(/Erasedby Ana Ruiz/));
  });

  it('says that nothing is kept, or why nothing was erased', async () => {
    let counts = NONE;
    const { user } = openPrivacy(
      {
        preview: () => counts,
        eraseContact: () => {
          throw new RefusedError('FORBIDDEN', 'privacy.eraseContact is not for the role agent');
        },
      },
      { find: 'lund' },
    );
    const open = async () => {
      await user.click(await screen.findByRole('button', { name: 'Erase Ada Lund' }));
      return within(await screen.findByRole('dialog'));
    };
    const first = await open();
    expect(await first.findByText('Nothing is kept about this contact.')).toBeDefined();
    await user.click(first.getByRole('button', { name: 'Back' }));
    counts = COUNTS;
    const second = await open();
    await user.type(await second.findByLabelText('Type the contact’s key to confirm'), 'u-2{Enter}');
    expect((await second.findByRole('alert')).textContent).toBe(
      'Nothing was erased yet. privacy.eraseContact is not for the role agent.',
    );
  });

  it('exports page by page into a file', async () => {
    const written: string[] = [];
    const file = {
      write: async (text: string) => void written.push(text),
      close: vi.fn(async () => undefined),
      abort: vi.fn(async () => undefined),
    };
    const picker = vi.fn(async (_options: { suggestedName: string }) => ({
      createWritable: async () => file,
    }));
    vi.stubGlobal('showSaveFilePicker', picker);
    let isAway = true;
    const { user } = openPrivacy(
      {
        exportContact: ({ cursor }) => {
          if (cursor !== undefined && isAway) throw new RefusedError('UNAVAILABLE', 'The store is away');
          const id = cursor === undefined ? 'u-2' : 'u-3';
          return {
            items: [{ type: 'contact', contact: contact(id, 'Ada Lund') }],
            nextCursor: cursor === undefined ? 'more' : null,
          };
        },
      },
      { find: 'lund', may: ['privacy.exportContact'] },
    );
    await user.click(await screen.findByRole('button', { name: 'Export Ada Lund' }));
    expect(screen.queryByRole('button', { name: 'Erase Ada Lund' })).toBeNull();
    expect(screen.queryByText('Erasures')).toBeNull();
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('button', { name: 'Export' }));
    expect((await dialog.findByRole('alert')).textContent).toBe('Nothing was saved. The store is away.');
    expect(file.abort).toHaveBeenCalledOnce();
    isAway = false;
    written.length = 0;
    await user.click(dialog.getByRole('button', { name: 'Try again' }));
    expect(await dialog.findByText('Saved: 2 records.')).toBeDefined();
    expect(picker).toHaveBeenCalledWith({ suggestedName: 'contact-u-2.jsonl' });
    expect(written.map((text) => JSON.parse(text).contact.id)).toEqual(['u-2', 'u-3']);
    expect(written.every((text) => text.endsWith('\n'))).toBe(true);
    expect(file.close).toHaveBeenCalledOnce();
  });

  it('downloads at the end where the browser asks for no file, and nothing where the person changed their mind', async () => {
    const records = {
      items: [{ type: 'contact' as const, contact: contact('u-2', 'Ada') }],
      nextCursor: null,
    };
    const exportContact = vi.fn(() => records);
    vi.stubGlobal('showSaveFilePicker', () => Promise.reject(new DOMException('', 'AbortError')));
    const { user } = openPrivacy({ exportContact }, { find: 'lund' });
    await user.click(await screen.findByRole('button', { name: 'Export Ada Lund' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('button', { name: 'Export' }));
    expect(exportContact).not.toHaveBeenCalled();
    vi.stubGlobal('showSaveFilePicker', undefined);
    const blobs: Blob[] = [];
    vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: (blob: Blob) => void blobs.push(blob) }));
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
    await user.click(dialog.getByRole('button', { name: 'Export' }));
    expect(await dialog.findByText('Saved: 1 record.')).toBeDefined();
    expect(clicked).toHaveBeenCalledOnce();
    expect(blobs[0]?.size).toBe(JSON.stringify(records.items[0]).length + 1);
  });
});

it('names the file by the key, without what names of files cannot have', () => {
  expect(exportFileName('wa/+46 70:1')).toBe('contact-wa-+46-70-1.jsonl');
});
