import type { Baton } from '@baton/client';
import { useEffect, useRef, useState } from 'react';
import { useBaton } from '../baton-provider.tsx';
import { exportFileName, openTextFile, type TextFile } from './text-file.ts';

const PAGE_SIZE = 500;

export type ExportState =
  | { name: 'idle' }
  | { name: 'running' | 'done'; records: number }
  | { name: 'failed'; error: unknown };

/** Writes a page at a time, a record a line. */
async function writePages(
  api: Baton['api'],
  contactId: string,
  file: TextFile,
  signal: AbortSignal,
  onProgress: (records: number) => void,
): Promise<number> {
  let records = 0;
  let cursor: string | undefined;
  do {
    // Each page needs the cursor of the one before.
    const page = await api.privacy.exportContact.query({ contactId, limit: PAGE_SIZE, cursor }, { signal });
    if (page.items.length > 0)
      await file.write(page.items.map((item) => `${JSON.stringify(item)}\n`).join(''));
    records += page.items.length;
    cursor = page.nextCursor ?? undefined;
    onProgress(records);
  } while (cursor !== undefined);
  await file.close();
  return records;
}

/** Saves everything that is kept about a contact; it ends where what shows it goes. */
export function useExport(contactId: string): {
  state: ExportState;
  fileName: string;
  start: () => void;
} {
  const { api } = useBaton();
  const [state, setState] = useState<ExportState>({ name: 'idle' });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const fileName = exportFileName(contactId);

  async function run(): Promise<void> {
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    let file: TextFile | null = null;
    try {
      file = await openTextFile(fileName);
      if (file === null) return;
      setState({ name: 'running', records: 0 });
      const records = await writePages(api, contactId, file, signal, (soFar) =>
        setState({ name: 'running', records: soFar }),
      );
      setState({ name: 'done', records });
    } catch (error) {
      await file?.abort().catch(() => undefined);
      if (!signal.aborted) setState({ name: 'failed', error });
    }
  }
  return { state, fileName, start: () => void run() };
}
