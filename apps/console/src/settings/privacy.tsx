import type { Erasure } from '@baton/schema';
import { useNavigate } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { errorMessage } from '../format/error-message.ts';
import { PagedRows } from '../lists/paged-rows.tsx';
import { ContactActions } from '../privacy/contact-actions.tsx';
import { countWords } from '../privacy/count-words.ts';
import { EraseDialog } from '../privacy/erase-dialog.tsx';
import { ExportDialog } from '../privacy/export-dialog.tsx';
import type { NamedContact } from '../privacy/named-contact.ts';
import { useMay } from '../session/session-context.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Notice } from '../ui/notice.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { TextField } from '../ui/text-field.tsx';
import { Time } from '../ui/time.tsx';
import { ActorName } from './actor-name.tsx';
import { SettingList } from './setting-list.tsx';
import { SettingSection } from './setting.tsx';
import { useErasures } from './use-erasures.ts';
import { useFindContacts } from './use-find-contacts.ts';

type Open = { what: 'export' | 'erase'; contact: NamedContact } | null;

/** @param find what the address says to look for */
export function PrivacySettings({ find = '' }: { find?: string | undefined }) {
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <SettingSection
      title="Privacy"
      about="What a person may ask for: a copy of everything that is kept about them, and that it be erased."
    >
      <FindForm key={find} find={find} />
      {find !== '' && <FoundContacts find={find} onOpen={setOpen} />}
      {useMay('privacy.erasures') && <Erasures />}
      {open?.what === 'export' && <ExportDialog contact={open.contact} onClose={close} />}
      {open?.what === 'erase' && <EraseDialog contact={open.contact} onClose={close} />}
    </SettingSection>
  );
}

function FindForm({ find }: { find: string }) {
  const navigate = useNavigate();
  const [text, setText] = useState(find);
  function submit(event: FormEvent): void {
    event.preventDefault();
    const wanted = text.trim();
    void navigate({
      to: '/settings',
      search: { section: 'privacy', ...(wanted !== '' && { find: wanted }) },
    });
  }
  return (
    <form role="search" onSubmit={submit} className="flex items-end gap-2">
      <div className="max-w-80 min-w-0 flex-1">
        <TextField
          label="A contact’s key or name"
          value={text}
          maxLength={200}
          onChange={(event) => setText(event.target.value)}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      <Button type="submit" variant="primary" icon={<Search size={16} aria-hidden />} className="h-8">
        Find
      </Button>
    </form>
  );
}

function FoundContacts({ find, onOpen }: { find: string; onOpen: (open: Open) => void }) {
  const pages = useFindContacts(find);
  return (
    <>
      {pages.error != null && <Notice message={errorMessage(pages.error)} className="mt-3" />}
      <PagedRows
        {...pages}
        loading={<SkeletonLines lines={3} className="mt-4" />}
        failed={null}
        className="mt-3"
        empty={
          <EmptyState title="No contact was found.">
            A key, and each word of a name, is found by how it begins.
          </EmptyState>
        }
      >
        {(items) => (
          <ul aria-label="Contacts" className="mt-4 border-y border-line">
            {items.map((contact) => (
              <li
                key={contact.contactId}
                className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line py-2.5 last:border-b-0"
              >
                <p className="min-w-40 flex-1 break-words">
                  {contact.name !== null && (
                    <b className="mr-2 font-semibold">
                      <bdi>{contact.name}</bdi>
                    </b>
                  )}
                  <bdi className="break-all text-ink-2">{contact.contactId}</bdi>
                </p>
                <ContactActions
                  of={contact.name ?? contact.contactId}
                  onExport={() => onOpen({ what: 'export', contact })}
                  onErase={() => onOpen({ what: 'erase', contact })}
                />
              </li>
            ))}
          </ul>
        )}
      </PagedRows>
    </>
  );
}

function Erasures() {
  const pages = useErasures();
  return (
    <div className="mt-8">
      <h3 className="text-ink-2">Erasures</h3>
      <SettingList
        label="Erasures"
        pages={pages}
        moreLabel="Show earlier"
        empty={
          <EmptyState title="Nobody was erased yet">
            Each erasure will be listed here, without anything of the person.
          </EmptyState>
        }
      >
        {(erasure) => <ErasureRow key={erasure.id} erasure={erasure} />}
      </SettingList>
    </div>
  );
}

function ErasureRow({
  erasure: { pseudonym, state, counts, by, startedAt, finishedAt },
}: {
  erasure: Erasure;
}) {
  return (
    <li className="border-b border-line py-2 last:border-b-0">
      <p className="flex flex-wrap items-center gap-x-3">
        <code className="break-all">{pseudonym}</code>
        <Badge>{state === 'done' ? 'Erased' : 'Running'}</Badge>
        <span className="text-ink-2">
          by <ActorName actor={by} />
        </span>
        <span className="ml-auto text-ink-3">
          <Time at={finishedAt ?? startedAt} />
        </span>
      </p>
      <p className="text-meta break-words text-ink-3">
        {countWords(counts).join(', ') || 'nothing so far'}
        {finishedAt !== null && (
          <>
            {' · began '}
            <Time at={startedAt} />
          </>
        )}
      </p>
    </li>
  );
}
