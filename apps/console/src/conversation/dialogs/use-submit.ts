import { useState } from 'react';
import { errorMessage } from '../../format/error-message.ts';

/** Sends what a dialog holds; the dialog stays, with the reason, where it is refused. */
export function useSubmit(onDone: () => void): {
  error: string | null;
  isBusy: boolean;
  submit: (command: () => Promise<unknown>) => void;
} {
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  async function run(command: () => Promise<unknown>): Promise<void> {
    setError(null);
    setBusy(true);
    try {
      await command();
      onDone();
    } catch (cause) {
      setError(errorMessage(cause));
      setBusy(false);
    }
  }
  return { error, isBusy, submit: (command) => void run(command) };
}
