import type { FormEvent, KeyboardEvent, ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/notice.tsx';

export type DialogFormProps = {
  title: string;
  description?: ReactNode;
  submitLabel: string;
  isDangerous?: boolean;
  blockedReason?: string | undefined;
  error: string | null;
  isBusy: boolean;
  onSubmit: () => void;
  onClose: () => void;
  width?: number;
  children: ReactNode;
};

/** Cmd-Enter submits; a refusal is shown above the button. */
export function DialogForm(props: DialogFormProps) {
  const {
    title,
    description,
    submitLabel,
    isDangerous = false,
    blockedReason,
    error,
    isBusy,
    onSubmit,
    onClose,
  } = props;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (blockedReason === undefined && !isBusy) onSubmit();
  }

  function onKeyDown(event: KeyboardEvent<HTMLFormElement>): void {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) event.currentTarget.requestSubmit();
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={description}
      width={props.width}
    >
      {/* Key events bubble up from the fields. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <form onSubmit={submit} onKeyDown={onKeyDown}>
        <div className="flex flex-col gap-4">{props.children}</div>
        {error !== null && <Notice message={error} className="mt-4" />}
        <DialogActions>
          {blockedReason !== undefined && <span className="mr-auto text-ink-3">{blockedReason}</span>}
          <Button variant="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button
            variant={isDangerous ? 'danger' : 'primary'}
            type="submit"
            disabled={blockedReason !== undefined || isBusy}
            keys="mod+enter"
          >
            {submitLabel}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
