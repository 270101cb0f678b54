import { useState } from 'react';
import { errorMessage } from '../../format/error-message.ts';

/** Closes the dialog on success; keeps it open with the reason on a refusal. */
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
