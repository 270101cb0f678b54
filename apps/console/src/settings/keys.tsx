import type { ApiKey, CreatedApiKey } from '@baton/schema';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { errorMessage } from '../format/error-message.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Notice } from '../ui/notice.tsx';
import { Select } from '../ui/select.tsx';
import { Time, useNow } from '../ui/time.tsx';
import { CopyField } from './copy-field.tsx';
import { KeyForm } from './key-form.tsx';
import { roleWords } from './role-words.ts';
import { SettingList } from './setting-list.tsx';
import { SettingSection } from './setting.tsx';
import { useKeys } from './use-keys.ts';

type Open = { what: 'new' } | { what: 'rotate' | 'revoke'; key: ApiKey } | null;

export function KeySettings() {
  const { pages, create, rotate, revoke } = useKeys();
  const [open, setOpen] = useState<Open>(null);
  const [made, setMade] = useState<CreatedApiKey | null>(null);
  const start = (next: Open) => {
    for (const mutation of [create, rotate, revoke]) mutation.reset();
    setOpen(next);
  };
  const close = () => setOpen(null);
  const show = (key: CreatedApiKey) => {
    close();
    setMade(key);
  };

  return (
    <SettingSection
      title="API keys"
      about="By a key your programs call Baton. Each has a role, and its secret is shown once."
      actions={
        <Button icon={<Plus size={16} aria-hidden />} onClick={() => start({ what: 'new' })}>
          Make a key
        </Button>
      }
    >
      {made !== null && <Secret key={made.id} made={made} onClose={() => setMade(null)} />}
      <SettingList
        label="API keys"
        pages={pages}
        empty={<EmptyState title="No keys yet">Make one for each program that calls Baton.</EmptyState>}
      >
        {(key) => <KeyRow key={key.id} apiKey={key} onOpen={(what) => start({ what, key })} />}
      </SettingList>
      {open?.what === 'new' && (
        <KeyForm
          error={create.error}
          isBusy={create.isPending}
          onSubmit={(input) => create.mutate(input, { onSuccess: show })}
          onClose={close}
        />
      )}
      {open?.what === 'rotate' && (
        <RotateDialog
          name={open.key.name}
          error={rotate.error}
          isBusy={rotate.isPending}
          onRotate={(overlapMs) => rotate.mutate({ keyId: open.key.id, overlapMs }, { onSuccess: show })}
          onClose={close}
        />
      )}
      {open?.what === 'revoke' && (
        <RevokeDialog
          name={open.key.name}
          error={revoke.error}
          isBusy={revoke.isPending}
          onRevoke={() => revoke.mutate(open.key.id, { onSuccess: close })}
          onClose={close}
        />
      )}
    </SettingSection>
  );
}

function KeyRow({ apiKey, onOpen }: { apiKey: ApiKey; onOpen: (what: 'rotate' | 'revoke') => void }) {
  const { name, prefix, role, agentId, expiresAt, lastUsedAt, previousUntil, revokedAt } = apiKey;
  const { nameOf } = useAgents();
  const now = useNow();
  const isOver = revokedAt !== null || (expiresAt !== null && Date.parse(expiresAt) <= now);
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b border-line py-2.5 last:border-b-0">
      <div className="min-w-60 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <b className={isOver ? 'font-semibold text-ink-3' : 'font-semibold'}>{name}</b>
          <Badge>{roleWords[role].label}</Badge>
          {agentId !== null && <span className="text-ink-2">as {nameOf(agentId)}</span>}
        </p>
        <p className="text-meta text-ink-3">
          <code>{prefix}…</code>
          {' · '}
          {revokedAt !== null ? (
            <>
              revoked <Time at={revokedAt} />
            </>
          ) : (
            <>
              {lastUsedAt === null ? (
                'not used yet'
              ) : (
                <>
                  used <Time at={lastUsedAt} />
                </>
              )}
              {expiresAt !== null && (
                <>
                  {' '}
                  · {isOver ? 'expired' : 'expires'} <Time at={expiresAt} />
                </>
              )}
              {previousUntil !== null && Date.parse(previousUntil) > now && (
                <>
                  {' '}
                  · the secret before works for now, and ends <Time at={previousUntil} />
                </>
              )}
            </>
          )}
        </p>
      </div>
      {!isOver && (
        <div className="flex gap-2">
          <Button onClick={() => onOpen('rotate')} aria-label={`New secret for ${name}`}>
            New secret
          </Button>
          <Button onClick={() => onOpen('revoke')} aria-label={`Revoke ${name}`}>
            Revoke
          </Button>
        </div>
      )}
    </li>
  );
}

/** A key that was made just now. */
function Secret({ made, onClose }: { made: CreatedApiKey; onClose: () => void }) {
  const { name, key } = made;
  if (key === null)
    return (
      <Notice message={`The secret of ${name} was shown before, and is kept nowhere.`} className="mb-4" />
    );
  return (
    <div
      role="status"
      className="mb-4 flex items-end gap-2 rounded-base border border-line-strong bg-sunken p-3"
    >
      <CopyField
        label={`The secret of ${name}. It is shown here and never again.`}
        value={key}
        copied="The key is copied."
      />
      <Button onClick={onClose} className="h-8">
        I have it
      </Button>
    </div>
  );
}

const HOUR_MS = 3_600_000;
const OVERLAPS = [
  { value: '0', label: 'Ends at once' },
  { value: String(HOUR_MS), label: 'Works for an hour' },
  { value: String(24 * HOUR_MS), label: 'Works for a day' },
  { value: String(7 * 24 * HOUR_MS), label: 'Works for a week' },
] as const;

type ActProps = { name: string; error: unknown; isBusy: boolean; onClose: () => void };

function RotateDialog({
  name,
  error,
  isBusy,
  onRotate,
  onClose,
}: ActProps & { onRotate: (overlapMs: number) => void }) {
  const [overlap, setOverlap] = useState<(typeof OVERLAPS)[number]['value']>(OVERLAPS[2].value);
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`A new secret for ${name}`}
      description="Programs go on with the secret that they have until you give them the new one."
    >
      <Select
        label="The present secret"
        isLabelShown
        value={overlap}
        choices={OVERLAPS}
        onChange={setOverlap}
      />
      {error != null && <Notice message={errorMessage(error)} className="mt-3" />}
      <DialogActions>
        <Button onClick={onClose}>Back</Button>
        <Button variant="primary" disabled={isBusy} onClick={() => onRotate(Number(overlap))}>
          Make a new secret
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function RevokeDialog({ name, error, isBusy, onRevoke, onClose }: ActProps & { onRevoke: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Revoke ${name}?`}
      description="Within two seconds whatever uses it is refused, its sign-in links and sessions too. It cannot be undone."
    >
      {error != null && <Notice message={errorMessage(error)} />}
      <DialogActions>
        <Button onClick={onClose}>Back</Button>
        <Button variant="danger" disabled={isBusy} onClick={onRevoke}>
          Revoke it
        </Button>
      </DialogActions>
    </Dialog>
  );
}
