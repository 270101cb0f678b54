import { Tag } from '@baton/schema';
import { type FormEvent, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { TextField } from '../ui/text-field.tsx';

export type TagPickerProps = {
  initialTag: string;
  tagsInUse: readonly string[];
  onPick: (tag: string | undefined) => void;
  onClose: () => void;
};

export function TagPicker({ initialTag, tagsInUse, onPick, onClose }: TagPickerProps) {
  const [text, setText] = useState(initialTag);
  const tag = text.trim();
  const isTag = tag === '' || Tag.safeParse(tag).success;

  function pick(picked: string): void {
    onPick(picked === '' ? undefined : picked);
    onClose();
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isTag) pick(tag);
  }

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Filter by tag" width={400}>
      <form onSubmit={submit}>
        <TextField
          label="Tag"
          value={text}
          maxLength={64}
          autoComplete="off"
          onChange={(event) => setText(event.target.value)}
        />
        {tagsInUse.length > 0 && (
          <ul aria-label="Tags in use" className="mt-2 flex flex-wrap gap-1">
            {tagsInUse.map((each) => (
              <li key={each}>
                <Button onClick={() => pick(each)}>{each}</Button>
              </li>
            ))}
          </ul>
        )}
        <DialogActions>
          <Button variant="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="primary" type="submit" disabled={!isTag || tag === initialTag}>
            {tag === '' && initialTag !== '' ? 'Any tag' : 'Show'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
