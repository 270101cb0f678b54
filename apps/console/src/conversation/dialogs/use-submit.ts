import { useState } from 'react';
import { reasonOf } from '../../format/error-message.ts';

/** Sends what a dialog holds; the dialog stays, with the reason, where it is refused. */
export function useSubmit(onDone: () => void): {
  reason: string | null;
  isBusy: boolean;
  submit: (command: () => Promise<unknown>) => void;
} {
  const [reason, setReason] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  async function run(command: () => Promise<unknown>): Promise<void> {
    setReason(null);
    setBusy(true);
    try {
      await command();
      onDone();
    } catch (error) {
      setReason(reasonOf(error));
      setBusy(false);
    }
  }
  return { reason, isBusy, submit: (command) => void run(command) };
}
