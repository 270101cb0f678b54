import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../baton-provider.tsx';
import { errorMessage } from '../format/error-message.ts';
import { isolate } from '../format/isolate.ts';
import { formatCount } from '../format/labels.ts';
import { useMay } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { recordCount } from './count-words.ts';
import { Progress } from './progress.tsx';
import { useExport } from './use-export.ts';
import type { NamedContact } from './named-contact.ts';

export function ExportDialog({ contact, onClose }: { contact: NamedContact; onClose: () => void }) {
  const { contactId, name } = contact;
  const trpc = useTRPC();
  const { state, fileName, start } = useExport(contactId);
  // Only for how far it is; an importer may export, and not count.
  const { data: counts } = useQuery({
    ...trpc.privacy.preview.queryOptions({ contactId }),
    enabled: useMay('privacy.preview'),
  });
  const isRunning = state.name === 'running';
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Export ${isolate(name ?? contactId)}`}
      description="Everything that is kept about this contact, as JSON Lines: a record a line. The audit log says who exported it."
    >
      <p className="break-words text-ink-2">{fileName}</p>
      <div role="status" className="mt-2">
        {isRunning && (
          <>
            <Progress
              label="How much is exported"
              value={state.records}
              max={counts && recordCount(counts)}
            />
            <p className="mt-1">{formatCount(state.records, 'record')} so far</p>
          </>
        )}
        {state.name === 'done' && <p>Saved: {formatCount(state.records, 'record')}.</p>}
      </div>
      {state.name === 'failed' && (
        <Notice message={`Nothing was saved. ${errorMessage(state.error)}`} className="mt-3" />
      )}
      <DialogActions>
        <Button onClick={onClose}>{isRunning ? 'Stop' : state.name === 'done' ? 'Done' : 'Back'}</Button>
        {state.name !== 'done' && (
          <Button variant="primary" disabled={isRunning} onClick={start}>
            {state.name === 'failed' ? 'Try again' : 'Export'}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}
