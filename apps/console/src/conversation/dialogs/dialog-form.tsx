import type { FormEvent, KeyboardEvent, ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/notice.tsx';

export type DialogFormProps = {
  title: string;
  description?: ReactNode;
  /** What the button says. */
  words: string;
  isDangerous?: boolean;
  /** Why it cannot be sent yet. */
  blocked?: string | undefined;
  reason: string | null;
  isBusy: boolean;
  onSubmit: () => void;
  onClose: () => void;
  width?: number;
  children: ReactNode;
};

/** A form in a dialog: Cmd-Enter sends it, a refusal is said above its button. */
export function DialogForm(props: DialogFormProps) {
  const {
    title,
    description,
    words,
    isDangerous = false,
    blocked,
    reason,
    isBusy,
    onSubmit,
    onClose,
  } = props;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (blocked === undefined && !isBusy) onSubmit();
  }

  function press(event: KeyboardEvent<HTMLFormElement>): void {
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
      {/* The keys are those of its fields, on their way up. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <form onSubmit={submit} onKeyDown={press}>
        <div className="flex flex-col gap-4">{props.children}</div>
        {reason !== null && <Notice words={reason} className="mt-4" />}
        <DialogActions>
          {blocked !== undefined && <span className="mr-auto text-ink-3">{blocked}</span>}
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button
            look={isDangerous ? 'danger' : 'primary'}
            type="submit"
            disabled={blocked !== undefined || isBusy}
            keys="mod+enter"
          >
            {words}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
