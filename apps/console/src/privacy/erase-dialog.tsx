import type { Erasure, ErasureCounts } from '@baton/schema';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTRPC } from '../baton-provider.tsx';
import { errorMessage } from '../format/error-message.ts';
import { isolate } from '../format/isolate.ts';
import { formatCount } from '../format/labels.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { TextField } from '../ui/text-field.tsx';
import { countWords } from './count-words.ts';
import { Progress } from './progress.tsx';
import type { NamedContact } from './named-contact.ts';
import { useErasure } from './use-erasure.ts';

/** What will be erased, the contact's key as the confirmation, and how far it is. */
export function EraseDialog({ contact, onClose }: { contact: NamedContact; onClose: () => void }) {
  const { contactId, name } = contact;
  const trpc = useTRPC();
  const [typed, setTyped] = useState('');
  const { erase, erasure, error } = useErasure(contactId);
  const preview = useQuery({
    ...trpc.privacy.preview.queryOptions({ contactId }),
    // What is erased meanwhile would count down to nothing.
    enabled: erase.isIdle,
    staleTime: 0,
  });
  const words = preview.data && countWords(preview.data);
  const isConfirmed = typed.trim() === contactId.trim();
  const mayErase = isConfirmed && words !== undefined && words.length > 0 && !erase.isPending;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (mayErase) erase.mutate();
  }

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Erase ${isolate(name ?? contactId)}`}
      description="Every word of and about this contact is erased, and their key is replaced by a random one. Figures keep their numbers. It cannot be undone."
    >
      {erasure === undefined ? (
        <form onSubmit={submit}>
          {preview.error !== null && (
            <Notice
              message={`What would be erased could not be counted. ${errorMessage(preview.error)}`}
              action={<Button onClick={() => void preview.refetch()}>Try again</Button>}
            />
          )}
          {words === undefined && preview.error === null && <SkeletonLines lines={4} />}
          {words?.length === 0 && <p>Nothing is kept about this contact.</p>}
          {words !== undefined && words.length > 0 && (
            <>
              <h3 className="text-ink-2">What will be erased</h3>
              <ul aria-label="What will be erased" className="mt-1 mb-4 list-disc pl-5">
                {words.map((each) => (
                  <li key={each}>{each}</li>
                ))}
              </ul>
              <TextField
                label="Type the contact’s key to confirm"
                hint={<span className="break-all">{contactId}</span>}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                autoComplete="off"
                spellCheck={false}
              />
            </>
          )}
          {erase.isPending && (
            <div role="status" className="mt-3">
              <Progress label="How much is erased" value={0} max={undefined} />
              <p className="mt-1">Erasing…</p>
            </div>
          )}
          {error !== null && (
            <Notice message={`Nothing was erased yet. ${errorMessage(error)}`} className="mt-3" />
          )}
          <DialogActions>
            <Button onClick={onClose}>Back</Button>
            <Button variant="danger" type="submit" disabled={!mayErase}>
              Erase for good
            </Button>
          </DialogActions>
        </form>
      ) : (
        <>
          <Outcome erasure={erasure} expected={preview.data} />
          {error !== null && (
            <Notice
              message={`It goes on; how far it is could not be read. ${errorMessage(error)}`}
              className="mt-3"
            />
          )}
          <DialogActions>
            <Button variant="primary" onClick={onClose}>
              {erasure.state === 'done' ? 'Done' : 'Close'}
            </Button>
          </DialogActions>
        </>
      )}
    </Dialog>
  );
}

function Outcome({ erasure, expected }: { erasure: Erasure; expected: ErasureCounts | undefined }) {
  const { state, counts, pseudonym } = erasure;
  if (state === 'running')
    return (
      <div role="status">
        <Progress label="How much is erased" value={counts.conversations} max={expected?.conversations} />
        <p className="mt-1">
          {counts.conversations.toLocaleString('en')}
          {expected !== undefined && ` of ${expected.conversations.toLocaleString('en')}`} conversations are
          erased. It goes on when you close this.
        </p>
      </div>
    );
  return (
    <div role="status">
      <p>
        Erased{counts.conversations > 0 && `: ${formatCount(counts.conversations, 'conversation')}`}. What is
        left stands under <code className="break-all">{pseudonym}</code>.
      </p>
    </div>
  );
}
