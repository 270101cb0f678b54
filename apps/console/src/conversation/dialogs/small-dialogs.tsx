import { NewTags } from '@baton/schema';
import { useState } from 'react';
import { TextField } from '../../ui/text-field.tsx';
import { useConversation } from '../conversation-context.ts';
import { DialogForm } from './dialog-form.tsx';
import { useSubmit } from './use-submit.ts';

/** Splits at commas and removes duplicates. */
export function tagsOf(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

export function TagsDialog({ onClose }: { onClose: () => void }) {
  const { conversation, commands } = useConversation();
  const { error, isBusy, submit } = useSubmit(onClose);
  const [text, setText] = useState(conversation.tags.join(', '));
  const tags = tagsOf(text);
  return (
    <DialogForm
      title="Tags"
      submitLabel="Save"
      blockedReason={
        NewTags.safeParse(tags).success ? undefined : 'At most 50 tags of 64 printable characters'
      }
      error={error}
      isBusy={isBusy}
      onSubmit={() => submit(() => commands.update({ tags }))}
      onClose={onClose}
    >
      <TextField
        label="Separated by commas"
        value={text}
        onChange={(event) => setText(event.target.value)}
        autoComplete="off"
      />
    </DialogForm>
  );
}

export function RedactDialog({ seq, onClose }: { seq: number; onClose: () => void }) {
  const { commands } = useConversation();
  const { error, isBusy, submit } = useSubmit(onClose);
  const [why, setWhy] = useState('');
  return (
    <DialogForm
      title={`Redact message ${seq}`}
      description="Its words are removed for everyone and cannot be brought back. That it was said stays."
      submitLabel="Redact"
      isDangerous
      error={error}
      isBusy={isBusy}
      onSubmit={() => submit(() => commands.redact(seq, why.trim() === '' ? undefined : why.trim()))}
      onClose={onClose}
    >
      <TextField
        label="Why (optional)"
        maxLength={500}
        value={why}
        onChange={(event) => setWhy(event.target.value)}
      />
    </DialogForm>
  );
}
