/** A file that is being saved, piece by piece. */
export type TextFile = {
  write: (text: string) => Promise<void>;
  close: () => Promise<void>;
  /** Nothing of it is left. */
  abort: () => Promise<void>;
};

type SavePicker = (options: { suggestedName: string }) => Promise<{ createWritable(): Promise<TextFile> }>;

/** TypeScript's types do not know what some browsers lack. */
const savePicker = (): SavePicker | undefined =>
  (globalThis as { showSaveFilePicker?: SavePicker }).showSaveFilePicker;

/**
 * Asks where to save it where the browser can, and writes there; otherwise the browser keeps the pieces, and they are
 * downloaded at the end.
 * @returns null where the person changed their mind
 */
export async function openTextFile(name: string): Promise<TextFile | null> {
  const pick = savePicker();
  if (pick === undefined) return downloadAtEnd(name);
  try {
    return await (await pick({ suggestedName: name })).createWritable();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    // A frame or a policy may forbid to ask.
    if (error instanceof DOMException && error.name === 'SecurityError') return downloadAtEnd(name);
    throw error;
  }
}

function downloadAtEnd(name: string): TextFile {
  // A browser keeps large ones on its disk.
  let pieces: Blob[] = [];
  return {
    write: async (text) => {
      pieces.push(new Blob([text]));
    },
    close: async () => {
      const url = URL.createObjectURL(new Blob(pieces, { type: 'application/jsonl' }));
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      pieces = [];
      // Some browsers begin to read it only later.
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    },
    abort: async () => {
      pieces = [];
    },
  };
}

/** A contact's key may have what names of files cannot. */
export function exportFileName(contactId: string): string {
  const safe = contactId.replaceAll(/[^\p{L}\p{N}@._+-]+/gu, '-').slice(0, 80);
  return `contact-${safe}.jsonl`;
}
